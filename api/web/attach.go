package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/attachment"
	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// attachView is the part of a form that takes evidence along: what lies on the desk, and where more is added. Files go on the desk
// with whatever button is pressed, so that no error later loses one.
type attachView struct {
	Desk []evidenceLine
	File field
	Link *field // nil where the form asks for a link itself
}

// evidenceLine is a link or a file with the words around it.
type evidenceLine struct {
	service.Evidence
	Path string // of a file
	Host string // that a link leads to
	Told string // size of a file
}

// Names in forms with evidence.
const (
	fieldFile    = "file"
	fieldLink    = "link"
	actionAttach = "lampirkan"
	actionDetach = "lepas:" // with the id behind it
)

// evidenceLines puts evidence into words.
func (w words) evidenceLines(list []service.Evidence) []evidenceLine {
	var lines []evidenceLine
	for _, e := range list {
		line := evidenceLine{Evidence: e}
		if e.Link != "" {
			line.Host = w.text("evidence.leads", "host", appraisal.LinkHost(e.Link))
		} else {
			line.Path, line.Told = "/penilaian/"+string(e.Appraisal)+"/berkas/"+string(e.ID), w.size(e.Size)
		}
		lines = append(lines, line)
	}
	return lines
}

// size says how large a file is, never less than it is.
func (w words) size(bytes int64) string {
	const kb, mb = 1 << 10, 1 << 20
	if bytes < mb {
		return w.text("evidence.size.kb", "size", (bytes+kb-1)/kb)
	}
	tenths := (bytes*10 + mb - 1) / mb
	return w.text("evidence.size.mb", "size", float64(tenths)/10)
}

// attach builds the part of a form; prefix tells several forms on a page apart, link is what was typed as a link.
func (p *Pages) attach(a service.Appraisal, purpose appraisal.EvidencePurpose, prefix, link string, wrong faults, w words) *attachView {
	view := &attachView{File: field{
		Name: prefix + fieldFile, Label: w.text("evidence.file"), Kind: kindFile, Optional: true,
		Hint:   w.text("evidence.file.hint", "max", p.service.EvidenceLimits().File>>20),
		Errors: wrong.Of(prefix+fieldFile, w.text("evidence.file")),
	}}
	if purpose != appraisal.EvidenceProgress {
		view.Link = &field{
			Name: prefix + fieldLink, Label: w.text("evidence.link"), Kind: kindLink, Max: appraisal.MaxLine, Value: link, Optional: true,
			Hint: w.text("evidence.link.hint"), Errors: wrong.Of(prefix+fieldLink, w.text("evidence.link")),
		}
	}
	var mine []service.Evidence
	for _, e := range a.Desk {
		if e.Purpose == purpose {
			mine = append(mine, e)
		}
	}
	view.Desk = w.evidenceLines(mine)
	return view
}

// postedForm reads a form that may bring files. What was typed is read even where a file is refused.
func (p *Pages) postedForm(c *gin.Context) (url.Values, []attachment.File, error) {
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		values, err := postedValues(c)
		return values, nil, err
	}
	form, err := attachment.Parse(c.Request, p.service.EvidenceLimits().File)
	c.Request.PostForm, c.Request.Form = form.Values, form.Values // for whoever asks for the values later
	return form.Values, form.Files, err
}

// settle does to the desk what a form asks for: takes away what the pressed button names, and adds what was chosen and typed. A
// link that was added is taken out of values.
func (p *Pages) settle(c *gin.Context, id appraisal.AppraisalID, purpose appraisal.EvidencePurpose, prefix string, values url.Values,
	files []attachment.File) (changed bool, err error) {
	ctx, me := c.Request.Context(), actor(c)
	if piece, ok := strings.CutPrefix(values.Get(fieldAction), actionDetach); ok {
		if _, err := p.service.RemoveEvidence(ctx, me, service.Call{}, id, appraisal.EvidenceID(piece)); err != nil {
			return false, err
		}
		changed = true
	}
	var wrong appraisal.Faults
	for _, f := range files {
		_, err := p.service.AddFile(ctx, me, service.Call{}, id, purpose, service.SentFile{Name: f.Name, Content: f.Content})
		if wrong, err = collected(wrong, prefix, err); err != nil {
			return true, err
		}
		changed = true
	}
	if link := trimmed(values, prefix+fieldLink); link != "" {
		_, err := p.service.AddLink(ctx, me, service.Call{}, id, service.NewLink{Purpose: purpose, Link: link})
		if err == nil {
			values.Del(prefix + fieldLink)
		}
		if wrong, err = collected(wrong, prefix, err); err != nil {
			return true, err
		}
		changed = true
	}
	return changed, wrong.Err()
}

// ID is the place of the part in the page.
func (v *attachView) ID() string { return anchor(strings.TrimSuffix(v.File.Name, fieldFile) + "bukti") }

// fieldsOf returns the wrong fields that err names.
func fieldsOf(err error) []appraisal.FieldError {
	var e *appraisal.Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Fields
}

// prefixed puts a prefix before the fields that err names, where a page has several forms.
func prefixed(err error, prefix string) error {
	var wrong appraisal.Faults
	if rest := error(nil); len(fieldsOf(err)) > 0 {
		if wrong, rest = collected(wrong, prefix, err); rest == nil {
			return wrong.Err()
		}
	}
	return err
}

// collected adds the wrong fields of err to those found before; an error of another kind comes back.
func collected(wrong appraisal.Faults, prefix string, err error) (appraisal.Faults, error) {
	if err == nil {
		return wrong, nil
	}
	fields := fieldsOf(err)
	if appraisal.CodeOf(err) != appraisal.CodeInvalid || len(fields) == 0 {
		return wrong, err
	}
	for _, f := range fields {
		wrong.Add(prefix+f.Field, f.Key, f.Args)
	}
	return wrong, nil
}

// settleTask settles the desk of a step's form before its button is looked at, and reads the form's view anew. It reports whether
// the answer has been given already.
func (p *Pages) settleTask(c *gin.Context, view *service.StepForm, form stepForm, values url.Values, files []attachment.File, parsed error) bool {
	purpose := appraisal.PurposeOf(view.Step.Kind)
	if view.Step.State != stateOpen || purpose == "" && parsed == nil {
		return false
	}
	changed, err := p.settle(c, view.Appraisal.ID, purpose, "", values, files)
	if parsed != nil {
		err = parsed
	}
	if changed {
		fresh, readErr := p.service.StepForm(c.Request.Context(), actor(c), view.Step.ID)
		if readErr != nil {
			p.Fault(c, readErr)
			return true
		}
		*view = fresh
	}
	if err != nil {
		p.keepTyped(c, *view, form)
		p.showForm(c, *view, form, keyAfter(values, err), err)
		return true
	}
	return false
}

// keepAttached answers the buttons of the desk themselves.
func (p *Pages) keepAttached(c *gin.Context, view service.StepForm, form stepForm, values url.Values) {
	at, err := p.storeDraft(c, view.Step.ID, form)
	if err != nil {
		p.showForm(c, view, form, keyAfter(values, err), err)
		return
	}
	p.leaveNotice(c, notice{Key: deskNotice(values), At: at})
	c.Redirect(http.StatusSeeOther, "/tugas/"+string(view.Step.ID)+"#bukti")
}

// ofDesk reports whether a button is one of the desk.
func ofDesk(action string) bool {
	return action == actionAttach || strings.HasPrefix(action, actionDetach)
}

func deskNotice(values url.Values) string {
	if strings.HasPrefix(values.Get(fieldAction), actionDetach) {
		return "detached"
	}
	return "attached"
}

// attachedOf lists what goes along with a step that is about to be handed in.
func (p *Pages) attachedOf(view service.StepForm, w words) []summaryGroup {
	purpose := appraisal.PurposeOf(view.Step.Kind)
	if purpose == "" || purpose == appraisal.EvidenceProgress { // each entry takes its own
		return nil
	}
	return p.attach(view.Appraisal, purpose, "", "", faults{}, w).summary(w)
}

// summary lists what lies on the desk.
func (v *attachView) summary(w words) []summaryGroup {
	if v == nil || len(v.Desk) == 0 {
		return nil
	}
	g := summaryGroup{Title: w.text("evidence.title")}
	for _, e := range v.Desk {
		if e.Link != "" {
			g.Lines = append(g.Lines, summaryLine{w.text("evidence.link"), e.Link})
		} else {
			g.Lines = append(g.Lines, summaryLine{w.text("evidence.file"), e.Name + " (" + e.Told + ")"})
		}
	}
	return []summaryGroup{g}
}

// file sends a file to be saved.
func (p *Pages) file(c *gin.Context) {
	file, err := p.service.EvidenceFile(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")), appraisal.EvidenceID(c.Param("evidence")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	download.Send(c, file)
}
