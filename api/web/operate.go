package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// stalledPage lists the pipelines that need help, each with the act that ends its stall.
type stalledPage struct {
	Frame
	Items    []stalledLine
	Next     string
	Temporal string
}

type stalledLine struct {
	service.Stalled
	Age       string
	Act       string
	Execution string
	MayRead   bool // the reader may open the appraisal
}

func (p *Pages) stalled(c *gin.Context) {
	list, err := p.service.Stalled(c.Request.Context(), actor(c), c.Query("sesudah"), rowsPerPage)
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := stalledPage{Frame: p.frame(c, "page.stalled.title"), Temporal: p.temporalUI}
	for _, s := range list.Items {
		page.Items = append(page.Items, stalledLine{
			Stalled: s, Age: w.age(p.now().Sub(s.Since)), Act: w.text("page.stalled.act." + string(s.Cause)), Execution: p.executionURL(s.WorkflowID),
			MayRead: may(c, appraisal.ActionReadAppraisal, s.Subject),
		})
	}
	if list.Next != "" {
		page.Next = "?" + url.Values{"sesudah": {list.Next}}.Encode()
	}
	p.show(c, http.StatusOK, "stalled", page)
}

// age says how long something has lasted.
func (w words) age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return w.text("page.stalled.age.days", "count", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return w.text("page.stalled.age.hours", "count", int(d/time.Hour))
	default:
		return w.text("page.stalled.age.minutes", "count", max(0, int(d/time.Minute)))
	}
}

// mailPage shows the outbox.
type mailPage struct {
	Frame
	Items  []mailLine
	State  string
	States []option
	Next   string
}

type mailLine struct {
	service.Mail
	FormKey   string // of the form that sends it again
	MayResend bool
}

// mailFailed is the state of a mail that can be sent again: the service refuses to send any other twice.
const mailFailed = "failed"

// mailStates lists the states of a mail, those that need a look first.
func mailStates() []string { return []string{mailFailed, "queued", "sending", "sent", "unneeded"} }

func (p *Pages) mails(c *gin.Context) {
	filter := service.MailFilter{State: c.Query("keadaan"), After: c.Query("sesudah"), Limit: rowsPerPage}
	list, err := p.service.Mails(c.Request.Context(), actor(c), filter)
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := mailPage{Frame: p.frame(c, "page.mail.title"), State: filter.State}
	for _, m := range list.Items {
		page.Items = append(page.Items, mailLine{Mail: m, FormKey: newKey(), MayResend: m.State == mailFailed})
	}
	for _, s := range mailStates() {
		page.States = append(page.States, option{Value: s, Label: w.term("mail_state", s), Chosen: s == filter.State})
	}
	if list.Next != "" {
		page.Next = "?" + url.Values{"keadaan": {filter.State}, "sesudah": {list.Next}}.Encode()
	}
	p.show(c, http.StatusOK, "mail", page)
}

func (p *Pages) resendMail(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.ResendMail(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, c.Param("id"))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "mail_queued", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/operasi/surat")
}
