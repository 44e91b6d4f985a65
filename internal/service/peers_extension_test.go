package service

import (
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// shortOf has three colleagues asked about somebody of whom answered many answer before the deadline, and looks.
func (b *bundle) shortOf(t *testing.T, who string, answered int) View {
	t.Helper()
	b.reach(t, who, appraisal.StagePeerReview)
	for i, p := range b.choosePeers(t, who) {
		if i < answered {
			b.answer(t, p, who, 3, "Pendapat "+p)
		}
	}
	b.clock.advance(time.Hour)
	return b.look(t, who)
}

func TestTooFewAnswersGetOneExtensionWithOthersAndThenTheProcessGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if v := b.shortOf(t, "ani", 2); v.Settled || v.Step != appraisal.StepNominatePeers || v.Health != appraisal.HealthInsufficientPeers {
		t.Fatalf("with two answers of three the stage is %+v", v)
	}
	stalled, err := b.Stalled(t.Context(), b.as("operator"), "", 10)
	must(t, err)
	if !slices.ContainsFunc(stalled.Items, func(s Stalled) bool { return s.Cause == appraisal.HealthInsufficientPeers && s.Owner == "Ani Lestari" }) {
		t.Errorf("the operator sees %+v", stalled.Items)
	}
	step := b.open(t, "ani", appraisal.StepNominatePeers)
	form := b.form(t, "ani", step)
	if !form.Extension || len(form.Candidates) == 0 || slices.ContainsFunc(form.Candidates, func(n Nominee) bool { return n.ID == b.as("budi").ID }) {
		t.Errorf("the form of the extension offers %+v", form.Candidates)
	}
	for name, list := range map[string]Nomination{"nobody": b.nomination(), "somebody who was asked": b.nomination("budi")} {
		if _, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, step, list); appraisal.CodeOf(err) != appraisal.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = b.NominatePeers(t.Context(), b.as("ani"), Call{}, step, b.nomination("fitri"))
	must(t, err)
	b.look(t, "ani")
	_, err = b.DecidePeers(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepApprovePeers), PeersDecision{Approve: true})
	must(t, err)
	if v := b.look(t, "ani"); v.Settled || v.Step != appraisal.StepPeerAnswer || v.Health != appraisal.HealthInsufficientPeers {
		t.Fatalf("after the approval the stage is %+v", v)
	}
	b.answer(t, "fitri", "ani", 3, "")
	if v := b.look(t, "ani"); !v.Settled {
		t.Fatalf("after the last answer the stage is %+v", v)
	}
	p := b.read(t, "ani", "ani").Peers
	if !p.Published || p.Aggregates[0].Withheld || p.Aggregates[0].Answers != 3 || p.Aggregates[0].Asked != 4 || !p.Extension.Granted || len(p.Nominees) != 4 {
		t.Errorf("Ani reads %+v", p)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'extend_peers'`); n != 1 {
		t.Errorf("the trail tells of %d extensions", n)
	}
}

func TestAnExtensionThatNobodyUsesEndsByItselfAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.shortOf(t, "ani", 1)
	for i := 0; !v.Settled; i++ {
		if i > 5 {
			t.Fatalf("the stage does not end: %+v", v)
		}
		b.clock.advance(time.Hour)
		v = b.look(t, "ani")
	}
	p := b.read(t, "ani", "ani").Peers
	if a := p.Aggregates[0]; !a.Withheld || a.Answers != 0 || p.Overall != nil || !p.Extension.Granted {
		t.Errorf("Ani reads %+v", p)
	}
	if n := query[int](t, b, `select (select count(*) from peer_opinion) + (select count(*) from peer_answer)`); n != 0 {
		t.Errorf("%d answers that are withheld are kept: the one who answered is their author", n)
	}
	if v := b.enter(t, "ani", appraisal.StageAppraiserReview); v.Health != appraisal.HealthOnTime {
		t.Errorf("the next stage begins as %s", v.Health)
	}
}

func TestWhereNobodyFreshCanBeNamedThereIsNoExtensionAndThePageSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec(t, `update person set active = false where id = any($1::uuid[])`, []string{string(b.as("eko").ID), string(b.as("fitri").ID), string(b.as("hana").ID),
		string(b.as("operator").ID)})
	if v := b.shortOf(t, "ani", 1); !v.Settled {
		t.Fatalf("the stage waits for %+v", v)
	}
	if e := b.read(t, "ani", "ani").Peers.Extension; e == nil || e.Granted {
		t.Errorf("Ani reads of the extension %+v", e)
	}
}

func TestWhoLetEverybodyUnnamedGetsNoExtension(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	for range 2 {
		b.clock.advance(time.Hour)
		b.look(t, "ani")
	}
	if v := b.look(t, "ani"); !v.Settled {
		t.Errorf("the stage waits for %+v", v)
	}
	if p := b.read(t, "ani", "ani").Peers; p.Extension != nil {
		t.Errorf("Ani reads of an extension: %+v", p.Extension)
	}
}

func TestOfLateOpinionGiversOnlyHRIsToldNotTheirSuperiors(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.launchWith(t, func(template *appraisal.Template) {
		for i, r := range template.Steps {
			if r.Step == appraisal.StepPeerAnswer {
				template.Steps[i].Missed, template.Steps[i].Escalation = appraisal.MissedWait, []appraisal.Window{{Seconds: 60}, {Seconds: 120}}
			}
		}
	})
	b.shortOf(t, "ani", 2)
	told := query[string](t, b, `select string_agg(distinct p.name, ', ') from mail m join person p on p.id = m.recipient_id join step s on s.id = m.step_id
		where m.kind = 'escalation' and s.kind = 'peer_answer'`)
	if told != "Hana Putri" {
		t.Errorf("told of the late opinion-giver are %s", told)
	}
}
