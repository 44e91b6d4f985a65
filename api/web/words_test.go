package web_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func scoreField(i int) string { return fmt.Sprintf("scores[%d]", i) }

// inTemplate finds the keys that templates name, inCode those that the handlers name. A key that ends in a dot is the
// beginning of one that is put together; what follows is covered below and by rendering.
var (
	inTemplate = regexp.MustCompile(`\bt "([a-z_.0-9]+)"`)
	inCode     = regexp.MustCompile(`"((?:page|form|nav|stage|timeline|error|policy|document|period|learning)\.[a-z_.0-9]*[a-z_0-9])"`)
)

func TestEveryKeyThatPagesNameHasASentence(t *testing.T) {
	found := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		pattern := inTemplate
		switch {
		case strings.HasSuffix(path, ".go"):
			pattern = inCode
		case !strings.HasSuffix(path, ".html"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range pattern.FindAllStringSubmatch(string(source), -1) {
			found++
			for _, lang := range locale.Langs {
				_, whole := locale.Keys(lang)[m[1]]
				if !whole && !isStem(lang, m[1]) {
					t.Errorf("%s names %q, which %s does not have", path, m[1], lang)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 300 {
		t.Errorf("only %d keys were found: the search is broken", found)
	}
}

// isStem reports whether the key is the beginning of others, to which a decision or a field's name is added.
func isStem(lang locale.Lang, stem string) bool {
	for key := range locale.Keys(lang) {
		if strings.HasPrefix(key, stem+".") {
			return true
		}
	}
	return false
}

func TestEveryWordOfTheDomainHasAName(t *testing.T) {
	var keys []string
	add := func(prefix string, values ...string) {
		for _, v := range values {
			keys = append(keys, prefix+v)
		}
	}
	for _, s := range append([]appraisal.Stage{appraisal.StagePending, appraisal.StageWithdrawn}, appraisal.Stages...) {
		add("stage.", string(s))
	}
	for _, k := range append(stepKinds(), appraisal.StepCalibrate) {
		add("term.step.", string(k))
		add("form.effect.", string(k))
		add("timeline.expire_", string(k))
	}
	for _, stage := range []appraisal.Stage{appraisal.StageResult, appraisal.StageClosed} {
		add("page.home.news.", string(stage))
	}
	for _, p := range []appraisal.Party{
		appraisal.PartyEmployee, appraisal.PartyAppraiser, appraisal.PartyReviewingOfficial, appraisal.PartyPeer, appraisal.PartyCommittee,
		appraisal.PartyHR, appraisal.PartyNobody,
	} {
		add("term.party.", string(p))
		add("page.ended.next.", string(p))
	}
	for _, o := range []appraisal.Outcome{
		appraisal.OutcomeSubmitted, appraisal.OutcomeApproved, appraisal.OutcomeReturned, appraisal.OutcomeCompleted, appraisal.OutcomeLocked,
		appraisal.OutcomeAcknowledged, appraisal.OutcomeObjected, appraisal.OutcomeDecided, appraisal.OutcomeAdvanced, appraisal.OutcomeAccepted,
		appraisal.OutcomeWithdrawn, appraisal.OutcomeSkipped,
	} {
		add("page.ended.outcome.", string(o))
	}
	for _, h := range []appraisal.Health{
		appraisal.HealthOnTime, appraisal.HealthPaused, appraisal.HealthWaitingOnPerson, appraisal.HealthPersonOnLeave, appraisal.HealthPersonLeft,
		appraisal.HealthNoAppraiser, appraisal.HealthMailBouncing, appraisal.HealthInsufficientPeers, appraisal.HealthCohortIncomplete,
		appraisal.HealthWorkflowError,
	} {
		add("term.health.", string(h))
		add("page.stalled.act.", string(h))
	}
	for _, k := range []appraisal.PositionKind{
		appraisal.PositionJPTUtama, appraisal.PositionJPTMadya, appraisal.PositionJPTPratama, appraisal.PositionAdministrator,
		appraisal.PositionPengawas, appraisal.PositionFungsional, appraisal.PositionPelaksana,
	} {
		add("term.position.", string(k))
		add("term.level.", string(k.Level()))
	}
	for _, code := range []appraisal.Code{
		appraisal.CodeInvalid, appraisal.CodeUnauthorized, appraisal.CodeForbidden, appraisal.CodeNotFound, appraisal.CodeConflict,
		appraisal.CodeWrongStage, appraisal.CodeKeyReused, appraisal.CodeTooMany, appraisal.CodeUnavailable, appraisal.CodeUnexpected,
	} {
		add("page.error.title.", string(code))
		add("page.error.next.", string(code))
	}
	templates, err := appraisal.Templates()
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range templates {
		add("term.template.", template.Name)
	}
	add("term.missed.", string(appraisal.MissedWait), string(appraisal.MissedAdvance), string(appraisal.MissedAccept))
	add("term.cycle.", "draft", "launching", "running", "paused", "closed", "cancelled")
	add("term.session.", "waiting", "open", "locked")
	add("term.mail_state.", "queued", "sending", "sent", "unneeded", "failed")
	add("term.rating_source.", "review", "calibration", "objection")
	add("term.plan_state.", "submitted", "returned", "approved")
	add("term.development_state.", "proposed", "approved")
	add("term.objection_decision.", "upheld", "changed")
	for _, lang := range locale.Langs {
		for _, key := range keys {
			if _, ok := locale.Keys(lang)[key]; !ok && key != "form.effect.calibrate" {
				t.Errorf("%s lacks %q", lang, key)
			}
		}
	}
}
