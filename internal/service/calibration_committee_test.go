package service

import (
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// appoint gives somebody the committee's role.
func (b *bundle) appoint(t *testing.T, who string) appraisal.Actor {
	t.Helper()
	must(t, postgres.GrantRole(t.Context(), b.pool, b.as(who).ID, appraisal.RoleCommittee))
	a := b.as(who)
	a.Roles = append(slices.Clone(a.Roles), appraisal.RoleCommittee)
	b.people[who] = a
	return a
}

// propose moves somebody to the highest cell.
func (b *bundle) propose(t *testing.T, by appraisal.Actor, who, reason string) {
	t.Helper()
	_, err := b.ChangeRating(t.Context(), by, Call{}, b.cohort(t, who), CalibrationChange{
		Appraisal: b.of(t, who), WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Reason: reason})
	must(t, err)
}

func TestASessionIsLockedWhenTheQuorumStandsBehindItAsItIs(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	komite, rini, yudi := b.as("komite"), b.appoint(t, "pimpinan"), b.appoint(t, "operator")
	ctx, id, lock := t.Context(), b.cohort(t, "ani"), Lock{Justification: "Sebaran sesuai capaian"}
	b.propose(t, komite, "ani", "Bukti perilaku")
	if c := b.session(t, "ani").Committee; c.Size != 3 || c.Needed != 2 || c.Confirmed != 0 || !c.Reachable {
		t.Fatalf("the committee is %+v", c)
	}
	_, err := b.LockCohort(ctx, komite, Call{}, id, lock)
	wantCode(t, err, appraisal.CodeWrongStage)
	_, err = b.JoinSession(ctx, rini, Call{}, id)
	must(t, err)
	seen := b.session(t, "ani").Version
	_, err = b.ConfirmSession(ctx, rini, Call{Version: seen}, id)
	must(t, err)
	b.propose(t, yudi, "budi", "Capaian serupa") // what Rini confirmed is no longer what would be locked
	c := b.session(t, "ani").Committee
	i := slices.IndexFunc(c.People, func(m CommitteeMember) bool { return m.Name == "Pimpinan Rini" })
	if c.Confirmed != 0 || i < 0 || !c.People[i].Outdated || c.People[i].JoinedAt == nil {
		t.Errorf("after a change the committee is %+v", c)
	}
	_, err = b.ConfirmSession(ctx, rini, Call{Version: seen}, id)
	wantCode(t, err, appraisal.CodeConflict)
	_, err = b.LockCohort(ctx, komite, Call{}, id, lock)
	wantCode(t, err, appraisal.CodeWrongStage)
	_, err = b.ConfirmSession(ctx, rini, Call{Version: b.session(t, "ani").Version}, id)
	must(t, err)
	_, err = b.LockCohort(ctx, komite, Call{}, id, lock)
	must(t, err)
	k := b.session(t, "ani")
	if len(k.Sessions) != 1 || k.Sessions[0].LockedBy != "Komite Surya" || k.Sessions[0].Confirmed != 2 || k.Sessions[0].Needed != 2 ||
		k.Sessions[0].Rating != appraisal.OrganisationBaik || len(k.Sessions[0].Guidelines) != 3 {
		t.Errorf("kept of the lock is %+v", k.Sessions)
	}
}

func TestAConfirmationOfSomebodyWhoLeftTheCommitteeDoesNotCount(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	rini := b.appoint(t, "pimpinan")
	b.appoint(t, "operator")
	id := b.cohort(t, "ani")
	_, err := b.ConfirmSession(t.Context(), rini, Call{}, id)
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `delete from role_grant where person_id = $1 and role = 'committee'`, rini.ID)
	must(t, err)
	_, err = b.LockCohort(t.Context(), b.as("komite"), Call{}, id, Lock{Justification: "Sebaran sesuai capaian"})
	wantCode(t, err, appraisal.CodeWrongStage)
}

func TestAChangeForSomebodyWhomTheCommitteeAppraisesNeedsAnother(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	_, err := b.pool.Exec(t.Context(), `delete from role_grant where role = 'committee'`)
	must(t, err)
	kabid := b.appoint(t, "kabid") // a committee of one, who appraises all six
	ctx, id, lock := t.Context(), b.cohort(t, "ani"), Lock{Justification: "Sebaran sesuai capaian"}
	b.propose(t, kabid, "ani", "Bukti perilaku")
	_, err = b.LockCohort(ctx, kabid, Call{}, id, lock)
	wantCode(t, err, appraisal.CodeWrongStage)
	_, err = b.GiveOpinion(ctx, kabid, Call{}, id, SessionOpinion{Appraisal: b.of(t, "ani"), Stance: appraisal.StanceAgree})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.GiveOpinion(ctx, kabid, Call{}, id, SessionOpinion{Appraisal: b.of(t, "ani"), Stance: appraisal.StanceExplain, Words: "Saya menilai dari bukti"})
	must(t, err)
	rini := b.appoint(t, "pimpinan")
	_, err = b.ConfirmSession(ctx, rini, Call{}, id)
	must(t, err)
	_, err = b.LockCohort(ctx, kabid, Call{}, id, lock)
	must(t, err)
}

func TestWhatWasProposedAndSaidIsKept(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	komite, rini, ani := b.as("komite"), b.appoint(t, "pimpinan"), b.of(t, "ani")
	ctx, id := t.Context(), b.cohort(t, "ani")
	_, err := b.GiveOpinion(ctx, rini, Call{}, id, SessionOpinion{Appraisal: ani, Stance: appraisal.StanceAgree})
	wantCode(t, err, appraisal.CodeInvalid) // nothing is proposed yet
	b.propose(t, komite, "ani", "Bukti perilaku")
	_, err = b.GiveOpinion(ctx, rini, Call{}, id, SessionOpinion{Appraisal: ani, Stance: appraisal.StanceOppose})
	wantCode(t, err, appraisal.CodeInvalid) // without words
	before := b.session(t, "ani").Version
	for _, stance := range []appraisal.Stance{appraisal.StanceOppose, appraisal.StanceAgree} { // thinks again
		_, err = b.GiveOpinion(ctx, rini, Call{}, id, SessionOpinion{Appraisal: ani, Stance: stance, Words: "Sudah saya periksa"})
		must(t, err)
	}
	k := b.session(t, "ani")
	if m := memberOfCohort(t, k, "Ani Lestari"); m.Agreed != 1 || m.Opposed != 0 || k.Version != before {
		t.Errorf("Ani stands as %+v in version %d, it was %d", m, k.Version, before)
	}
	b.propose(t, rini, "ani", "Bukti yang lebih kuat")
	if m := memberOfCohort(t, b.session(t, "ani"), "Ani Lestari"); m.Agreed != 0 || m.ChangedBy != "Pimpinan Rini" {
		t.Errorf("the votes went over to another proposal: %+v", m)
	}
	_, err = b.ChangeRating(ctx, komite, Call{}, id, CalibrationChange{Appraisal: ani, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove})
	must(t, err)
	h, err := b.SessionMember(ctx, komite, id, ani)
	must(t, err)
	if len(h.Proposals) != 2 || h.Proposals[0].Ended != "replaced" || h.Proposals[0].EndedBy != "Pimpinan Rini" || h.Proposals[0].Reason != "Bukti perilaku" ||
		h.Proposals[1].Ended != "withdrawn" || h.Proposals[1].EndedBy != "Komite Surya" || h.Member.After != nil {
		t.Errorf("proposed were %+v", h.Proposals)
	}
	if len(h.Opinions) != 2 || h.Opinions[0].Stance != appraisal.StanceOppose || h.Opinions[0].By != "Pimpinan Rini" || h.Opinions[0].Proposal != h.Proposals[0].ID {
		t.Errorf("said was %+v", h.Opinions)
	}
	version := b.session(t, "ani").Version
	_, err = b.ChangeRating(ctx, komite, Call{}, id, CalibrationChange{Appraisal: ani, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove})
	must(t, err)
	if v := b.session(t, "ani").Version; v != version {
		t.Error("taking back what is not proposed makes confirmations void")
	}
}

func TestAMemberReadsNothingOfTheirOwnCase(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	ani := b.appoint(t, "ani")
	ctx, id := t.Context(), b.cohort(t, "ani")
	b.propose(t, b.as("komite"), "ani", "Bukti perilaku")
	for who, proposed := range map[string]bool{"ani": false, "komite": true} {
		tasks := b.home(t, who).Tasks
		if i := slices.IndexFunc(tasks, func(task Task) bool { return task.Kind == appraisal.StepCalibrate }); i < 0 || tasks[i].HasDraft != proposed {
			t.Errorf("%s finds on the first page %+v", who, tasks)
		}
	}
	_, err := b.SessionMember(ctx, ani, id, b.of(t, "ani"))
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.GiveOpinion(ctx, ani, Call{}, id, SessionOpinion{Appraisal: b.of(t, "ani"), Stance: appraisal.StanceAgree})
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.ConfirmSession(ctx, b.as("komite"), Call{}, id)
	must(t, err)
	_, err = b.LockCohort(ctx, ani, Call{}, id, Lock{}) // asked for a justification whatever the figures are
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.LockCohort(ctx, ani, Call{}, id, Lock{Justification: "Sebaran sesuai capaian"})
	must(t, err)
	k, err := b.Cohort(ctx, ani, id)
	must(t, err)
	if len(k.Sessions) != 1 || len(k.Sessions[0].Guidelines) != 0 {
		t.Errorf("the figures of the lock tell her own: %+v", k.Sessions)
	}
}

func TestALockDoesNotTellItsMemberWhetherTheirOwnRatingIsToBeChanged(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	_, err := b.pool.Exec(t.Context(), `delete from role_grant where role = 'committee'`)
	must(t, err)
	ani, kabid := b.appoint(t, "ani"), b.appoint(t, "kabid") // a committee of the appraised and her appraiser
	ctx, id, lock := t.Context(), b.cohort(t, "ani"), Lock{Justification: "Sebaran sesuai capaian"}
	told := func() string {
		_, err := b.ConfirmSession(ctx, kabid, Call{}, id)
		must(t, err)
		_, err = b.LockCohort(ctx, ani, Call{}, id, lock)
		wantCode(t, err, appraisal.CodeWrongStage)
		return err.Error()
	}
	unchanged := told()
	b.propose(t, kabid, "ani", "Bukti perilaku")
	if changed := told(); changed != unchanged {
		t.Errorf("without a change Ani is told %q, with one %q", unchanged, changed)
	}
	_, err = b.ChangeRating(ctx, kabid, Call{}, id, CalibrationChange{Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove})
	must(t, err)
	_, err = b.ConfirmSession(ctx, ani, Call{}, id)
	must(t, err)
	_, err = b.LockCohort(ctx, kabid, Call{}, id, lock) // to whom it may be told
	must(t, err)
}

func TestAFollowUpSessionKnowsWhoWasDecidedBefore(t *testing.T) {
	t.Parallel()
	b := opened(t)
	b.propose(t, b.as("komite"), "ani", "Bukti perilaku")
	b.lock(t, "ani")
	b.enter(t, "fitri", appraisal.StageCalibration)
	k := b.session(t, "fitri")
	if k.Round != 2 || k.Status != postgres.CohortOpen || k.Expected != 1 {
		t.Fatalf("the follow-up is %+v", k)
	}
	if m := memberOfCohort(t, k, "Ani Lestari"); m.Round == nil || *m.Round != 1 || m.After == nil {
		t.Errorf("Ani, who was decided before, stands as %+v", m)
	}
	if m := memberOfCohort(t, k, "Fitri Handayani"); m.Round != nil {
		t.Errorf("Fitri stands as %+v", m)
	}
	_, err := b.ChangeRating(t.Context(), b.as("komite"), Call{}, k.ID, CalibrationChange{
		Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Lagi"})
	wantCode(t, err, appraisal.CodeNotFound)
	b.lock(t, "fitri")
	if k := b.session(t, "fitri"); len(k.Sessions) != 2 || k.Sessions[1].Round != 2 {
		t.Errorf("the sessions are %+v", k.Sessions)
	}
}

func TestWhoLeavesAnOpenSessionMakesConfirmationsVoid(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	before := b.session(t, "ani").Version
	_, err := b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, "fitri"), CycleCommand{Reason: "Pindah instansi"})
	must(t, err)
	if k := b.session(t, "ani"); k.Version == before || k.Expected != 5 {
		t.Errorf("after Fitri left the session is in version %d with %d people, it was in %d", k.Version, k.Expected, before)
	}
}

func TestAProposalForSomebodyWhoWentOnWithoutTheSessionCountsNowhere(t *testing.T) {
	t.Parallel()
	b := calibrating(t) // three above, three meets
	_, err := b.pool.Exec(t.Context(), `update cycle set template = template || jsonb_build_object('steps', (select jsonb_agg(
		case when s ->> 'step' = 'calibrate' then s || '{"missed": "advance"}' else s end) from jsonb_array_elements(template -> 'steps') s))`)
	must(t, err)
	b.propose(t, b.as("komite"), "ani", "Bukti perilaku")
	b.clock.advance(60 * 24 * time.Hour)
	b.look(t, "ani")
	k := b.session(t, "ani")
	if m := memberOfCohort(t, k, "Ani Lestari"); m.After != nil || k.Counts[appraisal.PredikatSangatBaik] != 3 {
		t.Errorf("Ani, who has left, stands at %+v; the session counts %v", m.After, k.Counts)
	}
	list, err := b.Cohorts(t.Context(), b.as("komite"), b.cycle)
	must(t, err)
	i := slices.IndexFunc(list, func(c Cohort) bool { return c.ID == k.ID })
	if list[i].Counts[appraisal.PredikatSangatBaik] != 3 {
		t.Errorf("the list counts %v", list[i].Counts)
	}
}
