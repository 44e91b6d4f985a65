package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// stepForm is what a person fills in for one kind of step. The exported fields are the draft's JSON and keep what was typed
// as it was typed; hand turns them into the act.
type stepForm interface {
	// template names the page.
	template() string
	// begin fills the form that nobody has touched yet with what is known already.
	begin(view service.StepForm, w words)
	// parse reads what was typed.
	parse(values url.Values)
	// check reports what can be seen to be wrong before the act is tried.
	check(view service.StepForm, w words) error
	// page builds the typed struct of the template.
	page(task taskPage, view service.StepForm, w words) any
	// summary lists what is about to be handed in.
	summary(view service.StepForm, w words) []summaryGroup
	// hand does the act.
	hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error)
}

// rater is a form whose act makes a rating: foresee tells it before anything is handed in, nil where the act makes none.
type rater interface {
	foresee(ctx context.Context, s Service, actor appraisal.Actor, view service.StepForm, w words) (*service.Rating, error)
}

// renamer is a form some of whose controls have other names than the paths of the input.
type renamer interface{ rename(path string) string }

// labeller is a form with so many alike fields that a message has to name its own.
type labeller interface {
	label(name string, w words) string
}

// editor is a form with buttons that add or remove parts; edit returns the anchor to go on at.
type editor interface {
	edit(action string, view service.StepForm, w words) (anchor string, ok bool)
}

// newStepForm returns the form of a step kind; a calibration session has a page of its own.
func newStepForm(kind appraisal.StepKind) (stepForm, bool) {
	switch kind {
	case appraisal.StepDraftPlan:
		return &planForm{}, true
	case appraisal.StepApprovePlan:
		return &planDecisionForm{}, true
	case appraisal.StepRecordProgress:
		return &progressForm{}, true
	case appraisal.StepSelfReview:
		return &selfReviewForm{}, true
	case appraisal.StepNominatePeers:
		return &nominationForm{}, true
	case appraisal.StepApprovePeers:
		return &peersDecisionForm{}, true
	case appraisal.StepPeerAnswer:
		return &peerAnswerForm{}, true
	case appraisal.StepAppraiserReview:
		return &reviewForm{}, true
	case appraisal.StepAcknowledgeResult:
		return &resultForm{}, true
	case appraisal.StepAnswerObjection:
		return &objectionAnswerForm{}, true
	case appraisal.StepDecideObjection:
		return &objectionDecisionForm{}, true
	case appraisal.StepApproveDevelopment:
		return &developmentForm{}, true
	default:
		return nil, false
	}
}

// taskPage is what the forms of all steps have in common.
type taskPage struct {
	Frame
	Step      service.Step
	Appraisal service.Appraisal
	AboutSelf bool
	Key       string
	DraftAt   string      // "10.42", empty without a draft
	Attach    *attachView // nil for a step without evidence
	refusal
}

// Path is the address of the form.
func (t taskPage) Path() string { return "/tugas/" + string(t.Step.ID) }

// Values of the field "action".
const (
	actionDraft   = "draf"
	actionSummary = "ringkas"
	actionSend    = "kirim"
	actionEdit    = "ubah"
)

func (p *Pages) task(c *gin.Context) {
	step := appraisal.StepID(c.Param("step"))
	view, err := p.service.StepForm(c.Request.Context(), actor(c), step)
	if err != nil {
		if n, ok := readNotice(c); ok && n.Step == step {
			p.showReceipt(c, n)
			return
		}
		p.Fault(c, err)
		return
	}
	if view.Step.Kind == appraisal.StepCalibrate && view.Appraisal.Cohort != "" {
		c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(view.Appraisal.Cohort))
		return
	}
	if view.Step.State != stateOpen {
		p.showEnded(c, view)
		return
	}
	if !view.Step.Mine {
		// Whoever may read the appraisal may open the link to its step; the form is its owner's.
		c.Redirect(http.StatusSeeOther, "/penilaian/"+string(view.Appraisal.ID))
		return
	}
	form, ok := newStepForm(view.Step.Kind)
	if !ok {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	if len(view.Draft) == 0 || json.Unmarshal(view.Draft, form) != nil {
		// A draft that no longer fits the form is not worth an error.
		form, _ = newStepForm(view.Step.Kind)
		form.begin(view, p.words(c))
	}
	p.showForm(c, view, form, newKey(), nil)
}

// stateOpen is the state of a step that can still be done.
const stateOpen = "open"

func (p *Pages) postTask(c *gin.Context) {
	values, files, parsed := p.postedForm(c)
	if parsed != nil && len(values) == 0 {
		p.Fault(c, parsed)
		return
	}
	step := appraisal.StepID(c.Param("step"))
	view, err := p.service.StepForm(c.Request.Context(), actor(c), step)
	if err != nil {
		p.Fault(c, err)
		return
	}
	form, ok := newStepForm(view.Step.Kind)
	if !ok {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	form.parse(values)
	if p.settleTask(c, &view, form, values, files, parsed) {
		return
	}

	switch action := values.Get(fieldAction); action {
	case actionSend:
		p.send(c, view, form, values)
	case actionSummary:
		p.keepTyped(c, view, form)
		if err := form.check(view, p.words(c)); err != nil {
			p.showForm(c, view, form, newKey(), err)
			return
		}
		p.showSummary(c, view, form, values)
	case actionEdit:
		p.showForm(c, view, form, keyAfter(values, nil), nil)
	case actionProgress:
		p.stepProgress(c, view, form, values)
	default:
		if ofDesk(action) {
			p.keepAttached(c, view, form, values)
			return
		}
		p.keepDraft(c, view, form, values, action)
	}
}

// send does the act. A repeat of an act that was done is answered from the record and ends on the same receipt.
func (p *Pages) send(c *gin.Context, view service.StepForm, form stepForm, values url.Values) {
	receipt, err := form.hand(c.Request.Context(), p.service, actor(c), callOf(values), view.Step.ID, p.words(c))
	if err == nil {
		p.leaveNotice(c, receiptNotice(view.Step.ID, receipt))
		c.Redirect(http.StatusSeeOther, "/tugas/"+string(view.Step.ID))
		return
	}
	if view.Step.State != stateOpen {
		p.Fault(c, err)
		return
	}
	p.keepTyped(c, view, form)
	p.showForm(c, view, form, keyAfter(values, err), err)
}

// keepTyped saves what was typed beside what the button does, so that it is still there after a lost session or a change of
// language. The page that follows holds it too, so a draft that cannot be saved is only noted.
func (p *Pages) keepTyped(c *gin.Context, view service.StepForm, form stepForm) {
	if view.Step.State != stateOpen {
		return
	}
	if _, err := p.storeDraft(c, view.Step.ID, form); err != nil && problem.Ours(err) {
		_ = c.Error(err)
	}
}

// keepDraft saves what was typed, after a button that adds or removes a part has done so, and shows the form again.
func (p *Pages) keepDraft(c *gin.Context, view service.StepForm, form stepForm, values url.Values, action string) {
	target := ""
	if e, ok := form.(editor); ok {
		target, _ = e.edit(action, view, p.words(c))
	}
	at, err := p.storeDraft(c, view.Step.ID, form)
	if err != nil {
		p.showForm(c, view, form, keyAfter(values, err), err)
		return
	}
	path := "/tugas/" + string(view.Step.ID)
	if target != "" {
		path += "#" + target
	} else {
		p.leaveNotice(c, notice{Key: "draft_saved", At: at})
	}
	c.Redirect(http.StatusSeeOther, path)
}

// showForm renders the form; err, if any, is said at its top and beside the fields.
func (p *Pages) showForm(c *gin.Context, view service.StepForm, form stepForm, key string, err error) {
	w := p.words(c)
	page := taskPage{
		Frame: p.frame(c, "term.step."+string(view.Step.Kind)), Step: view.Step, Appraisal: view.Appraisal, Key: key,
		AboutSelf: view.Appraisal.Employee.ID == actor(c).ID, DraftAt: w.clock(view.DraftAt),
	}
	var rename func(string) string
	if r, ok := form.(renamer); ok {
		rename = r.rename
	}
	status := page.refuse(c, w, err, rename)
	if purpose := appraisal.PurposeOf(view.Step.Kind); purpose != "" {
		page.Attach = p.attach(view.Appraisal, purpose, "", c.Request.PostForm.Get(fieldLink), page.Faults, w)
	}
	if l, ok := form.(labeller); ok {
		for i, f := range page.Faults.List {
			page.Faults.List[i].Label = l.label(f.Name, w)
		}
	}
	p.show(c, status, form.template(), form.page(page, view, w))
}
