package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// rightsRoutes are the pages about what people may know of their data, have corrected in it, and what becomes of it in the end.
func (p *Pages) rightsRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: "/privasi", Action: appraisal.ActionPublic, Handler: p.privacy},
		{Method: get, Path: "/akun/data", Action: appraisal.ActionOwnAccount, Handler: p.myData},
		{Method: get, Path: "/akun/data/:format", Action: appraisal.ActionOwnAccount, Handler: p.myDataFile},
		{Method: get, Path: "/akun/koreksi", Action: appraisal.ActionOwnAccount, Handler: p.myCorrections},
		{Method: post, Path: "/akun/koreksi", Action: appraisal.ActionOwnAccount, Handler: p.fileCorrection},
		{Method: post, Path: "/akun/koreksi/:id/tarik", Action: appraisal.ActionWithdrawCorrection, Handler: p.withdrawCorrection},
		{Method: get, Path: "/koreksi", Action: appraisal.ActionDecideCorrection, Handler: p.corrections},
		{Method: post, Path: "/koreksi/:id", Action: appraisal.ActionDecideCorrection, Handler: p.decideCorrection},
		{Method: get, Path: "/retensi", Action: appraisal.ActionRetain, Handler: p.retention},
		{Method: get, Path: "/retensi/musnahkan/:kind", Action: appraisal.ActionRetain, Handler: p.confirmDestruction},
		{Method: post, Path: "/retensi/musnahkan/:kind", Action: appraisal.ActionRetain, Handler: p.orderDestruction},
		{Method: get, Path: "/retensi/pemusnahan/:id", Action: appraisal.ActionRetain, Handler: p.destruction},
		{Method: get, Path: "/retensi/pemusnahan/:id/berita-acara", Action: appraisal.ActionRetain, Handler: p.certificate},
	}
}

// myDataPage says what is in the collection of one's data, and offers it.
type myDataPage struct {
	Frame
	Formats []service.ExportFormat
}

func (p *Pages) myData(c *gin.Context) {
	formats := []service.ExportFormat{service.ExportZIP, service.ExportPDF, service.ExportJSON}
	p.show(c, http.StatusOK, "my_data", myDataPage{p.frame(c, "export.title"), formats})
}

func (p *Pages) myDataFile(c *gin.Context) {
	file, err := p.service.MyDataFile(c.Request.Context(), actor(c), service.ExportFormat(c.Param("format")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}

// privacyPage is the purpose statement: what is stored, why, who sees it, how long, and what rights people have.
type privacyPage struct {
	Frame
	Organisation string
	Contact      string
	Version      int // of the schedule
	Rules        []appraisal.RetentionRule
	Assumed      bool // some of them
}

func (p *Pages) privacy(c *gin.Context) {
	schedule := p.service.RetentionSchedule()
	page := privacyPage{Frame: p.frame(c, "privacy.title"), Organisation: p.organisation, Contact: p.privacyContact, Version: schedule.Version}
	for _, kind := range appraisal.RecordKinds {
		rule := schedule.Of(kind)
		page.Rules, page.Assumed = append(page.Rules, rule), page.Assumed || rule.Assumed
	}
	p.show(c, http.StatusOK, "privacy", page)
}
