package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// myCorrectionsPage lists one's own requests and takes a new one.
type myCorrectionsPage struct {
	Frame
	Requests []correctionLine
	Form     correctionFields
	refusal
}

type correctionLine struct {
	service.CorrectionRequest
	Key    string // of the form that ends it
	Answer field
}

// Open reports whether the request waits.
func (l correctionLine) Open() bool { return l.State == appraisal.CorrectionOpen }

type correctionFields struct {
	Key       string
	Field     field
	Appraisal *field // where there is one to choose
	Recorded  field
	Wanted    field
	Reason    field
}

func (p *Pages) myCorrections(c *gin.Context) { p.showMyCorrections(c, url.Values{}, nil) }

// showMyCorrections renders the page; values and err are a form that was refused.
func (p *Pages) showMyCorrections(c *gin.Context, values url.Values, err error) {
	ctx := c.Request.Context()
	list, readErr := p.service.MyCorrections(ctx, actor(c))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	history, readErr := p.service.History(ctx, actor(c), actor(c).ID)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := myCorrectionsPage{Frame: p.frame(c, "correction.title")}
	for _, r := range list {
		page.Requests = append(page.Requests, correctionLine{CorrectionRequest: r, Key: newKey()})
	}
	status := page.refuse(c, w, err, nil)
	page.Form = w.correctionFields(history, values, keyAfter(values, err), page.Faults)
	p.show(c, status, "my_corrections", page)
}

func (w words) correctionFields(history service.History, values url.Values, key string, f faults) correctionFields {
	one := func(name string, kind fieldKind, rows, most int) field {
		label := w.text("correction." + name)
		return field{Name: name, Label: label, Kind: kind, Rows: rows, Max: most, Value: values.Get(name), Errors: f.Of(name, label)}
	}
	form := correctionFields{
		Key: key, Field: one("field", kindSelect, 0, 0), Recorded: one("recorded", kindLine, 0, appraisal.MaxLine), Wanted: one("wanted", kindLine, 0, appraisal.MaxLine),
		Reason: one("reason", kindText, 3, appraisal.MaxText),
	}
	form.Reason.Optional, form.Reason.Hint = true, w.text("correction.reason.hint")
	groups := []optionGroup{{Options: []option{{Label: w.text("correction.field.choose")}}}, {Label: w.text("correction.fields.roster")}, {Label: w.text("correction.fields.appraisal")}}
	for _, field := range appraisal.CorrectionFields {
		of := 1
		if field.OfAppraisal() {
			of = 2
		}
		groups[of].Options = append(groups[of].Options, option{Value: string(field), Label: w.word(field), Chosen: string(field) == values.Get("field")})
	}
	options := []option{{Label: w.text("correction.appraisal.none")}}
	for _, year := range history.Years {
		for _, period := range year.Periods {
			options = append(options, option{Value: string(period.Appraisal), Label: period.CycleName, Chosen: string(period.Appraisal) == values.Get("appraisal")})
		}
	}
	if len(options) > 1 {
		choose := one("appraisal", kindSelect, 0, 0)
		choose.Groups, choose.Hint = []optionGroup{{Options: options}}, w.text("correction.appraisal.hint")
		form.Appraisal = &choose
	} else {
		groups = groups[:2]
	}
	form.Field.Groups = groups
	return form
}

func (p *Pages) fileCorrection(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.FileCorrection(c.Request.Context(), actor(c), callOf(values), appraisal.Correction{
		Field: appraisal.CorrectionField(values.Get("field")), Appraisal: appraisal.AppraisalID(values.Get("appraisal")),
		Recorded: trimmed(values, "recorded"), Wanted: trimmed(values, "wanted"), Reason: trimmed(values, "reason"),
	})
	if err != nil {
		p.showMyCorrections(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "correction_filed", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/akun/koreksi")
}

func (p *Pages) withdrawCorrection(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.WithdrawCorrection(c.Request.Context(), actor(c), callOf(values), appraisal.CorrectionID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "correction_withdrawn", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/akun/koreksi")
}

// correctionsPage is HR's work list.
type correctionsPage struct {
	Frame
	Open    []correctionLine
	Overdue int
	Decided []correctionLine
	refusal
}

func (p *Pages) corrections(c *gin.Context) { p.showCorrections(c, "", url.Values{}, nil) }

// showCorrections renders the list; values and err are an answer to the named request that was refused.
func (p *Pages) showCorrections(c *gin.Context, refused string, values url.Values, err error) {
	list, readErr := p.service.Corrections(c.Request.Context(), actor(c))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := correctionsPage{Frame: p.frame(c, "correction.list.title"), Overdue: list.Overdue}
	status := page.refuse(c, w, err, func(name string) string {
		if name == "answer" {
			return "answer-" + refused
		}
		return name
	})
	for _, r := range list.Open {
		line := correctionLine{CorrectionRequest: r, Key: newKey()}
		line.Answer = field{Name: "answer-" + string(r.ID), Label: w.text("correction.answer"), Kind: kindText, Rows: 2, Max: appraisal.MaxText}
		if string(r.ID) == refused {
			line.Key, line.Answer.Value = keyAfter(values, err), values.Get(line.Answer.Name)
			line.Answer.Errors = page.Faults.Of(line.Answer.Name, line.Answer.Label)
		}
		page.Open = append(page.Open, line)
	}
	for _, r := range list.Decided {
		page.Decided = append(page.Decided, correctionLine{CorrectionRequest: r})
	}
	p.show(c, status, "corrections", page)
}

func (p *Pages) decideCorrection(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := c.Param("id")
	in := appraisal.CorrectionAnswer{Accept: values.Get(fieldAction) == "perbaiki", Answer: trimmed(values, "answer-"+id)}
	receipt, err := p.service.DecideCorrection(c.Request.Context(), actor(c), callOf(values), appraisal.CorrectionID(id), in)
	if err != nil {
		p.showCorrections(c, id, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "correction_decided", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/koreksi")
}
