package service

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// today returns somebody with whom they stand in for at this moment, as signing in would.
func (b *bundle) today(t *testing.T, who string) appraisal.Actor {
	t.Helper()
	actor := b.as(who)
	held, err := postgres.Delegators(t.Context(), b.pool, actor.ID, b.day(b.clock.Now()))
	must(t, err)
	actor.For = held
	return actor
}

// leave delegates somebody's duties for some days from now on, the first one named by how far it is from today.
func (b *bundle) leave(t *testing.T, delegator, delegate string, first, last int) appraisal.DelegationID {
	t.Helper()
	receipt, err := b.Delegate(t.Context(), b.as(delegator), Call{}, b.leaveOf(delegate, first, last))
	must(t, err)
	return appraisal.DelegationID(receipt.ID)
}

func (b *bundle) leaveOf(delegate string, first, last int) NewDelegation {
	today := b.day(b.clock.Now())
	return NewDelegation{
		Delegate: string(b.as(delegate).ID), From: today.AddDate(0, 0, first).Format(time.DateOnly), Until: today.AddDate(0, 0, last).Format(time.DateOnly),
	}
}

// wantRefusal fails the test unless err, or one of its fields, says the sentence.
func wantRefusal(t *testing.T, what string, err error, key string) {
	t.Helper()
	e := asError(err)
	if e == nil {
		t.Fatalf("%s: %v, want it refused with %s", what, err, key)
	}
	keys := []string{e.Key}
	for _, f := range e.Fields {
		keys = append(keys, f.Key)
	}
	if !slices.Contains(keys, key) {
		t.Fatalf("%s is refused with %v, want %s", what, keys, key)
	}
}

func TestWhoStandsInDoesTheOfficialsStepsAndBothAreNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.leave(t, "kabid", "pimpinan", 0, 30)
	b.enter(t, "ani", appraisal.StageTargets)
	b.submitPlan(t, "ani")
	in := b.today(t, "pimpinan")

	form, err := b.StepForm(t.Context(), in, b.open(t, "ani", appraisal.StepApprovePlan))
	must(t, err)
	if s := form.Step; !s.Mine || s.Owner != "Kabid Joko" || s.StandIn == nil || s.StandIn.Name != "Pimpinan Rini" {
		t.Fatalf("the step is %+v", s)
	}
	_, err = b.DecidePlan(t.Context(), in, Call{}, form.Step.ID, PlanDecision{Approve: true, Comment: "Setuju"})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageExecution)
	_, err = b.GiveFeedback(t.Context(), in, Call{}, b.of(t, "ani"), appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Membahas antrean", Agreed: "Ikut pelatihan",
		ComeBack: b.clock.Now().AddDate(0, 1, 0).Format(time.DateOnly)})
	must(t, err)
	b.pass(t, "ani", appraisal.StageExecution)
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	_, err = b.SubmitReview(t.Context(), in, Call{}, b.open(t, "ani", appraisal.StepAppraiserReview), appraisal.Review{
		WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Comment: "Baik", Reason: "Sudah dibicarakan",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 2}},
	})
	must(t, err)

	view := b.read(t, "hana", "ani")
	if r := view.Rating; r.RatedBy != "Pimpinan Rini" || r.RatedFor != "Kabid Joko" {
		t.Errorf("the rating is by %s for %s", r.RatedBy, r.RatedFor)
	}
	if f := view.Feedback[0].Entries[0]; f.Author != "Pimpinan Rini" || f.AuthorFor != "Kabid Joko" || f.Party != appraisal.PartyAppraiser {
		t.Errorf("the feedback is by %+v", f)
	}
	for _, act := range []string{"decide_plan", "give_feedback", "submit_review"} {
		i := slices.IndexFunc(view.Timeline, func(e TimelineEntry) bool { return e.Action == act })
		if i < 0 || view.Timeline[i].Actor != "Pimpinan Rini" || view.Timeline[i].ActorFor != "Kabid Joko" {
			t.Errorf("%s is told as %+v", act, view.Timeline)
		}
	}
	history, err := b.PlanHistory(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if v := history.Versions[0]; v.DecidedBy != "Pimpinan Rini" || v.DecidedFor != "Kabid Joko" {
		t.Errorf("the plan was decided by %s for %s", v.DecidedBy, v.DecidedFor)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where actor_id = $1 and on_behalf_of = $2 and action not in ('set_rating', 'read_appraisal')`,
		in.ID, b.as("kabid").ID); n != 3 {
		t.Errorf("%d lines of the trail tell for whom, want 3", n)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where actor_id = $1 and action = 'read_appraisal' and on_behalf_of is distinct from $2`,
		in.ID, b.as("kabid").ID); n != 0 {
		t.Errorf("%d readings do not tell for whom", n)
	}
}

func TestADelegationIsInForceFromItsFirstDayToTheEndOfItsLastInTheOfficesZone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.leave(t, "kabid", "pimpinan", 1, 2)
	session := b.signIn(t, "pimpinan")
	midnight := time.Date(2026, 1, 13, 0, 0, 0, 0, b.zone)
	for _, at := range []struct {
		when time.Time
		held int
	}{
		{midnight.Add(-time.Second), 0}, {midnight, 1}, {midnight.Add(48*time.Hour - time.Second), 1}, {midnight.Add(48 * time.Hour), 0},
	} {
		b.clock.advance(at.when.Sub(b.clock.Now()))
		who, err := b.Authenticate(t.Context(), Credential{Token: session.Token})
		must(t, err)
		actor := who.Actor
		if len(actor.For) != at.held {
			t.Errorf("at %s pimpinan stands in for %v, want %d", at.when, actor.For, at.held)
		}
		_, err = b.Appraisal(t.Context(), actor, b.of(t, "ani"))
		if (err == nil) != (at.held == 1) {
			t.Errorf("at %s pimpinan reads the appraisal with %v", at.when, err)
		}
	}
}

func TestWhatIsPersonalOrHeldForOthersIsNotDelegated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "kabid", appraisal.StageTargets)
	b.leave(t, "kabid", "pimpinan", 0, 10)
	in := b.today(t, "pimpinan")
	_, err := b.Appraisal(t.Context(), in, b.of(t, "kabid"))
	wantCode(t, err, appraisal.CodeNotFound)
	_, err = b.SubmitPlan(t.Context(), in, Call{}, b.open(t, "kabid", appraisal.StepDraftPlan), b.plan(t))
	wantCode(t, err, appraisal.CodeNotFound)
	_, err = b.History(t.Context(), in, b.as("ani").ID)
	wantCode(t, err, appraisal.CodeNotFound)

	b.leave(t, "sekda", "kadis", 0, 10) // what kadis holds is not what kadis has
	_, err = b.Delegate(t.Context(), b.as("kadis"), Call{}, b.leaveOf("komite", 20, 25))
	must(t, err)
	b.clock.advance(21 * 24 * time.Hour)
	if held := b.today(t, "komite").For; !slices.Equal(held, []appraisal.PersonID{b.as("kadis").ID}) {
		t.Errorf("komite holds %v", held)
	}
}

func TestADelegationThatCannotBeIsRefusedWithTheFaultAndTheRemedy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.leave(t, "kabid", "pimpinan", 5, 10)
	b.leave(t, "kadis", "komite", 5, 10)
	outsider := appraisal.Actor{ID: b.as("ani").ID}
	_, err := b.pool.Exec(t.Context(), `update person set active = false where email = 'operator@pemda.test'`)
	must(t, err)
	for name, c := range map[string]struct {
		actor appraisal.Actor
		in    NewDelegation
		key   string
	}{
		"over":                  {b.as("kabid"), b.leaveOf("komite", -1, 3), "delegation.error.past"},
		"the wrong way round":   {b.as("kabid"), b.leaveOf("komite", 3, 2), "delegation.error.order"},
		"91 days":               {b.as("kabid"), b.leaveOf("komite", 20, 110), "delegation.error.long"},
		"in two years":          {b.as("kabid"), b.leaveOf("komite", 700, 710), "delegation.error.far"},
		"no day":                {b.as("kabid"), NewDelegation{Delegate: string(b.as("komite").ID), From: "besok", Until: "2026-02-31"}, "delegation.error.day"},
		"oneself":               {b.as("kabid"), b.leaveOf("kabid", 20, 25), "delegation.error.oneself"},
		"somebody who has left": {b.as("kabid"), b.leaveOf("operator", 20, 25), "delegation.error.person"},
		"nobody":                {b.as("kabid"), NewDelegation{Delegate: "199", From: "2026-02-01", Until: "2026-02-02"}, "delegation.error.person"},
		"days that are taken":   {b.as("kabid"), b.leaveOf("komite", 10, 12), "delegation.error.clash"},
		"who is away then":      {b.as("sekda"), b.leaveOf("kabid", 9, 12), "delegation.error.away"},
		"without duties":        {outsider, b.leaveOf("komite", 20, 25), "delegation.error.no_duties"},
		"another's":             {outsider, NewDelegation{Delegator: string(b.as("kabid").ID), Delegate: string(b.as("komite").ID), From: "2026-02-01", Until: "2026-02-02"}, "delegation.error.not_yours"},
	} {
		_, err := b.Delegate(t.Context(), c.actor, Call{}, c.in)
		wantRefusal(t, name, err, c.key)
	}
	_, err = b.Delegate(t.Context(), b.as("kabid"), Call{}, b.leaveOf("komite", 20, 109)) // 90 days
	must(t, err)
}

func TestHRDelegatesForWhoIsAwayAlreadyAndTheTrailSaysForWhom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.leaveOf("pimpinan", 0, 5)
	in.Delegator = "kabid@pemda.test"
	in.Delegate = query[string](t, b, `select nip from employee where person_id = $1`, b.as("pimpinan").ID)
	_, err := b.Delegate(t.Context(), b.as("hana"), Call{}, in)
	must(t, err)
	if held := b.today(t, "pimpinan").For; !slices.Equal(held, []appraisal.PersonID{b.as("kabid").ID}) {
		t.Fatalf("pimpinan holds %v", held)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'delegate' and actor_id = $1 and on_behalf_of = $2`,
		b.as("hana").ID, b.as("kabid").ID); n != 1 {
		t.Errorf("%d lines of the trail", n)
	}
	view, err := b.Delegations(t.Context(), b.as("hana"), "", 50)
	must(t, err)
	if len(view.Others) != 1 || !view.Others[0].MayRevoke || view.Others[0].MadeBy != "Hana Putri" {
		t.Errorf("HR sees %+v", view.Others)
	}
	for _, who := range []string{"kabid", "pimpinan"} {
		if n := query[int](t, b, `select count(*)::int from mail where kind = 'delegated' and recipient_id = $1`, b.as(who).ID); n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
}

func TestEitherSideEndsADelegationOnceAndNobodyElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"kabid", "pimpinan", "hana"} {
		id := b.leave(t, "kabid", "pimpinan", 0, 5)
		for _, stranger := range []string{"ani", "kadis", "komite"} {
			_, err := b.RevokeDelegation(t.Context(), b.as(stranger), Call{}, id)
			wantCode(t, err, appraisal.CodeNotFound)
		}
		first, err := b.RevokeDelegation(t.Context(), b.as(who), Call{Key: "sekali"}, id)
		must(t, err)
		again, err := b.RevokeDelegation(t.Context(), b.as(who), Call{Key: "sekali"}, id)
		must(t, err)
		if again != first {
			t.Errorf("the repeat answers %+v, the first %+v", again, first)
		}
		_, err = b.RevokeDelegation(t.Context(), b.as(who), Call{}, id)
		wantRefusal(t, "a second end", err, "delegation.error.revoked")
		if held := b.today(t, "pimpinan").For; len(held) != 0 {
			t.Errorf("after %s ended it pimpinan holds %v", who, held)
		}
	}
	id := b.leave(t, "kabid", "pimpinan", 0, 5)
	b.clock.advance(6 * 24 * time.Hour)
	_, err := b.RevokeDelegation(t.Context(), b.as("kabid"), Call{}, id)
	wantRefusal(t, "what is over", err, "delegation.error.over")
}

func TestOfTwoDelegationsMadeAtTheSameTimeForTheSameDaysOneIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		to := []string{"pimpinan", "komite"}[i%2]
		wg.Go(func() { _, errs[i] = b.Delegate(t.Context(), b.as("kabid"), Call{}, b.leaveOf(to, 0, 5)) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			wantRefusal(t, "the other", err, "delegation.error.clash")
		}
	}
	if made != 1 {
		t.Errorf("%d delegations were made", made)
	}
}

func TestAFormThatWasOpenWhenTheDelegationEndedIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.leave(t, "kabid", "pimpinan", 0, 5)
	b.enter(t, "ani", appraisal.StageTargets)
	b.submitPlan(t, "ani")
	in, step := b.today(t, "pimpinan"), b.open(t, "ani", appraisal.StepApprovePlan)
	_, err := b.SaveDraft(t.Context(), in, step, []byte(`{"Comment":"Hampir setuju"}`))
	must(t, err)
	_, err = b.RevokeDelegation(t.Context(), b.as("kabid"), Call{}, id)
	must(t, err)
	for name, actor := range map[string]appraisal.Actor{"in the same moment": in, "a moment later": b.today(t, "pimpinan")} {
		_, err = b.DecidePlan(t.Context(), actor, Call{}, step, PlanDecision{Approve: true})
		wantCode(t, err, appraisal.CodeForbidden)
		wantRefusal(t, name, err, "delegation.error.ended")
	}
	_, err = b.StepForm(t.Context(), b.today(t, "pimpinan"), step)
	wantRefusal(t, "the form", err, "delegation.error.ended")
	_, err = b.SaveDraft(t.Context(), b.today(t, "pimpinan"), step, []byte(`{}`))
	wantRefusal(t, "the draft", err, "delegation.error.ended")
	form, err := b.StepForm(t.Context(), b.as("kabid"), step)
	must(t, err)
	if !form.Step.Mine || form.Step.StandIn != nil || len(form.Draft) != 0 {
		t.Errorf("the delegator finds %+v with the draft %s", form.Step, form.Draft)
	}
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	b.clock.advance(40 * 24 * time.Hour)
	_, err = b.StepForm(t.Context(), b.today(t, "pimpinan"), step)
	wantCode(t, err, appraisal.CodeNotFound) // long ago, the step is nobody's business
}

func TestARevocationAndAnActAtTheSameTimeBothHoldOrTheActIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 6 {
		id := b.leave(t, "kabid", "pimpinan", 0, 5)
		b.submitAnew(t, "budi")
		in, step := b.today(t, "pimpinan"), b.open(t, "budi", appraisal.StepApprovePlan)
		var wg sync.WaitGroup
		var acted, ended error
		wg.Go(func() { _, acted = b.DecidePlan(t.Context(), in, Call{}, step, PlanDecision{Comment: "Ubah lagi"}) })
		wg.Go(func() { _, ended = b.RevokeDelegation(t.Context(), b.as("kabid"), Call{}, id) })
		wg.Wait()
		must(t, ended)
		if acted != nil {
			wantRefusal(t, "the act", acted, "delegation.error.ended")
			b.decidePlan(t, "budi", PlanDecision{Comment: "Ubah lagi"})
		}
		b.look(t, "budi")
	}
}

// submitAnew hands in somebody's plan, the first time or again.
func (b *bundle) submitAnew(t *testing.T, who string) {
	t.Helper()
	if query[int](t, b, `select count(*)::int from step where appraisal_id = $1`, b.of(t, who)) == 0 {
		b.enter(t, who, appraisal.StageTargets)
	}
	b.submitPlan(t, who)
}

func TestNobodyStandsInOnBothSidesOfAnAppraisalNorOnTheirOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"kabid", "ani"} {
		b.enter(t, who, appraisal.StageTargets)
		b.submitPlan(t, who)
	}
	decide := func(delegate, about string) error {
		_, err := b.DecidePlan(t.Context(), b.today(t, delegate), Call{}, b.open(t, about, appraisal.StepApprovePlan), PlanDecision{Approve: true})
		return err
	}
	id := b.leave(t, "kabid", "ani", 0, 5)
	wantRefusal(t, "one's own", decide("ani", "ani"), "delegation.error.self")
	_, err := b.RevokeDelegation(t.Context(), b.as("kabid"), Call{}, id)
	must(t, err)

	id = b.leave(t, "kabid", "kadis", 0, 5)
	wantRefusal(t, "the reviewing official as appraiser", decide("kadis", "ani"), "delegation.error.both_sides")
	_, err = b.RevokeDelegation(t.Context(), b.as("kabid"), Call{}, id)
	must(t, err)

	b.leave(t, "kadis", "ani", 0, 5)
	wantRefusal(t, "one's own appraiser", decide("ani", "kabid"), "delegation.error.superior")
}

func TestWhoIsAskedForAnOpinionDoesNotStandInOnThatAppraisal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	b.leave(t, "kabid", "budi", 0, 30)
	ids := []appraisal.PersonID{b.as("budi").ID, b.as("citra").ID, b.as("dodi").ID}
	_, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepNominatePeers), Nomination{Peers: ids})
	must(t, err)
	b.look(t, "ani")
	step := b.open(t, "ani", appraisal.StepApprovePeers)
	_, err = b.DecidePeers(t.Context(), b.today(t, "budi"), Call{}, step, PeersDecision{Approve: true})
	wantRefusal(t, "a list with oneself on it", err, "delegation.error.own_list")
	_, err = b.DecidePeers(t.Context(), b.as("kabid"), Call{}, step, PeersDecision{Approve: true})
	must(t, err)
	b.look(t, "ani")
	_, err = b.Appraisal(t.Context(), b.today(t, "budi"), b.of(t, "ani"))
	wantRefusal(t, "reading", err, "delegation.error.asked")
	b.answer(t, "budi", "ani", 4, "Rekan yang baik") // as a peer
	b.answer(t, "citra", "ani", 4, "")
	b.answer(t, "dodi", "ani", 4, "")
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	_, err = b.StepForm(t.Context(), b.today(t, "budi"), b.open(t, "ani", appraisal.StepAppraiserReview))
	wantRefusal(t, "the review", err, "delegation.error.asked")
}

func TestWhoRatedAsAppraiserDecidesNoObjectionOnItForAnybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageAppraiserReview)
	b.leave(t, "kabid", "pimpinan", 0, 5)
	_, err := b.SubmitReview(t.Context(), b.today(t, "pimpinan"), Call{}, b.open(t, "ani", appraisal.StepAppraiserReview), appraisal.Review{
		WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Comment: "Baik", Reason: "Sudah dibicarakan",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 2}},
	})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageCalibration)
	b.lock(t, "ani")
	b.enter(t, "ani", appraisal.StageResult)
	_, err = b.Object(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Target tercapai"})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Tidak"})
	must(t, err)
	b.look(t, "ani")
	b.clock.advance(6 * 24 * time.Hour) // the first delegation is over
	b.leave(t, "kadis", "pimpinan", 0, 5)
	step := b.open(t, "ani", appraisal.StepDecideObjection)
	in := ObjectionDecision{Reason: "Tidak terbukti"}
	_, err = b.DecideObjection(t.Context(), b.today(t, "pimpinan"), Call{}, step, in)
	wantRefusal(t, "who rated", err, "delegation.error.judged")
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, in)
	must(t, err)
	if o := b.read(t, "hana", "ani").Objection; o.AnsweredBy != "Kabid Joko" || o.DecidedBy != "Kadis Ratna" || o.DecidedFor != "" {
		t.Errorf("the objection is told as %+v", o)
	}
}

func TestTheFirstPageOfWhoStandsInShowsWhatIsToDoForWhomAndUntilWhen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"ani", "budi", "kabid"} {
		b.enter(t, who, appraisal.StageTargets)
		b.submitPlan(t, who)
	}
	b.leave(t, "kabid", "budi", 0, 5)
	home, err := b.Home(t.Context(), b.today(t, "budi"))
	must(t, err)
	if len(home.Tasks) != 1 || home.Tasks[0].Appraisee != "Ani Lestari" { // not one's own
		t.Fatalf("the tasks are %+v", home.Tasks)
	}
	until := b.day(b.clock.Now()).AddDate(0, 0, 5).Format(time.DateOnly)
	if in := home.Tasks[0].InPlaceOf; in == nil || *in != (StandIn{Name: "Kabid Joko", Until: until}) || len(home.StandsFor) != 1 {
		t.Errorf("it is for %+v", in)
	}
	if len(home.Team) != 5 || home.Team[0].InPlaceOf == nil {
		t.Errorf("the team is %+v", home.Team)
	}
	home, err = b.Home(t.Context(), b.as("kabid"))
	must(t, err)
	if home.StandIn == nil || home.StandIn.Name != "Budi Santoso" || len(home.Tasks) != 2 { // who is away can still act
		t.Errorf("the delegator sees %+v and %d tasks", home.StandIn, len(home.Tasks))
	}
	b.clock.advance(6 * 24 * time.Hour)
	home, err = b.Home(t.Context(), b.today(t, "budi"))
	must(t, err)
	if len(home.Tasks) != 0 || len(home.StandsFor) != 0 {
		t.Errorf("after the last day there is still %+v", home.Tasks)
	}
}

func TestAChangeOfAPlanIsAgreedUponAndProposedByWhoStandsIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	b.leave(t, "kabid", "pimpinan", 0, 20)
	in := b.today(t, "pimpinan")
	propose := func(actor appraisal.Actor, words string) appraisal.PlanChangeID {
		t.Helper()
		b.clock.advance(time.Millisecond)
		history, err := b.PlanHistory(t.Context(), actor, b.of(t, "ani"))
		must(t, err)
		plan := history.Versions[0].KeyResults
		plan[0].Statement = words
		receipt, err := b.ProposePlanChange(t.Context(), actor, Call{}, b.of(t, "ani"), appraisal.PlanChange{
			Reason: "Beban berubah", EffectiveOn: "2026-06-01", KeyResults: plan,
		})
		must(t, err)
		return appraisal.PlanChangeID(receipt.ID)
	}
	change := propose(b.as("ani"), "Izin terbit dalam dua hari")
	home, err := b.Home(t.Context(), in)
	must(t, err)
	if len(home.Changes) != 1 || home.Changes[0].InPlaceOf == nil {
		t.Fatalf("the proposals on the first page are %+v", home.Changes)
	}
	_, err = b.AnswerPlanChange(t.Context(), in, Call{}, change, PlanChangeAnswer{Agree: true})
	must(t, err)
	change = propose(in, "Izin terbit dalam sehari")
	for _, who := range []appraisal.Actor{in, b.as("kabid")} { // the side that proposed it
		home, err := b.Home(t.Context(), who)
		must(t, err)
		if len(home.Changes) != 0 {
			t.Errorf("%s is asked to answer the own side's proposal", who.Name)
		}
		_, err = b.AnswerPlanChange(t.Context(), who, Call{}, change, PlanChangeAnswer{Agree: true})
		wantCode(t, err, appraisal.CodeForbidden)
	}
	_, err = b.WithdrawPlanChange(t.Context(), b.as("kabid"), Call{}, change)
	must(t, err)
	history, err := b.PlanHistory(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	first, second := history.Changes[1], history.Changes[0]
	if first.EndedBy != "Pimpinan Rini" || first.EndedFor != "Kabid Joko" || second.ProposedFor != "Kabid Joko" || second.EndedBy != "Kabid Joko" || second.EndedFor != "" {
		t.Errorf("the proposals are told as %+v", history.Changes)
	}
}
