package web

import (
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// documentPaths are the last parts of the papers' addresses.
var documentPaths = map[appraisal.DocumentKind]string{
	appraisal.DocumentPlan: "skp", appraisal.DocumentForm: "formulir", appraisal.DocumentEvaluation: "evaluasi",
}

// documentLink leads to a paper about an appraisal.
type documentLink struct {
	Path string
	Kind appraisal.DocumentKind
}

func documentLinks(view service.Appraisal) []documentLink {
	var links []documentLink
	for _, k := range view.Documents {
		links = append(links, documentLink{Path: "/penilaian/" + string(view.ID) + "/dokumen/" + documentPaths[k], Kind: k})
	}
	return links
}

func (p *Pages) document(c *gin.Context) {
	var kind appraisal.DocumentKind
	for k, path := range documentPaths {
		if path == c.Param("kind") {
			kind = k
		}
	}
	file, err := p.service.Document(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")), kind)
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}

// verifyPage asks for the code of a paper, and says what is known of it.
type verifyPage struct {
	Frame
	Code    field
	Checked bool
	Found   service.Verification
	Period  string
	Issued  string
	refusal
}

// verifyForm takes a code that is typed; verify one that comes with the address, as a QR code brings it.
func (p *Pages) verifyForm(c *gin.Context) { p.lookUp(c, strings.TrimSpace(c.Query("kode"))) }

func (p *Pages) verify(c *gin.Context) { p.lookUp(c, c.Param("code")) }

func (p *Pages) lookUp(c *gin.Context, typed string) {
	if typed == "" {
		p.showVerification(c, "", service.Verification{}, nil)
		return
	}
	found, err := p.service.VerifyDocument(c.Request.Context(), session.Network(c.Request.Context()), typed)
	if err != nil && problem.Ours(err) {
		p.Fault(c, err)
		return
	}
	p.showVerification(c, typed, found, err)
}

const longestTypedCode = 100

func (p *Pages) showVerification(c *gin.Context, typed string, found service.Verification, err error) {
	w := p.words(c)
	page := verifyPage{Frame: p.frame(c, "document.verify.title"), Checked: found.State != "", Found: found}
	status := page.refuse(c, w, err, nil)
	if found.Code != "" {
		typed = string(found.Code)
	}
	page.Code = field{
		Name: "kode", Label: w.text("document.verify.code"), Hint: w.text("document.verify.code.hint"), Kind: kindLine, Max: longestTypedCode, Value: typed,
	}
	page.Period = w.period(day(found.PeriodStart), day(found.PeriodEnd))
	page.Issued = w.day(day(found.IssuedAt))
	p.show(c, status, "verify", page)
}

// day reads a day of an answer; what is none is the zero time, which is written as nothing.
func day(s string) time.Time {
	t, _ := time.Parse("2006-01-02", s)
	return t
}

// results hands out the table of a cycle's results.
func (p *Pages) results(c *gin.Context) {
	unit, format := appraisal.UnitID(c.Query("unit")), appraisal.ResultsFormat(c.Param("format"))
	file, err := p.service.Results(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")), unit, format)
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}

// FilesOf is the unit whose files the list offers: HR's, once a unit is chosen.
func (p listPage) FilesOf() appraisal.UnitID {
	if appraisal.MayTry(p.Actor, appraisal.ActionReadResults) != nil {
		return ""
	}
	return p.Filter.Unit
}

// archive hands out the papers of a unit's people in one file.
func (p *Pages) archive(c *gin.Context) {
	file, err := p.service.Archive(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")), appraisal.UnitID(c.Query("unit")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}
