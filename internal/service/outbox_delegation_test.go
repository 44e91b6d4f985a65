package service

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/smtptest"
)

// to returns the messages that somebody was sent.
func sentTo(list []smtptest.Received, who string) (found []smtptest.Received) {
	for _, m := range list {
		for _, to := range m.To {
			if strings.HasPrefix(to, who+"@") {
				found = append(found, m)
			}
		}
	}
	return found
}

func TestMailAboutTheStepsOfWhoIsAwayGoesToWhoStandsInUntilTheyAreBack(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.enter(t, "ani", appraisal.StageTargets)
	p.submitPlan(t, "ani")
	p.settle(t)
	p.leave(t, "kabid", "pimpinan", 0, 3)
	told := sentTo(p.settle(t), "pimpinan")
	if len(told) != 2 {
		t.Fatalf("who stands in got %d messages", len(told))
	}
	all := told[0].Subject + told[0].Text + told[1].Subject + told[1].Text
	for _, want := range []string{"Anda menggantikan Kabid Joko dari", "https://telaah.test/delegasi", "Periksa SKP Ani Lestari, atas nama Kabid Joko"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q in\n%s", want, all)
		}
	}
	p.enter(t, "budi", appraisal.StageTargets)
	p.submitPlan(t, "budi")
	sent := p.settle(t)
	if len(sentTo(sent, "kabid")) != 0 || len(sentTo(sent, "pimpinan")) != 1 {
		t.Fatalf("of a new step kabid got %d messages and pimpinan %d", len(sentTo(sent, "kabid")), len(sentTo(sent, "pimpinan")))
	}
	_, err := p.DecidePlan(t.Context(), p.today(t, "pimpinan"), Call{}, p.open(t, "ani", appraisal.StepApprovePlan), PlanDecision{Approve: true})
	must(t, err)
	p.at("2026-01-16 06:59")
	if early := sentTo(p.settle(t), "kabid"); len(early) != 0 {
		t.Fatalf("before being back kabid got %q", early[0].Subject)
	}
	p.at("2026-01-16 07:00")
	back := sentTo(p.settle(t), "kabid")
	if len(back) != 1 || strings.Contains(back[0].Text, "Ani Lestari") || !strings.Contains(back[0].Text, "Budi Santoso") || strings.Contains(back[0].Text, "atas nama") {
		t.Fatalf("back again kabid got %+v", back)
	}
}

func TestARevokedDelegationGivesTheMailBackAtOnce(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	id := p.leave(t, "kabid", "pimpinan", 0, 30)
	p.enter(t, "ani", appraisal.StageTargets)
	p.submitPlan(t, "ani")
	p.settle(t)
	_, err := p.RevokeDelegation(t.Context(), p.as("pimpinan"), Call{}, id)
	must(t, err)
	got := sentTo(p.settle(t), "kabid")
	all := ""
	for _, m := range got {
		all += m.Subject + "\n" + m.Text
	}
	if len(got) != 2 || !strings.Contains(all, "Delegasi kepada Pimpinan Rini diakhiri") || !strings.Contains(all, "Periksa SKP Ani Lestari") {
		t.Errorf("kabid got %d messages:\n%s", len(got), all)
	}
	p.remind(t, mailReminder, p.open(t, "ani", appraisal.StepApprovePlan), 1)
	if sent := p.settle(t); len(sentTo(sent, "pimpinan")) != 0 || len(sentTo(sent, "kabid")) != 1 {
		t.Errorf("a reminder after that went to %d of those who stood in", len(sentTo(sent, "pimpinan")))
	}
}

func TestMailForALeaveThatIsStillToComeWaitsForItsFirstDay(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.enter(t, "ani", appraisal.StageTargets)
	p.submitPlan(t, "ani")
	p.leave(t, "kabid", "pimpinan", 2, 5)
	sent := p.settle(t)
	if len(sentTo(sent, "pimpinan")) != 1 || len(sentTo(sent, "kabid")) != 1 { // that it was made; the task
		t.Fatalf("before the leave pimpinan got %d messages and kabid %d", len(sentTo(sent, "pimpinan")), len(sentTo(sent, "kabid")))
	}
	p.at("2026-01-14 07:00")
	if sent := sentTo(p.settle(t), "pimpinan"); len(sent) != 1 || !strings.Contains(sent[0].Text, "atas nama Kabid Joko") {
		t.Errorf("on the first day pimpinan got %+v", sent)
	}
}

func TestAStepThatWhoStandsInMustNotDoStaysWithItsOwner(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.leave(t, "kabid", "ani", 0, 3)
	p.enter(t, "ani", appraisal.StageTargets)
	p.submitPlan(t, "ani")
	p.settle(t)
	for _, m := range p.server.Messages() {
		if strings.Contains(m.Text, "Periksa SKP Ani Lestari") && !strings.HasPrefix(m.To[0], "kabid@") {
			t.Errorf("%v is told to approve it", m.To)
		}
	}
	if got := sentTo(p.server.Messages(), "kabid"); len(got) != 1 {
		t.Errorf("kabid got %d messages", len(got))
	}
}
