package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"
)

// evidence tells what the person added to the work of others. The files are not told: they belong to whose appraisal it is.
func (g *gathering) evidence(ctx context.Context) error {
	rows, err := postgres.EvidenceBy(ctx, g, g.actor.ID)
	g.data.Evidence = mapped(rows, func(e postgres.GivenEvidence) GivenEvidence { return GivenEvidence(e) })
	return err
}

// sessions tells what the person did in calibration sessions, and nothing of what others said there.
func (g *gathering) sessions(ctx context.Context) error {
	said, err := postgres.SaidInSessionsBy(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Said = mapped(said, func(w postgres.SaidInSession) SaidInSession { return SaidInSession(w) })
	attended, err := postgres.SessionsAttendedBy(ctx, g, g.actor.ID)
	g.data.Attended = mapped(attended, func(a postgres.AttendedSession) AttendedSession { return AttendedSession(a) })
	return err
}

// authored prints what the person added and said under their name about others, beside feedback.
func (p *printer) authored(data PersonalData) {
	rows := [][]string{}
	for _, e := range data.Evidence {
		rows = append(rows, []string{p.at(e.At), e.About, p.say("export.evidence." + string(e.Purpose)), e.Name + e.Link})
	}
	p.table(false, p.say("export.part.evidence_given"), rows, "export.column.at", 30, "export.column.about", 44, "export.column.purpose", 40, "export.column.what", 60)
	rows = nil
	for _, w := range data.Said {
		act := p.say("term.stance." + string(w.Stance))
		if w.Stance == "" {
			act = p.say("export.calibration.proposed", "predikat", p.say(w.Proposed.Word()))
		}
		rows = append(rows, []string{p.at(w.At), w.About, joined(act, w.Words)})
	}
	p.table(false, p.say("export.part.calibration_said"), rows, "export.column.at", 30, "export.column.about", 44, "export.column.words", 100)
	rows = nil
	for _, a := range data.Attended {
		what := p.say("export.calibration.session", "unit", a.Unit, "level", p.word("term.level.", string(a.Level)), "round", a.Round)
		rows = append(rows, []string{a.CycleName, what, p.at(a.JoinedAt), p.maybe(a.ConfirmedAt)})
	}
	p.table(false, p.say("export.part.calibration_attended"), rows, "export.column.cycle", 40, "export.column.what", 74, "export.column.joined", 30, "export.column.confirmed", 30)
}
