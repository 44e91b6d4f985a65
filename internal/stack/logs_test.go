package stack

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAFullLogIsSetAsideUnderTheProcessThatWritesIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "logs", "api.log")
	file, _, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	write := func(line string) {
		if _, err := io.WriteString(file, line); err != nil {
			t.Fatal(err)
		}
	}
	write("lama")
	if err := setAside(path, 5); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".1"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log that is not full was set aside: %v", err)
	}
	if err := setAside(path, 4); err != nil {
		t.Fatal(err)
	}
	write("baru")
	if old, now := readFrom(path+".1", 0), readFrom(path, 0); old != "lama" || now != "baru" {
		t.Errorf("set aside %q, now %q", old, now)
	}
}
