package report

import (
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
)

// opening writes what every paper begins with: what it is, for which period, and about whom.
func (p *paper) opening(d appraisal.Document) {
	p.font("B", sizeTitle)
	p.CellFormat(textWidth, 7, strings.ToUpper(p.title), "", 1, "C", false, 0, "")
	p.font("", sizeHead)
	p.CellFormat(textWidth, 5.5, clean(d.Unit), "", 1, "C", false, 0, "")
	p.CellFormat(textWidth, 5.5, say("document.period", "start", papersLang.Date(d.PeriodStart), "end", papersLang.Date(d.PeriodEnd)), "", 1, "C", false, 0, "")
	p.SetY(p.GetY() + 3)
	t := p.table(column{say("document.identity"), 34, "L"}, column{say("document.employee"), 47, "L"},
		column{say("document.appraiser"), 47, "L"}, column{say("document.reviewer"), 47, "L"})
	line := func(label string, of func(s appraisal.Signatory) string) {
		t.row(strong(say(label)), plain(of(d.Employee)), plain(ofParty(d.Appraiser, of)), plain(ofParty(d.Reviewer, of)))
	}
	line("document.name", func(s appraisal.Signatory) string { return s.Name })
	line("document.nip", nip)
	line("document.grade", func(s appraisal.Signatory) string { return or(s.Grade) })
	line("document.post", func(s appraisal.Signatory) string { return s.Post })
	line("document.unit", func(s appraisal.Signatory) string { return s.Unit })
}

// ofParty says something of an appraiser or reviewing official, whom an appraisal may lack.
func ofParty(s *appraisal.Signatory, of func(appraisal.Signatory) string) string {
	if s == nil {
		return "–"
	}
	return or(of(*s))
}

func nip(s appraisal.Signatory) string { return or(s.NIP) }

// or writes a dash where there is nothing.
func or(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// signature is a place where somebody signs.
type signature struct {
	role string
	who  *appraisal.Signatory
}

// signatures writes the places side by side, never apart from each other: role, place and date, room for the hand, name, NIP.
func (p *paper) signatures(list ...signature) {
	const height = 46.0
	p.gap(6)
	p.room(height)
	y, width := p.GetY(), textWidth/float64(len(list))
	for i, s := range list {
		x := marginSide + float64(i)*width
		put := func(line float64, style, text string) {
			p.font(style, sizeText)
			p.SetXY(x, y+line)
			for j, l := range p.lines(text, width-4) {
				p.SetXY(x, y+line+float64(j)*lineOfText)
				p.CellFormat(width-4, lineOfText, l, "", 0, "L", false, 0, "")
			}
		}
		put(0, "", say("document.sign.place"))
		put(6, "", s.role)
		name, number := "", ""
		if s.who != nil {
			name, number = s.who.Name, s.who.NIP
		}
		p.Line(x, y+32, x+width-6, y+32)
		put(33, "B", or(name))
		if number != "" {
			put(33+lineOfText*float64(len(p.lines(name, width-4))), "", say("document.sign.nip", "nip", number))
		}
	}
	p.SetXY(marginSide, y+height)
}

// target writes a target or a realisation with its unit.
func target(value, measure string) string {
	if value == "" {
		return "–"
	}
	return number(value) + " " + measure
}

// planTable lists the key results with their indicators; a paper that evaluates shows what came of each.
func (p *paper) planTable(plan *appraisal.DocumentedPlan, evaluated bool) {
	columns := []column{
		{say("document.aspect"), 26, "L"}, {say("document.indicator"), 68, "L"}, {say("document.target"), 28, "L"},
	}
	if evaluated {
		columns = append(columns, column{say("document.realisation"), 30, "L"}, column{say("document.met"), 18, "L"})
	} else {
		columns = append(columns, column{say("document.direction"), 44, "L"})
	}
	t := p.table(columns...)
	for i, k := range plan.Results {
		served := ""
		if len(k.Serves) > 0 {
			served = "\n" + say("document.serves", "what", k.Serves[0])
		}
		if k.Weight != "" {
			served += "\n" + say("document.weight", "weight", number(k.Weight))
		}
		t.band(count(i+1) + ". " + k.Statement + served)
		for _, in := range k.Indicators {
			cells := []cell{plain(say(in.Aspect.Word())), plain(in.Description), plain(planned(in))}
			if evaluated {
				cells = append(cells, plain(achieved(in)), plain(met(in.Met)))
			} else {
				cells = append(cells, plain(say(in.Direction.Word())))
			}
			t.row(cells...)
		}
	}
}

// planned is the target, with what it comes to for who served a part of the period.
func planned(in appraisal.DocumentedIndicator) string {
	s := target(in.Target, in.Measure)
	if in.PartTarget != nil {
		s += "\n" + say("document.part_target", "target", in.PartTarget.In(papersLang))
	}
	return s
}

// achieved is the realisation that counts, with the reported one where the appraiser corrected it and why.
func achieved(in appraisal.DocumentedIndicator) string {
	s := target(in.Realisation, in.Measure)
	if in.Given != "" {
		s += "\n" + say("document.corrected", "given", number(in.Given), "reason", in.Reason)
	}
	return s
}

func met(m *bool) string {
	switch {
	case m == nil:
		return "–"
	case *m:
		return say("document.met.yes")
	default:
		return say("document.met.no")
	}
}

// ratingTable shows both dimensions and what follows from them.
func (p *paper) ratingTable(r appraisal.DocumentedRating) {
	t := p.table(column{say("document.work_result"), 58, "C"}, column{say("document.behaviour"), 58, "C"}, column{say("document.predikat"), 58, "C"})
	t.row(strong(dimension(r.WorkResult, r.WorkResultScore)), strong(dimension(r.Behaviour, r.BehaviourScore)), strong(strings.ToUpper(outcome(r))))
}

// dimension says a level where the policy rates by a matrix, a score where it calculates one.
func dimension(level appraisal.Expectation, score appraisal.Decimal) string {
	if level != "" {
		return say(level.Word())
	}
	return or(number(string(score)))
}

// outcome is the predikat, with the score behind it where there is one.
func outcome(r appraisal.DocumentedRating) string {
	if r.Score == "" {
		return say(r.Predikat.Word())
	}
	return say("document.scored", "predikat", say(r.Predikat.Word()), "score", number(string(r.Score)))
}

// tenure says which part of the period was served, where it was not the whole.
func (p *paper) tenure(t *appraisal.DocumentedTenure) {
	if t == nil {
		return
	}
	from := ""
	if t.From != nil {
		from = papersLang.Date(*t.From)
	}
	p.gap(2)
	p.text("", sizeText, lineOfText, say("document.tenure", "served", t.Served, "months", t.Months, "cause", say(t.Cause.Word(), "date", from)))
	if t.Reason != "" {
		p.text("", sizeText, lineOfText, t.Reason)
	}
}

// calculation shows step by step how a predikat came about.
func (p *paper) calculation(steps appraisal.Explanation) {
	if len(steps) == 0 {
		return
	}
	t := p.table(column{"#", 7, "R"}, column{say("document.step"), 84, "L"}, column{say("document.rule"), 83, "L"})
	for i, step := range steps {
		said, rule := step.BothIn(papersLang)
		if step.Source != "" {
			rule += " (" + step.Source + ")"
		}
		t.row(plain(count(i+1)), plain(said), plain(rule))
	}
}
