package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCommandFindsItsServersAndItsExitCodeIsOurs(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	code, err := run([]string{"--no-temporal", "--", "sh", "-c", `echo "$TELAAH_TEST_DATABASE_URL $TELAAH_POSTGRES_BIN" >` + seen + `; exit 7`})
	if code != 7 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
	raw, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	url, bin, _ := strings.Cut(strings.TrimSpace(string(raw)), " ")
	if !strings.HasPrefix(url, "postgres://telaah:") {
		t.Errorf("the database is at %q", url)
	}
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		t.Error(err)
	}
}

func TestWithoutACommandItSaysHowItIsCalled(t *testing.T) {
	code, err := run(nil)
	if code != usageError || err == nil || !strings.Contains(err.Error(), "go run ./internal/testbed -- go test") {
		t.Errorf("got %d, %v", code, err)
	}
}
