package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// retentionPage shows what is due by the schedule, and the certificates of what was destroyed.
type retentionPage struct {
	Frame
	Preview      service.RetentionPreview
	Assumed      bool
	Certificates []service.Destruction
	Next         string
}

func (p *Pages) retention(c *gin.Context) {
	ctx := c.Request.Context()
	preview, err := p.service.RetentionPreview(ctx, actor(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	list, err := p.service.Destructions(ctx, actor(c), c.Query("sesudah"), rowsPerPage)
	if err != nil {
		p.Fault(c, err)
		return
	}
	page := retentionPage{Frame: p.frame(c, "retention.title"), Preview: preview, Certificates: list.Items}
	for _, k := range preview.Kinds {
		page.Assumed = page.Assumed || k.Assumed
	}
	if list.Next != "" {
		page.Next = "?" + url.Values{"sesudah": {list.Next}}.Encode()
	}
	p.show(c, http.StatusOK, "retention", page)
}

// destroyPage asks to confirm the destruction of what is due of a kind.
type destroyPage struct {
	Frame
	Kind service.RetainedKind
	Key  string
	refusal
}

func (p *Pages) confirmDestruction(c *gin.Context) { p.showDestruction(c, url.Values{}, nil) }

func (p *Pages) showDestruction(c *gin.Context, values url.Values, err error) {
	preview, readErr := p.service.RetentionPreview(c.Request.Context(), actor(c))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	for _, k := range preview.Kinds {
		if string(k.Kind) != c.Param("kind") {
			continue
		}
		w := p.words(c)
		page := destroyPage{Frame: p.frame(c, "retention.confirm.title", "kind", w.word(k.Kind)), Kind: k, Key: keyAfter(values, err)}
		p.show(c, page.refuse(c, w, err, nil), "destroy", page)
		return
	}
	p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
}

func (p *Pages) orderDestruction(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	if values.Get("diperiksa") == "" {
		var f appraisal.Faults
		f.Add("diperiksa", "retention.confirm.unchecked", nil)
		p.showDestruction(c, values, f.Err())
		return
	}
	order := service.DestructionOrder{Kind: appraisal.RecordKind(c.Param("kind"))}
	done, err := p.service.OrderDestruction(c.Request.Context(), actor(c), callOf(values), order)
	if err != nil {
		p.showDestruction(c, values, err)
		return
	}
	key := "destruction_begun"
	if done.FinishedAt != nil {
		key = "destruction_done"
	}
	p.leaveNotice(c, notice{Key: key, At: p.now()})
	c.Redirect(http.StatusSeeOther, "/retensi/pemusnahan/"+string(done.ID))
}

// destructionPage is a certificate.
type destructionPage struct {
	Frame
	Certificate service.Destruction
}

func (p *Pages) destruction(c *gin.Context) {
	d, err := p.service.Destruction(c.Request.Context(), actor(c), appraisal.DestructionID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.show(c, http.StatusOK, "destruction", destructionPage{p.frame(c, "retention.certificate.title"), d})
}

func (p *Pages) certificate(c *gin.Context) {
	file, err := p.service.Certificate(c.Request.Context(), actor(c), appraisal.DestructionID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}
