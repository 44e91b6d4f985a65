package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// policyDir is a folder with the office's own policies, each made from the built-in permen6-2022 by replacing text.
func policyDir(t *testing.T, files map[string][]string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "appraisal", "policies", "permen6-2022.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, replace := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.NewReplacer(replace...).Replace(string(raw))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TELAAH_POLICY_DIR", dir)
	t.Setenv("TELAAH_DATA", t.TempDir())
	t.Setenv("TELAAH_DATABASE_URL", "")
	return dir
}

// run carries out a command and returns what it wrote.
func run(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	root := newRoot("test")
	var out bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(input))
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestNothingStartsWithAWrongPolicyAndEachFaultHasALineWithItsFileAndPlace(t *testing.T) {
	dir := policyDir(t, map[string][]string{
		"kami.json":  {`"permen6-2022"`, `"kantor-kami"`, `"cohort_minimum": 5`, `"cohort_minimum": 0`, `"source": "PermenPAN-RB 6/2022"`, `"source": ""`},
		"rusak.json": {`"matrix": {`, `"matrix": `},
	})
	want := "telaah: TELAAH_POLICY_DIR: correct these files and start again" +
		"\n  " + dir + "/kami.json: source: This is required." +
		"\n  " + dir + "/kami.json: cohort_minimum: 0 is out of range. Use 1 to 1000." +
		"\n  " + dir + "/rusak.json: line 8, column 12: "
	for _, command := range []string{"api", "worker", "up", "evaluate"} {
		out, err := run(t, "", command)
		if err == nil || !strings.HasPrefix(sentence(err), want) || out != "" {
			t.Errorf("%s said %q and\n%v\nwant\n%s", command, out, err, want)
		}
	}
}

func TestAPolicyUnderABuiltInNameIsRefusedWithItsFile(t *testing.T) {
	dir := policyDir(t, map[string][]string{"kami.json": nil})
	_, err := run(t, "", "api")
	if err == nil || !strings.Contains(err.Error(), dir+"/kami.json: version: ") {
		t.Errorf("said %v", err)
	}
}

func TestAFolderThatIsNotThereIsRefused(t *testing.T) {
	policyDir(t, nil)
	t.Setenv("TELAAH_POLICY_DIR", filepath.Join(t.TempDir(), "salah-ketik"))
	for _, command := range []string{"api", "worker", "up"} {
		if _, err := run(t, "", command); err == nil || !strings.Contains(err.Error(), "TELAAH_POLICY_DIR") || !strings.Contains(err.Error(), "salah-ketik") {
			t.Errorf("%s said %v", command, err)
		}
	}
}

func TestTheOfficesOwnPolicyIsCalculatedWith(t *testing.T) {
	policyDir(t, map[string][]string{"kami.json": {
		`"permen6-2022"`, `"kantor-kami"`, `"meets": {"below": "kurang", "meets": "baik", "above": "baik"}`, `"meets": {"below": "kurang", "meets": "baik", "above": "sangat_baik"}`,
	}})
	out, err := run(t, `{"policy": "kantor-kami", "work_result": "meets", "behaviour": "above"}`, "evaluate")
	if err != nil || !strings.Contains(out, `"sangat_baik"`) {
		t.Errorf("got %s %v", out, err)
	}
}
