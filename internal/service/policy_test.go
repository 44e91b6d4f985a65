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
	b.Service = New(Options{DB: b.db, Policies: policies, Zone: b.zone, Now: b.clock.Now})
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

func TestAnObjectionHasTheDaysThatThePolicyGives(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.restart(ownPolicy(t, "permen6-2022", `"permen6-2022"`, `"kantor-kami"`, `"decision_days": 14`, `"decision_days": 3`))
	b.launchUnder(t, "tahunan", "kantor-kami")
	b.reach(t, "ani", appraisal.StageResult)
	day := func(kind appraisal.StepKind) string {
		return query[string](t, b, `select to_char(deadline at time zone 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI') from step where id = $1`, b.open(t, "ani", kind))
	}
	opened := b.clock.Now()
	if got, want := day(appraisal.StepAcknowledgeResult), opened.AddDate(0, 0, 14).Format("2006-01-02")+" 23:59"; got != want {
		t.Errorf("the result can be contested until %s, want 14 calendar days: %s", got, want)
	}
	_, err := b.Object(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Saya keberatan"})
	must(t, err)
	b.enter(t, "ani", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Sudah dibahas"})
	must(t, err)
	b.look(t, "ani")
	calendar, err := b.officeCalendar(t.Context())
	must(t, err)
	if got, want := day(appraisal.StepDecideObjection), calendar.EndOfWorkingDay(b.clock.Now(), 3).Format("2006-01-02 15:04"); got != want {
		t.Errorf("the decision is due %s, want 3 working days: %s", got, want)
	}
}

func TestAResultSaysWhatItMeansForTheCareerOnceItIsReleased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageAppraiserReview)
	b.pass(t, "ani", appraisal.StageAppraiserReview)
	before, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if len(before.Meaning) != 0 {
		t.Errorf("before the release ani reads %v", before.Meaning)
	}
	b.enter(t, "ani", appraisal.StageCalibration)
	b.pass(t, "ani", appraisal.StageCalibration)
	b.enter(t, "ani", appraisal.StageResult)
	after, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if len(after.Meaning) != 1 || after.Meaning[0].Key != "policy.means.development_priority_begun" {
		t.Errorf("after it ani reads %v", after.Meaning)
	}
}

func TestARecommendationNamesTheCompetency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageDevelopment)
	view, err := b.Appraisal(t.Context(), b.as("kabid"), b.of(t, "ani"))
	must(t, err)
	if view.Development == nil || len(view.Development.Items) == 0 {
		t.Fatalf("nothing is recommended: %+v", view.Development)
	}
	for _, item := range view.Development.Items {
		if got := item.Reason.Inputs["competency"].Text; got != "Pelayanan publik" && got != "Integritas" {
			t.Errorf("the reason of %s names %q", item.Training, got)
		}
	}
}
