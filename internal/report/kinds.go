package report

import (
	"github.com/marelan/telaah/internal/appraisal"
)

// writePlan writes the performance plan (sasaran kinerja pegawai).
func writePlan(p *paper, d appraisal.Document) {
	p.opening(d)
	if d.Plan.ApprovedAt != nil {
		p.gap(2)
		p.text("", sizeText, lineOfText, say("document.plan.approved", "number", d.Plan.Number, "at", papersLang.Date(d.Plan.ApprovedAt.In(p.zone))))
	}
	if d.Plan.EffectiveOn != nil {
		p.text("", sizeText, lineOfText, say("document.plan.effective", "at", papersLang.Date(*d.Plan.EffectiveOn)))
	}
	p.heading(say("document.section.results"))
	p.planTable(d.Plan, false)
	p.heading(say("document.section.behaviour"))
	p.behaviourTable()
	p.heading(say("document.section.alignment"))
	t := p.table(column{say("document.key_result"), 60, "L"}, column{say("document.chain"), 114, "L"})
	for i, k := range d.Plan.Results {
		t.row(plain(count(i+1)+". "+k.Statement), plain(chain(k.Serves)))
	}
	p.signatures(signature{say("document.sign.employee"), &d.Employee}, signature{say("document.sign.appraiser"), d.Appraiser})
}

func chain(serves []string) string {
	out := ""
	for i, s := range serves {
		if i > 0 {
			out += "\n↑ "
		}
		out += s
	}
	return or(out)
}

// behaviourTable lists what is expected of every civil servant (BerAKHLAK).
func (p *paper) behaviourTable() {
	t := p.table(column{say("document.value"), 44, "L"}, column{say("document.expected"), 130, "L"})
	for _, v := range appraisal.CoreValues() {
		list := ""
		for i, b := range v.Behaviours() {
			if i > 0 {
				list += "\n"
			}
			list += "• " + say(b.Word())
		}
		t.row(strong(say(v.Word())), plain(list))
	}
}

// writeForm writes the evaluation form (formulir evaluasi kinerja): the plan with what came of it, the evidence and the ratings.
func writeForm(p *paper, d appraisal.Document) {
	p.opening(d)
	p.tenure(d.Tenure)
	p.heading(say("document.section.evaluated"))
	if d.Plan != nil {
		p.planTable(d.Plan, true)
	} else {
		p.text("", sizeText, lineOfText, say("document.none.plan"))
	}
	p.heading(say("document.section.evidence"))
	if len(d.Progress) > 0 {
		t := p.table(column{say("document.date"), 26, "L"}, column{say("document.indicator"), 52, "L"}, column{say("document.value_reported"), 20, "R"},
			column{say("document.note"), 76, "L"})
		for _, e := range d.Progress {
			note := e.Note
			if e.Evidence != "" {
				note += "\n" + e.Evidence
			}
			for _, name := range e.Attached {
				note += "\n" + name
			}
			t.row(plain(papersLang.Date(e.At.In(p.zone))+"\n"+e.Author), plain(e.Indicator), plain(or(number(e.Value))), plain(note))
		}
	} else {
		p.text("", sizeText, lineOfText, say("document.none.evidence"))
	}
	p.feedback(d.Feedback)
	if own := d.SelfReview; own != nil {
		p.heading(say("document.section.account"))
		p.prose(say("page.self_review.achievements"), own.Achievements)
		p.prose(say("page.self_review.obstacles"), own.Obstacles)
		p.prose(say("page.self_review.development"), own.Development)
	}
	p.heading(say("document.section.behaviour"))
	p.behaviourTable()
	if len(d.Competencies) > 0 {
		p.heading(say("document.section.competencies"))
		t := p.table(column{say("document.competency"), 90, "L"}, column{say("document.required"), 28, "R"}, column{say("document.rated"), 28, "R"},
			column{say("document.assessed"), 28, "R"})
		for _, l := range d.Competencies {
			t.row(plain(l.Name), plain(level(l.Required)), plain(level(l.Rated)), plain(level(l.Assessed)))
		}
	}
	p.heading(say("document.section.rating"))
	inForce := d.Ratings[len(d.Ratings)-1]
	p.ratingTable(inForce)
	if inForce.RatedFor != "" {
		p.gap(2)
		p.text("", sizeText, lineOfText, say("delegation.paper.rated", "who", actor(inForce.RatedBy, inForce.RatedFor)))
	}
	p.prose(say("document.comment"), inForce.Comment)
	p.prose(say("document.reason"), inForce.Reason)
	p.signatures(signature{say("document.sign.employee"), &d.Employee}, signature{say("document.sign.appraiser"), d.Appraiser})
}

// feedback lists what was said about the work through the period, by whom.
func (p *paper) feedback(list []appraisal.DocumentedRemark) {
	if len(list) == 0 {
		return
	}
	p.heading(say("document.section.feedback"))
	t := p.table(column{say("document.date"), 30, "L"}, column{say("document.key_result"), 52, "L"}, column{say("document.remark"), 92, "L"})
	for _, r := range list {
		words := r.Text
		if r.Agreed != "" {
			words += "\n" + say("document.agreed", "what", r.Agreed)
		}
		t.row(plain(papersLang.Date(r.At.In(p.zone))+"\n"+actor(r.Author, r.AuthorFor)), plain(or(r.About)), plain(words))
	}
}

// actor names who did something, and on whose behalf.
func actor(name, behalf string) string {
	if behalf == "" {
		return name
	}
	return say("delegation.for", "name", name, "for", behalf)
}

func level(n int) string {
	if n == 0 {
		return "–"
	}
	return count(n)
}

// writeEvaluation writes the evaluation document (dokumen evaluasi kinerja): the outcome and how it came about.
func writeEvaluation(p *paper, d appraisal.Document) {
	p.opening(d)
	p.tenure(d.Tenure)
	inForce := d.Ratings[len(d.Ratings)-1]
	p.heading(say("document.section.outcome"))
	p.ratingTable(inForce)
	if d.OrganisationRating != "" {
		p.gap(2)
		p.text("", sizeText, lineOfText, say("document.organisation", "unit", d.RatedUnit, "rating", say(d.OrganisationRating.Word())))
	}
	p.heading(say("document.section.calculation"))
	p.text("", sizeText, lineOfText, say("document.policy", "policy", d.Policy, "version", d.PolicyVersion))
	p.gap(1.5)
	p.calculation(inForce.Explanation)
	p.prose(say("document.innovation"), inForce.Innovation)
	p.versions(d.Ratings)
	p.objection(d.Objection)
	p.heading(say("document.section.recommendation"))
	p.prose(say("document.comment"), d.Ratings[0].Comment)
	p.development(d.Development)
	p.signatures(signature{say("document.sign.employee"), &d.Employee}, signature{say("document.sign.appraiser"), d.Appraiser},
		signature{say("document.sign.reviewer"), d.Reviewer})
}

// versions shows every version of the rating, if there was more than one: a change is never hidden.
func (p *paper) versions(list []appraisal.DocumentedRating) {
	if len(list) < 2 {
		return
	}
	p.heading(say("document.section.versions"))
	t := p.table(column{say("document.version"), 40, "L"}, column{say("document.work_result"), 28, "L"}, column{say("document.behaviour"), 28, "L"},
		column{say("document.predikat"), 26, "L"}, column{say("document.reason"), 52, "L"})
	for _, r := range list {
		by := say("term.rating_source."+r.Source) + "\n" + papersLang.Date(r.RatedAt.In(p.zone))
		if r.RatedBy != "" {
			by += "\n" + actor(r.RatedBy, r.RatedFor)
		}
		t.row(plain(count(r.Number)+". "+by), plain(dimension(r.WorkResult, r.WorkResultScore)), plain(dimension(r.Behaviour, r.BehaviourScore)), strong(outcome(r)),
			plain(or(r.Reason)))
	}
}

func (p *paper) objection(o *appraisal.DocumentedObjection) {
	if o == nil {
		return
	}
	p.heading(say("document.section.objection"))
	p.text("", sizeText, lineOfText, say("document.objection.filed", "at", papersLang.Date(o.FiledAt.In(p.zone))))
	p.prose(say("document.objection.reasons"), o.Reasons)
	p.prose(say("document.objection.answer"), o.Answer)
	if o.Decision == "" {
		p.gap(1.5)
		p.text("B", sizeText, lineOfText, say("document.objection.open"))
		return
	}
	decided := say("term.objection_decision." + o.Decision)
	if o.DecidedAt != nil {
		decided += ", " + papersLang.Date(o.DecidedAt.In(p.zone))
	}
	p.prose(say("document.objection.decision"), decided+"\n"+o.DecisionReason)
}

func (p *paper) development(d *appraisal.DocumentedTraining) {
	if d == nil || len(d.Items) == 0 {
		p.gap(1.5)
		p.text("", sizeText, lineOfText, say("document.none.development"))
		return
	}
	p.gap(1.5)
	p.text("B", sizeText, lineOfText, say("document.development", "hours", d.Hours))
	p.gap(1)
	t := p.table(column{say("document.training"), 66, "L"}, column{say("document.competency"), 42, "L"}, column{say("document.form"), 30, "L"},
		column{say("document.hours"), 12, "R"}, column{say("document.when"), 34, "L"})
	for _, c := range d.Items {
		when := papersLang.Date(c.Starts)
		if !c.Ends.Equal(c.Starts) {
			when += " –\n" + papersLang.Date(c.Ends)
		}
		t.row(plain(c.Title), plain(c.Competency), plain(say(appraisal.TrainingForm(c.Form).Word())), plain(count(c.Hours)), plain(when))
	}
	p.prose(say("document.development.comment"), d.Comment)
}
