package service

import (
	"fmt"
	"strconv"
)

// others prints what is recorded of the person beside their appraisals.
func (p *printer) others(data PersonalData) {
	rows := [][]string{}
	for _, t := range data.Trainings {
		rows = append(rows, []string{t.Title, strconv.Itoa(t.Hours), p.day(t.Finished), p.say(t.State.Word())})
	}
	p.table(false, p.say("export.part.trainings"), rows, "export.column.what", 90, "export.column.hours", 20, "export.column.at", 34, "export.column.state", 30)
	rows = nil
	for _, a := range data.Assessments {
		rows = append(rows, []string{a.Name, a.Source, p.whole(a.Day), strconv.Itoa(a.Level)})
	}
	p.table(false, p.say("export.part.assessments"), rows, "export.column.what", 80, "export.column.source", 40, "export.column.at", 34, "export.column.level", 20)
	rows = nil
	for _, f := range data.Figures {
		rows = append(rows, []string{f.Month, fmt.Sprintf("%d / %d / %d", f.Received, f.Completed, f.OnTime), p.lang.Number(f.MeanDays), f.Source, strconv.Itoa(f.Version)})
	}
	p.table(false, p.say("export.part.figures"), rows, "export.column.month", 24, "export.column.cases", 44, "export.column.days", 24, "export.column.source", 62, "export.column.version", 20)
	rows = nil
	for _, f := range data.Feedback {
		rows = append(rows, []string{p.at(f.At), f.About, joined(f.Text, f.Agreed)})
	}
	p.table(false, p.say("export.part.feedback_given"), rows, "export.column.at", 30, "export.column.about", 44, "export.column.words", 100)
	p.authored(data)
	rows = nil
	for _, o := range data.Opinions {
		answered := p.say("export.opinions.not_answered")
		if o.Answered {
			answered = p.say("export.opinions.answered")
		}
		rows = append(rows, []string{o.About, o.CycleName, answered})
	}
	p.table(false, p.say("export.part.opinions_asked"), rows, "export.column.about", 60, "export.column.cycle", 60, "export.column.state", 54)
	rows = nil
	for _, c := range data.Corrections {
		rows = append(rows, []string{p.at(c.FiledAt), p.say(c.Field.Word()), c.Recorded, c.Wanted, joined(p.say(c.State.Word()), c.Answer)})
	}
	p.table(false, p.say("export.part.corrections"), rows, "export.column.at", 28, "export.column.what", 30, "export.column.recorded", 38, "export.column.wanted", 38, "export.column.state", 40)
}

// traces prints how the person signs in, what was sent to them, and who did what with their data.
func (p *printer) traces(data PersonalData) {
	rows := [][]string{}
	for _, d := range data.Drafts {
		rows = append(rows, []string{p.at(d.SavedAt), p.word("term.step.", d.Form), d.About, d.CycleName})
	}
	p.table(false, p.say("export.part.drafts"), rows, "export.column.at", 30, "export.column.what", 56, "export.column.about", 44, "export.column.cycle", 44)
	rows = nil
	for _, d := range data.Delegations {
		revoked := ""
		if d.RevokedAt != nil {
			revoked = p.at(*d.RevokedAt) + ", " + d.RevokedBy
		}
		rows = append(rows, []string{d.Delegator, d.Delegate, p.whole(d.From) + " – " + p.whole(d.Until), revoked})
	}
	p.table(false, p.say("export.part.delegations"), rows, "export.column.delegator", 44, "export.column.delegate", 44, "export.column.at", 44, "export.column.revoked", 42)
	rows = nil
	for _, m := range data.Means {
		rows = append(rows, []string{p.word("export.means.", m.Kind), m.Name, p.at(m.CreatedAt), p.maybe(m.UsedAt), p.maybe(m.ExpiresAt)})
	}
	p.table(false, p.say("export.part.means"), rows, "export.column.what", 44, "export.column.name", 40, "export.column.added", 30, "export.column.seen", 30, "export.column.expires", 30)
	rows = nil
	for _, s := range data.Sessions {
		rows = append(rows, []string{p.at(s.CreatedAt), joined(s.Browser, s.System, s.Network), p.at(s.SeenAt), p.at(s.ExpiresAt)})
	}
	p.table(false, p.say("export.part.sessions"), rows, "export.column.created", 40, "export.column.browser", 54, "export.column.seen", 40, "export.column.expires", 40)
	rows = nil
	for _, m := range data.Mails {
		rows = append(rows, []string{p.at(m.CreatedAt), p.word("term.mail.", m.Kind), m.Address, p.word("term.mail_state.", m.State)})
	}
	p.table(false, p.say("export.part.mails"), rows, "export.column.at", 36, "export.column.what", 44, "export.column.address", 60, "export.column.state", 34)
	rows = nil
	for _, e := range data.Trail {
		rows = append(rows, []string{p.at(e.At), p.event(e.Action, e.Outcome, e.Document, ""), joined(p.actedBy(e), e.Network), e.Detail})
	}
	p.table(false, p.say("export.part.trail"), rows, "export.column.at", 30, "export.column.what", 60, "export.column.who", 42, "export.column.words", 42)
}

// actedBy names who acted, and for whom.
func (p *printer) actedBy(e PersonalTrailLine) string {
	who := or(e.Actor, p.say("timeline.system"))
	if e.Behalf == "" {
		return who
	}
	return p.say("delegation.for", "name", who, "for", e.Behalf)
}
