package service

import (
	"errors"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// objected brings somebody's objection to its stage.
func objected(t *testing.T, who string) *bundle {
	t.Helper()
	b := setup(t)
	b.reach(t, who, appraisal.StageResult)
	_, err := b.Object(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Target tercapai"})
	must(t, err)
	b.look(t, who)
	b.enter(t, who, appraisal.StageObjection)
	return b
}

func TestALateObjectionIsRefusedWithTheDate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageResult)
	step := b.open(t, "ani", appraisal.StepAcknowledgeResult)
	b.clock.advance(60 * 24 * time.Hour)
	b.look(t, "ani")
	_, err := b.Object(t.Context(), b.as("ani"), Call{}, step, NewObjection{Reasons: "Target tercapai"})
	wantCode(t, err, appraisal.CodeWrongStage)
	var told *appraisal.Error
	if !errors.As(err, &told) || told.Key != "error.objection_late" || told.Args["deadline"] == nil {
		t.Errorf("refused with %v", err)
	}
}

func TestADecisionThatChangesNothingIsCalledByItsName(t *testing.T) {
	t.Parallel()
	b := objected(t, "ani")
	_, err := b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Belum"})
	must(t, err)
	b.look(t, "ani")
	step := b.open(t, "ani", appraisal.StepDecideObjection)
	in := ObjectionDecision{Change: true, WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Reason: "Sama saja"}
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, in)
	wantCode(t, err, appraisal.CodeInvalid)
	in.Behaviour = appraisal.ExpectationBelow
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, in)
	must(t, err)
	for _, who := range []string{"ani", "kabid"} {
		if n := query[int](t, b, `select count(*)::int from mail where kind = 'objection_decided' and recipient_id = $1`, b.as(who).ID); n != 1 {
			t.Errorf("%s was told %d times that the objection is decided", who, n)
		}
	}
}

func TestAnObjectionThatTheAppraiserDoesNotAnswerIsDecidedWithout(t *testing.T) {
	t.Parallel()
	b := objected(t, "ani")
	b.clock.advance(60 * 24 * time.Hour)
	b.look(t, "ani")
	step := b.open(t, "ani", appraisal.StepDecideObjection)
	if o := b.form(t, "kadis", step).Appraisal.Objection; o == nil || o.AnsweredAt != nil {
		t.Errorf("the reviewing official reads %+v", o)
	}
	_, err := b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, ObjectionDecision{Reason: "Tidak terbukti"})
	must(t, err)
}

func TestAnUndecidedObjectionGoesToTheSuperiorOfWhoDecidesAndThenToHR(t *testing.T) {
	t.Parallel()
	for decides, told := range map[string][]string{
		"kadis":  {"sekda", "hana"},
		"bupati": {"hana"}, // an external official, above whom nobody stands, is appraiser and decides
	} {
		b := objected(t, "ani")
		if decides == "bupati" {
			_, err := b.pool.Exec(t.Context(), `update appraisal set appraiser_id = $2, reviewer_id = $2 where id = $1`, b.of(t, "ani"), b.as(decides).ID)
			must(t, err)
		}
		for range 2 { // the window of the answer, then that of the decision with both escalations
			b.clock.advance(60 * 24 * time.Hour)
			b.look(t, "ani")
		}
		for _, person := range told {
			n := query[int](t, b, `select count(*)::int from mail where kind = 'escalation' and recipient_id = $1 and args->>'action' = 'decide_objection'`,
				b.as(person).ID)
			if n == 0 {
				t.Errorf("%s was not told that %s has not decided", person, decides)
			}
		}
	}
}

func TestHRIsToldAtOnceOfAnObjectionThatNobodyCanDecide(t *testing.T) {
	t.Parallel()
	b := objected(t, "ani")
	_, err := b.pool.Exec(t.Context(), `update appraisal set reviewer_id = null where id = $1`, b.of(t, "ani"))
	must(t, err)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Belum"})
	must(t, err)
	if v := b.look(t, "ani"); v.Health != appraisal.HealthNoAppraiser {
		t.Errorf("the pipeline is %s", v.Health)
	}
	if n := query[int](t, b, `select count(*)::int from mail where kind = 'escalation' and recipient_id = $1 and appraisal_id = $2`, b.as("hana").ID, b.of(t, "ani")); n != 1 {
		t.Errorf("HR was told %d times", n)
	}
}

func TestAPauseMovesNoDeadlineThatHadPassed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.enter(t, "budi", appraisal.StageTargets)
	b.clock.advance(time.Hour)
	b.look(t, "ani") // overdue; Budi's pipeline has not looked, so his is still to come
	deadline := func(who string) time.Time {
		return query[time.Time](t, b, `select stage_deadline from appraisal where id = $1`, b.of(t, who))
	}
	late, open := deadline("ani"), deadline("budi")
	must(t, postgres.ShiftClocks(t.Context(), b.pool, b.cycle, time.Hour))
	if got := deadline("ani"); !got.Equal(late) {
		t.Errorf("a passed deadline moved from %s to %s", late, got)
	}
	if got := deadline("budi"); !got.Equal(open.Add(time.Hour)) {
		t.Errorf("an open deadline moved from %s to %s", open, got)
	}
}
