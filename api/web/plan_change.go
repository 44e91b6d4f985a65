package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// planChangeForm proposes another plan in the middle of the period: the whole plan as it shall be, since when and why.
type planChangeForm struct {
	planForm
	Reason      string `json:"reason"`
	EffectiveOn string `json:"effective_on"`
}

type planChangePage struct {
	Frame
	planFields
	Appraisal   service.Appraisal
	AboutSelf   bool
	Key         string
	DraftAt     string
	Reason      field
	EffectiveOn field
	refusal
}

// Path is the address of the form.
func (p planChangePage) Path() string { return planChangePath(p.Appraisal.ID) }

func planHistoryPath(id appraisal.AppraisalID) string { return "/penilaian/" + string(id) + "/skp" }
func planChangePath(id appraisal.AppraisalID) string  { return planHistoryPath(id) + "/usulan" }

func (f *planChangeForm) parse(values url.Values) {
	f.planForm.parse(values)
	f.Reason, f.EffectiveOn = trimmed(values, "reason"), values.Get("effective_on")
}

func (f *planChangeForm) change(w words) appraisal.PlanChange {
	return appraisal.PlanChange{Reason: f.Reason, EffectiveOn: f.EffectiveOn, KeyResults: f.plan(w)}
}

// planOf returns the plan in force as the domain compares it.
func planOf(plan *service.Plan) []appraisal.KeyResult {
	if plan == nil {
		return nil
	}
	results := make([]appraisal.KeyResult, len(plan.KeyResults))
	for i, kr := range plan.KeyResults {
		results[i] = appraisal.KeyResult{
			ID: kr.ID, Statement: kr.Statement, ServesKeyResult: kr.ServesKeyResult, ServesStrategy: kr.ServesStrategy, Weight: kr.Weight,
		}
		for _, ind := range kr.Indicators {
			results[i].Indicators = append(results[i].Indicators, ind.Indicator)
		}
	}
	return results
}

func (p *Pages) planChange(c *gin.Context) {
	view, err := p.service.PlanChangeForm(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	form := &planChangeForm{}
	if len(view.Draft) == 0 || json.Unmarshal(view.Draft, form) != nil {
		form = &planChangeForm{EffectiveOn: p.now().In(p.zone).Format(time.DateOnly)}
		form.begin(view.StepForm, p.words(c))
	}
	p.showPlanChange(c, view, form, newKey(), nil)
}

func (p *Pages) showPlanChange(c *gin.Context, view service.PlanChangeForm, form *planChangeForm, key string, err error) {
	w := p.words(c)
	page := planChangePage{
		Frame: p.frame(c, "plan.change.title"), Appraisal: view.Appraisal, AboutSelf: view.Appraisal.Employee.ID == actor(c).ID, Key: key,
		DraftAt: w.clock(view.DraftAt),
	}
	status := page.refuse(c, w, err, nil)
	for i, f := range page.Faults.List {
		page.Faults.List[i].Label = form.label(f.Name, w)
	}
	page.planFields = form.fields(page.Faults, view.StepForm, w)
	page.Reason = w.commentField("reason", "plan.change.reason", form.Reason, page.Faults)
	page.EffectiveOn = field{
		Name: "effective_on", Label: w.text("plan.change.effective_on"), Kind: kindDate, Value: form.EffectiveOn,
		Hint:   w.text("plan.change.effective_on.hint", "first", w.day(view.First), "last", w.day(view.Last)),
		Errors: page.Faults.Of("effective_on", w.text("plan.change.effective_on")),
	}
	p.show(c, status, "plan_change", page)
}

func (p *Pages) postPlanChange(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	ctx, w, id := c.Request.Context(), p.words(c), appraisal.AppraisalID(c.Param("id"))
	view, err := p.service.PlanChangeForm(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	form := &planChangeForm{}
	form.parse(values)
	switch action := values.Get(fieldAction); action {
	case actionSend:
		receipt, err := p.service.ProposePlanChange(ctx, actor(c), service.Call{Key: values.Get(fieldKey)}, id, form.change(w))
		if err != nil {
			p.showPlanChange(c, view, form, keyAfter(values, err), err)
			return
		}
		p.leaveNotice(c, notice{Key: "change_proposed", At: receipt.At})
		c.Redirect(http.StatusSeeOther, planHistoryPath(id))
	case actionSummary:
		rules, level := view.Appraisal.Rules.Kind, view.Appraisal.PositionKind.Level()
		next, err := form.change(w).Validate(planOf(view.Appraisal.Plan), rules, level, view.First, view.Last)
		p.keepChange(c, id, form)
		if err != nil {
			p.showPlanChange(c, view, form, newKey(), err)
			return
		}
		p.showChangeSummary(c, view, form, next, values)
	case actionEdit:
		p.showPlanChange(c, view, form, keyAfter(values, nil), nil)
	default:
		target, _ := form.edit(action, view.StepForm, w)
		at, err := p.storeChange(c, id, form)
		if err != nil {
			p.showPlanChange(c, view, form, keyAfter(values, err), err)
			return
		}
		if target == "" {
			p.leaveNotice(c, notice{Key: "draft_saved", At: at})
		} else {
			target = "#" + target
		}
		c.Redirect(http.StatusSeeOther, planChangePath(id)+target)
	}
}

func (p *Pages) storeChange(c *gin.Context, id appraisal.AppraisalID, form *planChangeForm) (time.Time, error) {
	body, err := json.Marshal(form)
	if err != nil {
		return time.Time{}, fmt.Errorf("encode the draft of a change of appraisal %s: %w", id, err)
	}
	return p.service.SavePlanChangeDraft(c.Request.Context(), actor(c), id, body)
}

// keepChange saves what was typed beside what the button does; the page that follows holds it too.
func (p *Pages) keepChange(c *gin.Context, id appraisal.AppraisalID, form *planChangeForm) {
	if _, err := p.storeChange(c, id, form); err != nil && problem.Ours(err) {
		_ = c.Error(err)
	}
}

// savePlanChangeDraft answers the script that saves while somebody types.
func (p *Pages) savePlanChangeDraft(c *gin.Context) {
	w := p.words(c)
	values, err := postedValues(c)
	if err == nil {
		form := &planChangeForm{}
		form.parse(values)
		var at time.Time
		if at, err = p.storeChange(c, appraisal.AppraisalID(c.Param("id")), form); err == nil {
			c.JSON(http.StatusOK, savedDraft{SavedAt: at, Sentence: w.text("form.draft.saved", "clock", w.clock(at))})
			return
		}
	}
	if problem.Ours(err) {
		_ = c.Error(err)
	}
	told := problem.Of(err, w.lang, session.RequestID(c.Request.Context()))
	c.JSON(told.Status, savedDraft{Sentence: told.Detail})
}

// planChangeSummary shows what is about to be proposed.
type planChangeSummary struct {
	Frame
	Appraisal   service.Appraisal
	AboutSelf   bool
	Reason      string
	EffectiveOn string
	Comparison  comparison
	Hidden      []pair
}

// Path is the address of the form.
func (p planChangeSummary) Path() string { return planChangePath(p.Appraisal.ID) }

func (p *Pages) showChangeSummary(c *gin.Context, view service.PlanChangeForm, form *planChangeForm, next []appraisal.KeyResult, values url.Values) {
	w := p.words(c)
	served, figures := map[string]string{}, map[string]service.IndicatorFigures{}
	for _, a := range view.Alignments {
		served[a.KeyResult+a.Strategy] = a.Statement
	}
	for _, ind := range indicatorsOf(view.Appraisal.Plan) {
		figures[ind.ID] = service.IndicatorFigures{Latest: ind.Realisation}
	}
	day, _ := time.Parse(time.DateOnly, form.EffectiveOn) // was checked
	p.show(c, http.StatusOK, "plan_change_summary", planChangeSummary{
		Frame: p.frame(c, "page.summary.title"), Appraisal: view.Appraisal, AboutSelf: view.Appraisal.Employee.ID == actor(c).ID,
		Reason: form.Reason, EffectiveOn: w.day(day),
		Comparison: w.compare(appraisal.ComparePlans(planOf(view.Appraisal.Plan), next), served, figures),
		Hidden:     hiddenPairs(values, fieldAction),
	})
}
