package service

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// printer puts a listing together in one language.
type printer struct {
	lang  locale.Lang
	zone  *time.Location
	parts []appraisal.ListingPart
}

func (p *printer) say(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return p.lang.Text(key, named)
}

// word returns the sentence of a key, or the word itself where there is none.
func (p *printer) word(prefix, value string) string {
	if said := p.say(prefix + value); said != prefix+value {
		return said
	}
	return value
}

func (p *printer) day(t time.Time) string { return p.lang.Date(t) }
func (p *printer) at(t time.Time) string  { return p.lang.DateTime(t.In(p.zone)) }

func (p *printer) maybe(t *time.Time) string {
	if t == nil {
		return ""
	}
	return p.at(*t)
}

func (p *printer) whole(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.day(t)
}

func (p *printer) prose(minor bool, heading string, lines ...string) {
	var told []string
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			told = append(told, l)
		}
	}
	p.parts = append(p.parts, appraisal.ListingPart{Heading: heading, Minor: minor, Prose: told})
}

// table adds a section with rows; one without rows is left out. columns are heading, width, heading, width …
func (p *printer) table(minor bool, heading string, rows [][]string, columns ...any) {
	if len(rows) == 0 {
		return
	}
	part := appraisal.ListingPart{Heading: heading, Minor: minor, Rows: rows}
	for i := 0; i+1 < len(columns); i += 2 {
		part.Columns = append(part.Columns, appraisal.ListingColumn{Heading: p.say(columns[i].(string)), Width: columns[i+1].(int)})
	}
	p.parts = append(p.parts, part)
}

// printData prints a person's data as a paper. It leaves out what only machines can use: ids, digests, drafts' bodies.
func (s *Service) printData(data PersonalData, lang locale.Lang) ([]byte, error) {
	p := &printer{lang: lang, zone: s.zone}
	p.prose(false, "", p.say("export.paper.intro"))
	p.identity(data)
	for _, own := range data.Appraisals {
		p.appraisal(own.Appraisal)
	}
	p.others(data)
	p.traces(data)
	var pdf bytes.Buffer
	err := s.press.List(&pdf, appraisal.Listing{
		Lang: string(lang), Title: p.say("export.paper.title"), Subject: data.Person.FullName, At: data.GeneratedAt, Mark: data.Format + " " + strconv.Itoa(data.Version),
		Parts: p.parts,
	})
	return pdf.Bytes(), err
}

func (p *printer) identity(data PersonalData) {
	who := data.Person
	rows := [][]string{}
	line := func(key, value string) {
		if value != "" {
			rows = append(rows, []string{p.say("export.field." + key), value})
		}
	}
	line("full_name", who.FullName)
	line("nip", who.NIP)
	line("birth_date", p.whole(who.BirthDate))
	if who.Sex != "" {
		line("sex", p.say("export.sex."+who.Sex))
	}
	line("email", who.Email)
	line("employment", strings.ToUpper(who.Employment))
	line("grade", who.Grade)
	line("position", who.Position)
	if who.PositionKind != "" {
		line("position_kind", p.word("term.position.", who.PositionKind))
	}
	line("position_since", p.whole(who.PositionSince))
	line("unit", who.Unit)
	line("superior", who.Superior)
	line("language", p.say("export.language."+who.Language))
	for _, r := range data.Roles {
		held := p.word("export.role.", string(r.Role))
		if r.Unit != "" {
			held += ", " + r.Unit
		}
		line("role", held+", "+p.at(r.GrantedAt))
	}
	p.table(false, p.say("export.part.person"), rows, "export.column.what", 50, "export.column.value", 124)
}

// appraisal prints what the appraisal's page shows.
func (p *printer) appraisal(a Appraisal) {
	p.prose(false, p.say("export.part.appraisal", "cycle", a.CycleName),
		p.say("export.appraisal.period", "start", p.day(a.PeriodStart), "end", p.day(a.PeriodEnd), "stage", p.say("stage."+string(a.Stage))),
		p.named("export.appraisal.appraiser", a.Appraiser), p.named("export.appraisal.reviewer", a.Reviewer))
	for _, d := range a.Destroyed {
		p.prose(true, "", p.say("retention.destroyed."+string(d.Kind), "number", d.Number, "date", p.day(d.At.In(p.zone))))
	}
	p.plan(a)
	rows := [][]string{}
	for _, e := range a.Progress {
		rows = append(rows, []string{p.at(e.At), e.Indicator, p.lang.Number(e.Value), joined(append([]string{e.Note, e.Evidence}, evidenceNames(e.Attached)...)...)})
	}
	p.table(true, p.say("export.part.progress"), rows, "export.column.at", 30, "export.column.indicator", 54, "export.column.figure", 20, "export.column.note", 70)
	if own := a.SelfReview; own != nil {
		p.prose(true, p.say("export.part.self_review"), own.Achievements, own.Obstacles, own.Development)
	}
	rows = nil
	for _, talk := range a.Feedback {
		for _, f := range talk.Entries {
			rows = append(rows, []string{p.at(f.At), f.Author, joined(f.Text, f.Agreed)})
		}
	}
	p.table(true, p.say("export.part.feedback"), rows, "export.column.at", 30, "export.column.who", 44, "export.column.words", 100)
	p.opinions(a)
	p.ratings(a)
	rows = nil
	for _, l := range a.Competencies {
		rows = append(rows, []string{l.Name, strconv.Itoa(l.Required), levelOf(l.Rated), levelOf(l.Assessed)})
	}
	p.table(true, p.say("export.part.competencies"), rows, "export.column.what", 90, "export.column.required", 28, "export.column.rated", 28, "export.column.assessed", 28)
	if o := a.Objection; o != nil {
		p.prose(true, p.say("export.part.objection"), p.at(o.FiledAt), o.Reasons, o.Answer, joined(p.decision(o), o.DecisionReason))
	}
	if d := a.Development; d != nil {
		rows = nil
		for _, item := range d.Items {
			rows = append(rows, []string{item.Title, strconv.Itoa(item.Hours), p.day(item.Starts), item.Reason.In(p.lang)})
		}
		p.table(true, p.say("export.part.development"), rows, "export.column.what", 60, "export.column.hours", 14, "export.column.at", 30, "export.column.why", 70)
	}
	rows = nil
	for _, e := range a.Timeline {
		rows = append(rows, []string{p.at(e.At), p.event(e.Action, e.Outcome, e.Document, e.Stage), or(e.Actor, p.say("timeline.system")), e.Detail})
	}
	p.table(true, p.say("export.part.timeline"), rows, "export.column.at", 30, "export.column.what", 64, "export.column.who", 40, "export.column.words", 40)
}

func (p *printer) plan(a Appraisal) {
	if a.Plan == nil {
		return
	}
	rows := [][]string{}
	for _, k := range a.Plan.KeyResults {
		for i, in := range k.Indicators {
			statement := k.Statement
			if i > 0 {
				statement = ""
			}
			rows = append(rows, []string{statement, in.Description, p.lang.Number(in.Target) + " " + in.Measure, p.lang.Number(in.Realisation)})
		}
	}
	p.table(true, p.say("export.part.plan", "number", a.Plan.Number), rows, "export.column.key_result", 64, "export.column.indicator", 60, "export.column.target", 28,
		"export.column.figure", 22)
}

// opinions prints what was published, in the order in which it was published; who was asked stands on the page alone.
func (p *printer) opinions(a Appraisal) {
	if a.Peers == nil {
		return
	}
	for _, g := range a.Peers.Aggregates {
		lines := []string{p.say("export.opinions.count", "answers", g.Answers)}
		if g.Withheld {
			lines = []string{p.say("export.opinions.withheld", "minimum", a.Peers.Minimum)}
		}
		p.prose(true, p.say("export.part.opinions", "category", p.word("policy.peer_category.", string(g.Category))), append(lines, g.Comments...)...)
	}
}

func (p *printer) ratings(a Appraisal) {
	for _, r := range a.Ratings {
		lines := []string{p.say("export.rating.by", "name", or(r.RatedBy, p.say("timeline.system")), "at", p.at(r.RatedAt)), r.Comment, r.Reason}
		for _, step := range r.Explanation {
			lines = append(lines, step.In(p.lang))
		}
		source := p.word("term.rating_source.", r.Source)
		p.prose(true, p.say("export.part.rating", "number", r.Number, "predikat", p.say(r.Predikat.Word()), "source", source), lines...)
	}
}

func (p *printer) decision(o *Objection) string {
	if o.Decision == "" {
		return ""
	}
	return p.word("term.objection_decision.", o.Decision)
}

func (p *printer) named(key string, who *Person) string {
	if who == nil {
		return ""
	}
	return p.say(key, "name", who.Name)
}

// event says what happened, more exactly where a sentence for the paper or the outcome exists.
func (p *printer) event(action string, outcome appraisal.Outcome, document appraisal.DocumentKind, stage appraisal.Stage) string {
	key := "timeline." + action
	for _, exact := range []string{string(document), string(outcome)} {
		if said := p.say(key+"."+exact, "stage", p.say("stage."+string(stage))); exact != "" && said != key+"."+exact {
			return said
		}
	}
	if said := p.say(key, "stage", p.say("stage."+string(stage))); said != key {
		return said
	}
	return p.say("trail.act." + action)
}

func evidenceNames(list []Evidence) []string {
	return mapped(list, func(e Evidence) string { return e.Name + e.Link })
}

// joined puts texts below each other, those that say something.
func joined(texts ...string) string {
	var told []string
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			told = append(told, t)
		}
	}
	return strings.Join(told, "\n")
}

func levelOf(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
