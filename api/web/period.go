package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// periodRoutes are the pages about who takes part in which period, and for how long.
func (p *Pages) periodRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: "/siklus/:id/tambah", Action: appraisal.ActionEnrol, Handler: p.joinForm},
		{Method: post, Path: "/siklus/:id/tambah", Action: appraisal.ActionEnrol, Handler: p.join},
		{Method: get, Path: "/penilaian/:id/bulan", Action: appraisal.ActionCorrectTenure, Handler: p.tenureForm},
		{Method: post, Path: "/penilaian/:id/bulan", Action: appraisal.ActionCorrectTenure, Handler: p.correctTenure},
	}
}

// tenure says how many months somebody served and why not all: "8 dari 12 bulan, karena menduduki jabatan mulai 1 Mei 2026".
func (w words) tenure(t service.Tenure) string {
	var date any
	if t.From != nil {
		date = w.day(*t.From)
	}
	cause := w.text(t.Cause.Word(), "date", date)
	if t.Reason != "" {
		cause += ": " + t.Reason
	}
	return w.text("period.tenure", "served", t.Served, "months", t.Months, "cause", cause)
}

// joinPage adds a person to a running cycle.
type joinPage struct {
	Frame
	Cycle  service.Cycle
	Key    string
	Nobody bool // of the cycle's units is left to be added
	refusal
	NIP    field
	Stage  field
	Since  field
	Reason field
}

func (p *Pages) joinForm(c *gin.Context) { p.showJoin(c, url.Values{}, nil) }

func (p *Pages) showJoin(c *gin.Context, values url.Values, err error) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, readErr := p.service.Cycle(ctx, actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	people, readErr := p.service.MayJoin(ctx, actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := joinPage{Frame: p.frame(c, "period.join.title", "name", cycle.Name), Cycle: cycle, Key: keyAfter(values, err)}
	status := page.refuse(c, w, err, nil)
	page.NIP = field{Name: "nip", Label: w.text("period.join.person"), Kind: kindSelect, Errors: page.Faults.Of("nip", w.text("period.join.person"))}
	who := []option{{Label: w.text("form.choose")}}
	for _, one := range people {
		who = append(who, option{Value: one.NIP, Label: one.Name + " (" + one.Unit + ")", Chosen: one.NIP == values.Get("nip")})
	}
	page.NIP.Groups = []optionGroup{{Options: who}}
	page.Nobody = len(people) == 0 && err == nil
	page.Stage = field{
		Name: "stage", Label: w.text("period.join.stage"), Hint: w.text("period.join.stage.hint"), Kind: kindSelect,
		Errors: page.Faults.Of("stage", w.text("period.join.stage")),
	}
	first := values.Get("stage")
	if first == "" {
		first = string(cycle.FirstStage)
	}
	var stages []option
	for _, s := range cycle.Template.Stages {
		stages = append(stages, option{Value: string(s), Label: w.stage(s), Chosen: string(s) == first})
	}
	page.Stage.Groups = []optionGroup{{Options: stages}}
	page.Since = field{
		Name: "since", Label: w.text("period.join.since"), Hint: w.text("period.join.since.hint"), Kind: kindDate, Optional: true,
		Value: values.Get("since"), Errors: page.Faults.Of("since", w.text("period.join.since")),
	}
	page.Reason = w.commentField("reason", "period.join.reason", values.Get("reason"), page.Faults)
	p.show(c, status, "cycle_join", page)
}

func (p *Pages) join(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CycleID(c.Param("id"))
	receipt, err := p.service.Join(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, id, service.NewMember{
		NIP: values.Get("nip"), Stage: appraisal.Stage(values.Get("stage")), Since: values.Get("since"), Reason: trimmed(values, "reason"),
	})
	if err != nil {
		p.showJoin(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "joined", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/penilaian/"+string(receipt.Appraisal))
}

// tenurePage lets HR correct the months that a person served.
type tenurePage struct {
	Frame
	Appraisal service.Appraisal
	Key       string
	refusal
	Months field
	Reason field
}

func (p *Pages) tenureForm(c *gin.Context) { p.showTenure(c, url.Values{}, nil) }

func (p *Pages) showTenure(c *gin.Context, values url.Values, err error) {
	view, readErr := p.service.Appraisal(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	if forbidden := appraisal.Can(actor(c), appraisal.ActionCorrectTenure, view.Subject); forbidden != nil {
		p.Fault(c, forbidden)
		return
	}
	w := p.words(c)
	page := tenurePage{Frame: p.frame(c, "period.tenure.form", "name", view.Employee.Name), Appraisal: view, Key: keyAfter(values, err)}
	status := page.refuse(c, w, err, nil)
	months := values.Get("months")
	if months == "" && view.Tenure != nil {
		months = strconv.Itoa(view.Tenure.Served)
	}
	label := w.text("period.tenure.months")
	page.Months = field{Name: "months", Label: label, Kind: kindNumber, Value: months, Suffix: w.text("period.tenure.unit"), Errors: page.Faults.Of("months", label)}
	page.Reason = w.commentField("reason", "period.tenure.reason", values.Get("reason"), page.Faults)
	p.show(c, status, "tenure", page)
}

func (p *Pages) correctTenure(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.AppraisalID(c.Param("id"))
	months, err := strconv.Atoi(trimmed(values, "months"))
	if err != nil { // the service says what would be right
		months = 0
	}
	receipt, err := p.service.CorrectTenure(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, id,
		service.TenureCorrection{Months: months, Reason: trimmed(values, "reason")})
	if err != nil {
		p.showTenure(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "tenure_corrected", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/penilaian/"+string(id))
}
