package worker

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// taken has another process take a root and returns its line.
func taken(t *testing.T, db *pgxpool.Pool) string {
	t.Helper()
	root, err := postgres.TakeAuditRoot(t.Context(), db, time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return root.String() + "\n"
}

// holds asserts what the file of the roots says.
func holds(t *testing.T, file, when, want string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || string(text) != want {
		t.Errorf("%s the file holds %q, %v; want %q", when, text, err, want)
	}
}

func TestAFileGetsTheRootsThatAnotherWorkerTakes(t *testing.T) {
	t.Parallel()
	db, file := testdb.New(t, postgres.Migrate), filepath.Join(t.TempDir(), "roots")
	keeper := rootKeeper{db: db, file: file, log: slog.New(slog.DiscardHandler)}
	want := ""
	for _, day := range []string{"on the first day", "on the second day", "on the third day"} {
		want += taken(t, db)
		for range 2 {
			if err := keeper.look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		holds(t, file, day, want)
	}
}

func TestALastLineThatACrashCutOffIsMendedAndTold(t *testing.T) {
	t.Parallel()
	db, dir := testdb.New(t, postgres.Migrate), t.TempDir()
	first, second := taken(t, db), taken(t, db)
	for name, c := range map[string]struct{ found, want, told string }{
		"in the midst of its digest":      {first + second[:len(second)-9], first + second, "cut off"},
		"before its digest":               {first + "telaah-audit-root 2 2026", first + second, "cut off"},
		"the only one":                    {first[:30], first + second, "cut off"},
		"before its end":                  {first + strings.TrimSuffix(second, "\n"), first + second, "no end"},
		"some other line":                 {first + "disalin ke brankas", first + "disalin ke brankas\n" + second, "no end"},
		"nothing is cut off":              {first, first + second, ""},
		"nothing is cut off or is to add": {first + second, first + second, ""},
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(file, []byte(c.found), 0o644); err != nil {
			t.Fatal(err)
		}
		var told bytes.Buffer
		if err := KeepRoots(t.Context(), db, file, slog.New(slog.NewTextHandler(&told, nil))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		holds(t, file, name, c.want)
		if !strings.Contains(told.String(), c.told) || c.told == "" && told.Len() > 0 {
			t.Errorf("%s: the log tells %q", name, told.String())
		}
	}
}

func TestSeveralWorkersKeepingOneFileWriteEveryRootOnce(t *testing.T) {
	t.Parallel()
	db, file := testdb.New(t, postgres.Migrate), filepath.Join(t.TempDir(), "roots")
	want := ""
	for range 5 {
		want += taken(t, db)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := KeepRoots(t.Context(), db, file, slog.New(slog.DiscardHandler)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	holds(t, file, "in the end", want)
	if roots, err := appraisal.ParseAuditRoots(want); err != nil || len(roots) != 5 {
		t.Errorf("%d roots are read, %v", len(roots), err)
	}
}
