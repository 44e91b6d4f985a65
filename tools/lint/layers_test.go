// Package lint pins the versions of the linters and shows that the rules they are given bite.
package lint

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const ours = "github.com/marelan/telaah/"

// layers says which packages a file of each layer may import. The file is no test unless its name says so.
var layers = []struct {
	file    string
	allowed []string
}{
	{"internal/appraisal/a.go", nil},
	{"internal/appraisal/a_test.go", nil},
	{"internal/locale/a.go", nil},
	{"internal/postgres/a.go", []string{"internal/appraisal", "internal/locale"}},
	{"internal/mail/a.go", []string{"internal/appraisal", "internal/locale"}},
	{"internal/report/a.go", []string{"internal/appraisal", "internal/locale"}},
	{"internal/roster/a.go", []string{"internal/appraisal", "internal/locale"}},
	{"internal/auth/a.go", []string{"internal/appraisal", "internal/locale"}},
	{"internal/stack/a.go", []string{"internal/config", "internal/locale"}},
	{"internal/service/a.go", []string{"internal/appraisal", "internal/locale", "internal/mail", "internal/postgres", "internal/roster"}},
	{"workflows/a.go", []string{"activities", "internal/appraisal"}},
	{"activities/a.go", []string{"internal/appraisal", "internal/locale", "internal/service"}},
	{"worker/a.go", []string{"activities", "workflows", "internal/appraisal", "internal/locale", "internal/postgres", "internal/service"}},
	{"api/a.go", []string{"api/rest", "api/web", "api/route", "internal/appraisal", "internal/locale", "internal/roster", "internal/service"}},
	{"api/rest/a.go", []string{"api/route", "internal/appraisal", "internal/locale", "internal/roster", "internal/service"}},
	{"api/web/a.go", []string{"api/route", "internal/appraisal", "internal/locale", "internal/roster", "internal/service"}},
	{"api/route/a.go", []string{"internal/appraisal", "internal/locale", "internal/roster", "internal/service"}},
	{"internal/cli/a.go", except("internal/testdb")},
	{"internal/demo/a.go", except("internal/cli", "internal/testdb")},
	{"internal/service/a_test.go", everything},
	{"api/rest/a_test.go", except("api", "api/web")},
	{"api/web/a_test.go", everything},
}

var everything = []string{
	"activities", "api", "api/rest", "api/route", "api/web", "internal/appraisal", "internal/auth", "internal/cli",
	"internal/config", "internal/locale", "internal/mail", "internal/postgres", "internal/report", "internal/roster",
	"internal/service", "internal/stack", "internal/testdb", "worker", "workflows",
}

func except(left ...string) (rest []string) {
	for _, pkg := range everything {
		if !slices.Contains(left, pkg) {
			rest = append(rest, pkg)
		}
	}
	return rest
}

func TestEachLayerMayImportWhatTheDesignSaysAndNothingElse(t *testing.T) {
	depguard := filepath.Join(t.TempDir(), "depguard")
	run(t, ".", "go", "build", "-o", depguard, "github.com/OpenPeeDeeP/depguard/v2/cmd/depguard")
	rules, err := os.ReadFile("../../.depguard.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		t.Run(layer.file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, ".depguard.yml", string(rules))
			write(t, dir, "go.mod", "module "+strings.TrimSuffix(ours, "/")+"\n\ngo 1.26.0\n")
			var imports strings.Builder
			for _, pkg := range everything {
				write(t, dir, pkg+"/empty.go", "package "+path.Base(pkg)+"\n")
				if pkg != path.Dir(layer.file) {
					fmt.Fprintf(&imports, "import _ %q\n", ours+pkg)
				}
			}
			// An external test package, so that importing the importers of its own package is no cycle.
			name := path.Base(path.Dir(layer.file))
			if strings.HasSuffix(layer.file, "_test.go") {
				name += "_test"
			}
			write(t, dir, layer.file, "package "+name+"\n\n"+imports.String())

			told := run(t, dir, depguard, "./"+path.Dir(layer.file))
			for _, pkg := range everything {
				if pkg == path.Dir(layer.file) {
					continue
				}
				refused := strings.Contains(told, fmt.Sprintf("import '%s' is not allowed", ours+pkg))
				if may := slices.Contains(layer.allowed, pkg); refused == may {
					t.Errorf("imports %s: may=%t, refused=%t", pkg, may, refused)
				}
			}
			if t.Failed() {
				t.Log(told)
			}
		})
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run returns all that the command says. A linter ends with a failure when it finds something, so that is none here.
func run(t *testing.T, dir, command string, args ...string) string {
	t.Helper()
	cmd := exec.Command(command, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out)
}
