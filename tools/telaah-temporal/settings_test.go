package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

func noVariables(string) string { return "" }

func TestEveryFaultOfTheSettingsIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := readSettings([]string{
		"--listen", "7233", "--ui", "x", "--codec", "127.0.0.1:8080", "--retention", "5s", "--log-level", "loud",
		"--namespace", "!", "--database-prefix", "A-b", "--database-url", "foo://", "word",
	}, noVariables, io.Discard)
	if err == nil {
		t.Fatal("faulty settings were taken")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 9 {
		t.Errorf("%d faults told, want 9:\n%v", len(lines), err)
	}
	for _, name := range []string{"--listen", "--ui", "--codec", "--retention", "--log-level", "--namespace", "--database-prefix", "--database-url", `"word"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("nothing told about %s", name)
		}
	}
}

func TestAFlagGoesBeforeItsVariable(t *testing.T) {
	t.Parallel()
	variables := map[string]string{
		"TELAAH_DATABASE_URL":       "postgres://telaah@/telaah?host=/run/postgresql&port=5433",
		"TELAAH_TEMPORAL_RETENTION": "48h",
		"TELAAH_TEMPORAL_LISTEN":    "0.0.0.0:7000",
		"TELAAH_TEMPORAL_UI":        "off",
	}
	s, err := readSettings([]string{"--retention", "72h"}, func(name string) string { return variables[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if s.retention != 72*time.Hour {
		t.Errorf("retention is %s, want that of the flag", s.retention)
	}
	if s.listen.String() != "0.0.0.0:7000" || reachable(s.listen) != "127.0.0.1:7000" {
		t.Errorf("listens on %s and is reached at %s", s.listen, reachable(s.listen))
	}
	if s.ui.IsValid() {
		t.Errorf("the web interface is at %s, want none", s.ui)
	}
	if s.database.Host != "/run/postgresql" || s.database.Port != 5433 {
		t.Errorf("the database is at %s:%d", s.database.Host, s.database.Port)
	}
}

func TestAMissingDatabaseAddressIsAskedFor(t *testing.T) {
	t.Parallel()
	_, err := readSettings(nil, noVariables, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "TELAAH_DATABASE_URL: missing") {
		t.Errorf("told %v", err)
	}
}
