package service

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// ownPolicy returns the policies with one more: the office's own file, made from the embedded one by replacing text.
func ownPolicy(t *testing.T, embedded string, replace ...string) appraisal.Policies {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "appraisal", "policies", embedded+".json"))
	must(t, err)
	for i := 0; i < len(replace); i += 2 {
		if !bytes.Contains(raw, []byte(replace[i])) {
			t.Fatalf("%s has no %q", embedded, replace[i])
		}
		raw = bytes.ReplaceAll(raw, []byte(replace[i]), []byte(replace[i+1]))
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "sendiri.json"), raw, 0o600))
	own, err := appraisal.LoadPolicies(os.DirFS(dir))
	must(t, err)
	all, err := appraisal.Embedded().With(own)
	must(t, err)
	return all
}

// restart is the program started anew with other policies installed.
func (b *bundle) restart(policies appraisal.Policies) {
	b.Service = New(Options{DB: b.pool, Policies: policies, Zone: b.zone, Now: b.clock.Now})
}

// generous is an office's policy under which meeting expectations twice is very good already.
func generous(t *testing.T) appraisal.Policies {
	t.Helper()
	return ownPolicy(t, "permen6-2022", `"permen6-2022"`, `"kantor-kami"`,
		`"meets": {"below": "kurang", "meets": "baik", "above": "baik"}`, `"meets": {"below": "kurang", "meets": "sangat_baik", "above": "sangat_baik"}`,
		`"above": {"below": "kurang", "meets": "baik", "above": "sangat_baik"}`, `"above": {"below": "baik", "meets": "sangat_baik", "above": "sangat_baik"}`)
}

func TestARunningCycleKeepsItsPolicyWhenTheOfficeTakesTheFileAway(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.restart(generous(t))
	b.launchUnder(t, "peragaan", "kantor-kami")

	b.restart(appraisal.Embedded()) // the file is gone
	b.reach(t, "ani", appraisal.StageDevelopment)
	view, err := b.Appraisal(t.Context(), b.as("kabid"), b.of(t, "ani"))
	must(t, err)
	if view.Rating == nil || view.Rating.Predikat != appraisal.PredikatSangatBaik {
		t.Fatalf("the rating is %+v, want what the cycle's own policy gives: sangat_baik", view.Rating)
	}
	if _, err := b.Cohorts(t.Context(), b.as("komite"), b.cycle); err != nil {
		t.Fatalf("the sessions of the cycle: %v", err)
	}
}

func TestARunningCycleKeepsItsPolicyWhenTheOfficeChangesTheFile(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.restart(generous(t))
	b.launchUnder(t, "peragaan", "kantor-kami")

	b.restart(ownPolicy(t, "permen6-2022", `"permen6-2022"`, `"kantor-kami"`)) // the same name and version, other cells
	b.reach(t, "ani", appraisal.StageCalibration)
	view, err := b.Appraisal(t.Context(), b.as("kabid"), b.of(t, "ani"))
	must(t, err)
	if view.Rating == nil || view.Rating.Predikat != appraisal.PredikatSangatBaik {
		t.Fatalf("the rating is %+v, want what the policy said at the launch: sangat_baik", view.Rating)
	}
}
