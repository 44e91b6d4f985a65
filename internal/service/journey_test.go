package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// reach brings somebody's pipeline to a stage with everybody doing what they should, and leaves the stage's first step open.
func (b *bundle) reach(t *testing.T, who string, stage appraisal.Stage) {
	t.Helper()
	for _, s := range appraisal.Stages {
		if s == appraisal.StageObjection && stage != s {
			continue
		}
		b.enter(t, who, s)
		if s == stage {
			return
		}
		b.pass(t, who, s)
	}
}

// pass does all steps of the stage that the pipeline is in.
func (b *bundle) pass(t *testing.T, who string, stage appraisal.Stage) {
	t.Helper()
	switch stage {
	case appraisal.StageTargets:
		b.submitPlan(t, who)
		b.decidePlan(t, who, PlanDecision{Approve: true})
	case appraisal.StageExecution:
		_, err := b.CompleteExecution(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepRecordProgress))
		must(t, err)
		b.look(t, who)
	case appraisal.StageSelfReview:
		b.reviewSelf(t, who, "98")
	case appraisal.StagePeerReview:
		peers := b.choosePeers(t, who)
		for _, p := range peers {
			b.answer(t, p, who, 4, "Rekan yang baik")
		}
		b.look(t, who)
	case appraisal.StageAppraiserReview:
		b.review(t, who, appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	case appraisal.StageCalibration:
		b.lock(t, who)
	case appraisal.StageResult:
		_, err := b.AcknowledgeResult(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepAcknowledgeResult))
		must(t, err)
		b.look(t, who)
	case appraisal.StageDevelopment:
		b.approveDevelopment(t, who)
	}
}

// superior returns who appraises somebody.
func superior(who string) string {
	switch who {
	case "kadis":
		return "sekda"
	case "kabid":
		return "kadis"
	default:
		return "kabid"
	}
}

func (b *bundle) plan(t *testing.T) []appraisal.KeyResult {
	t.Helper()
	objective := query[string](t, b, `select id::text from strategy_item where code = 'S'`)
	return []appraisal.KeyResult{{
		Statement: "Izin terbit dalam tiga hari", ServesStrategy: objective,
		Indicators: []appraisal.Indicator{{
			Aspect: appraisal.AspectQuality, Description: "Izin tepat waktu", Target: "95", Measure: "persen", Direction: appraisal.DirectionMore,
		}},
	}}
}

// planOf is plan by the perspectives of a JPT where somebody is one.
func (b *bundle) planOf(t *testing.T, who string) []appraisal.KeyResult {
	t.Helper()
	plan := b.plan(t)
	if who == "sekda" || who == "kadis" {
		plan[0].Indicators[0].Aspect = appraisal.PerspectiveReceivers
	}
	return plan
}

func (b *bundle) submitPlan(t *testing.T, who string) {
	t.Helper()
	_, err := b.SubmitPlan(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepDraftPlan), b.planOf(t, who))
	must(t, err)
	b.look(t, who)
}

func (b *bundle) decidePlan(t *testing.T, who string, in PlanDecision) {
	t.Helper()
	_, err := b.DecidePlan(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepApprovePlan), in)
	must(t, err)
	b.look(t, who)
}

func (b *bundle) reviewSelf(t *testing.T, who, value string) {
	t.Helper()
	indicator := query[string](t, b, `select i.id::text from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1 order by p.number desc limit 1`, b.of(t, who))
	in := appraisal.SelfReview{
		Achievements: "Semua izin terbit", Obstacles: "Jaringan lambat",
		Realisations: []appraisal.Realisation{{Indicator: indicator, Value: value}},
	}
	_, err := b.SubmitSelfReview(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepSelfReview), in)
	must(t, err)
	b.look(t, who)
}

// choosePeers has the first three colleagues nominated and approved, and returns them.
func (b *bundle) choosePeers(t *testing.T, who string) []string {
	t.Helper()
	var peers []string
	var ids []appraisal.PersonID
	for _, p := range staff() {
		if p != who && len(peers) < 3 {
			peers = append(peers, p)
			ids = append(ids, b.as(p).ID)
		}
	}
	_, err := b.NominatePeers(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepNominatePeers), Nomination{Peers: ids})
	must(t, err)
	b.look(t, who)
	_, err = b.DecidePeers(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepApprovePeers), PeersDecision{Approve: true, Peers: ids})
	must(t, err)
	b.look(t, who)
	return peers
}

// answer gives the same score to every behaviour.
func (b *bundle) answer(t *testing.T, peer, about string, score int, comment string) {
	t.Helper()
	in := appraisal.PeerAnswer{Scores: make([]int, appraisal.Behaviours), Comment: comment}
	for i := range in.Scores {
		in.Scores[i] = score
	}
	_, err := b.AnswerPeer(t.Context(), b.as(peer), Call{}, b.asked(t, peer, about), in)
	must(t, err)
}

func (b *bundle) review(t *testing.T, who string, workResult, behaviour appraisal.Expectation) {
	t.Helper()
	in := appraisal.Review{
		WorkResult: workResult, Behaviour: behaviour, Comment: "Bekerja sesuai rencana", Reason: "Sudah dibicarakan",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 2}},
	}
	_, err := b.SubmitReview(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepAppraiserReview), in)
	must(t, err)
	b.look(t, who)
}

// cohort returns the calibration cohort that somebody belongs to.
func (b *bundle) cohort(t *testing.T, who string) appraisal.CohortID {
	t.Helper()
	return query[appraisal.CohortID](t, b, `select cohort_id from appraisal where id = $1`, b.of(t, who))
}

// lock ends the session of somebody's cohort, first opening it for those who are there if others are missing.
func (b *bundle) lock(t *testing.T, who string) {
	t.Helper()
	id := b.cohort(t, who)
	if query[string](t, b, `select status from cohort where id = $1`, id) == postgres.CohortWaiting {
		_, err := b.pool.Exec(t.Context(), `update cohort set deadline = $2 where id = $1`, id, b.clock.Now())
		must(t, err)
		_, err = b.LookAtCohort(t.Context(), id)
		must(t, err)
	}
	holders, err := postgres.Holders(t.Context(), b.pool, appraisal.RoleCommittee)
	must(t, err)
	for _, h := range holders {
		_, err := b.ConfirmSession(t.Context(), appraisal.Actor{ID: h, Roles: []appraisal.Role{appraisal.RoleCommittee}}, Call{}, id)
		must(t, err)
	}
	_, err = b.LockCohort(t.Context(), b.as("komite"), Call{}, id, Lock{Justification: "Kelompok kecil"})
	must(t, err)
	b.look(t, who)
}

func (b *bundle) approveDevelopment(t *testing.T, who string) {
	t.Helper()
	in := DevelopmentDecision{Trainings: []string{}}
	_, err := b.ApproveDevelopment(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepApproveDevelopment), in)
	must(t, err)
	b.look(t, who)
}

func TestAPipelineWhoseEveryStepIsDoneEndsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageClosed)
	if v := b.look(t, "ani"); !v.Ended || v.Stage != appraisal.StageClosed {
		t.Fatalf("the pipeline is at %+v, want it closed", v)
	}
}

func TestAPlanThatIsReturnedComesBackWithItsCommentAndIsHandedInAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.submitPlan(t, "ani")
	step := b.open(t, "ani", appraisal.StepApprovePlan)
	_, err := b.DecidePlan(t.Context(), b.as("kabid"), Call{}, step, PlanDecision{})
	wantCode(t, err, appraisal.CodeInvalid)
	b.decidePlan(t, "ani", PlanDecision{Comment: "Targetnya terlalu rendah"})

	form := b.form(t, "ani", b.open(t, "ani", appraisal.StepDraftPlan))
	if p := form.Appraisal.Plan; form.Step.Round != 2 || p.State != "returned" || p.Comment != "Targetnya terlalu rendah" || len(p.KeyResults) != 1 {
		t.Fatalf("the form is in round %d over the plan %+v", form.Step.Round, p)
	}
	_, err = b.DecidePlan(t.Context(), b.as("kabid"), Call{}, step, PlanDecision{Approve: true})
	wantCode(t, err, appraisal.CodeWrongStage)
	b.submitPlan(t, "ani")
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	if v := b.look(t, "ani"); !v.Settled || v.Outcome != appraisal.OutcomeApproved {
		t.Errorf("the stage is %+v", v)
	}
	if p := b.read(t, "ani", "ani").Plan; p.Number != 2 || p.State != "approved" {
		t.Errorf("the plan in force is %+v", p)
	}
}

func TestACalibratedRatingIsWrittenBackAtTheLockWithItsReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageCalibration)
	}
	id := b.cohort(t, "ani")
	_, err := b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, CalibrationChange{
		Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Hasil luar biasa"})
	must(t, err)
	b.lock(t, "ani")
	for _, who := range []string{"ani", "budi"} {
		if v := b.look(t, who); !v.Settled || v.Outcome != appraisal.OutcomeLocked {
			t.Errorf("%s's stage after the lock is %+v", who, v)
		}
		b.enter(t, who, appraisal.StageResult)
	}
	v := b.read(t, "ani", "ani")
	if len(v.Ratings) != 2 || v.Ratings[0].Source != postgres.RatedByReview || v.Rating.Source != postgres.RatedByCalibration ||
		v.Rating.Predikat != appraisal.PredikatSangatBaik || v.Rating.Reason != "Hasil luar biasa" || v.Rating.RatedBy != "Komite Surya" {
		t.Errorf("Ani reads %+v", v.Ratings)
	}
	for _, e := range v.Timeline {
		if e.Action == "change_rating" {
			t.Errorf("the employee reads the session's proposals: %+v", e)
		}
		if e.Action == "lock_cohort" && (e.Actor != "Komite Surya" || e.Detail != "Hasil luar biasa") {
			t.Errorf("the timeline tells of the session as %+v", e)
		}
	}
	if v := b.read(t, "budi", "budi"); len(v.Ratings) != 1 || v.Rating.Source != postgres.RatedByReview {
		t.Errorf("Budi, who was not changed, reads %+v", v.Ratings)
	}
}

func TestAnObjectionIsAnsweredAndDecidedAndItsRatingIsFinal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageResult)
	step := b.open(t, "ani", appraisal.StepAcknowledgeResult)
	_, err := b.Object(t.Context(), b.as("ani"), Call{}, step, NewObjection{})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.Object(t.Context(), b.as("ani"), Call{}, step, NewObjection{Reasons: "Target tercapai seluruhnya", Evidence: "https://arsip.test/2"})
	must(t, err)
	if v := b.look(t, "ani"); !v.Settled || v.Outcome != appraisal.OutcomeObjected {
		t.Fatalf("the result stage is %+v", v)
	}
	b.enter(t, "ani", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Satu target terlambat"})
	must(t, err)
	b.look(t, "ani")
	decide := b.open(t, "ani", appraisal.StepDecideObjection)
	in := ObjectionDecision{Change: true, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Bukti meyakinkan"}
	_, err = b.DecideObjection(t.Context(), b.as("kabid"), Call{}, decide, in)
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, decide, in)
	must(t, err)
	b.look(t, "ani")
	v := b.read(t, "ani", "ani")
	if o := v.Objection; o == nil || o.Reasons != "Target tercapai seluruhnya" || o.Answer != "Satu target terlambat" || o.Decision != "changed" ||
		o.DecisionReason != "Bukti meyakinkan" || o.DecidedAt == nil {
		t.Errorf("the objection reads %+v", v.Objection)
	}
	if v.Rating.Source != postgres.RatedByObjection || v.Rating.Predikat != appraisal.PredikatSangatBaik || v.Rating.RatedBy != "Kadis Ratna" {
		t.Errorf("the rating in force is %+v", v.Rating)
	}
}

func TestTheRecommendationComesWithItsReasonsAndTheAppraiserChooses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageDevelopment)
	d := b.read(t, "ani", "ani").Development
	if d == nil || d.State != "proposed" || len(d.Gaps) != 2 || d.Gaps[0].Competency != "PEL" || d.Gaps[0].Size != 2 {
		t.Fatalf("the recommendation is %+v", d)
	}
	if len(d.Items) != 1 || d.Items[0].Training != "T-PEL" || d.Items[0].Reason.Key == "" || d.Items[0].Title != "Pelayanan prima" {
		t.Fatalf("recommended are %+v", d.Items)
	}
	step := b.open(t, "ani", appraisal.StepApproveDevelopment)
	_, err := b.ApproveDevelopment(t.Context(), b.as("kabid"), Call{}, step, DevelopmentDecision{Trainings: []string{"T-INT"}})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.ApproveDevelopment(t.Context(), b.as("kabid"), Call{}, step, DevelopmentDecision{Trainings: []string{"T-PEL"}, Comment: "Ikuti sampai selesai"})
	must(t, err)
	if d := b.read(t, "ani", "ani").Development; d.State != "approved" || !d.Items[0].Approved || d.Comment != "Ikuti sampai selesai" || d.ApprovedAt == nil {
		t.Errorf("the approved plan is %+v", d)
	}
}
