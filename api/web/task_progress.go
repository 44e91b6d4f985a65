package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// progressForm adds entries during the execution stage and completes the stage. What is typed belongs to the next entry.
type progressForm struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value"`
	Note      string `json:"note"`
	Evidence  string `json:"evidence"`
}

// actionProgress adds an entry; the stage goes on.
const actionProgress = "catat"

type progressPage struct {
	taskPage
	Plan     *planView
	Talks    *talksView
	Progress []service.ProgressEntry
	Entry    progressFields
}

// progressFields are the controls of one entry, on the step's page and on the appraisal's.
type progressFields struct {
	Indicator field
	Value     field
	Note      field
	Evidence  field
}

func (f *progressForm) template() string { return "task_progress" }

func (f *progressForm) begin(service.StepForm, words) {}

func (f *progressForm) parse(values url.Values) {
	f.Indicator, f.Value = values.Get("indicator"), trimmed(values, "value")
	f.Note, f.Evidence = trimmed(values, "note"), trimmed(values, "evidence")
}

// check refuses to complete the stage over an entry that is typed but not recorded yet.
func (f *progressForm) check(view service.StepForm, _ words) error {
	var faults appraisal.Faults
	for _, e := range view.Appraisal.Desk {
		if e.Purpose == appraisal.EvidenceProgress {
			faults.Add(fieldFile, "evidence.error.unrecorded", nil)
			break
		}
	}
	if f.Value != "" || f.Note != "" || f.Evidence != "" {
		faults.Add("value", "form.error.progress_unrecorded", nil)
	}
	return faults.Err()
}

func (f *progressForm) entry(w words) appraisal.Progress {
	return appraisal.Progress{Indicator: f.Indicator, Value: w.decimal(f.Value), Note: f.Note, Evidence: f.Evidence}
}

func (f *progressForm) page(task taskPage, view service.StepForm, w words) any {
	talks := talksOf(view.Appraisal, w)
	return progressPage{
		taskPage: task, Plan: planViewOf(view.Appraisal.Plan, w).beside(talks), Talks: talks, Progress: view.Appraisal.Progress,
		Entry: f.fields(view.Appraisal.Plan, task.Faults, w),
	}
}

func (f *progressForm) fields(plan *service.Plan, faults faults, w words) progressFields {
	groups := []optionGroup{{Options: []option{{Label: w.text("form.choose")}}}}
	if plan != nil {
		for _, kr := range plan.KeyResults {
			g := optionGroup{Label: kr.Statement}
			for _, ind := range kr.Indicators {
				g.Options = append(g.Options, option{
					Value: ind.ID, Chosen: ind.ID == f.Indicator,
					Label: ind.Description + " (" + w.number(ind.Target) + " " + ind.Measure + ")",
				})
			}
			groups = append(groups, g)
		}
	}
	return progressFields{
		Indicator: field{
			Name: "indicator", Label: w.text("form.progress.indicator"), Kind: kindSelect, Groups: groups,
			Errors: faults.Of("indicator", w.text("form.progress.indicator")),
		},
		Value: field{
			Name: "value", Label: w.text("form.progress.value"), Hint: w.text("form.progress.value.hint"), Kind: kindNumber, Value: f.Value,
			Errors: faults.Of("value", w.text("form.progress.value")), Optional: true,
		},
		Note: field{
			Name: "note", Label: w.text("form.progress.note"), Kind: kindText, Rows: 3, Max: appraisal.MaxText, Value: f.Note,
			Errors: faults.Of("note", w.text("form.progress.note")), Optional: true,
		},
		Evidence: field{
			Name: "evidence", Label: w.text("form.progress.evidence"), Hint: w.text("form.progress.evidence.hint"), Kind: kindLink,
			Max: appraisal.MaxLine, Value: f.Evidence, Errors: faults.Of("evidence", w.text("form.progress.evidence")), Optional: true,
		},
	}
}

func (f *progressForm) summary(view service.StepForm, w words) []summaryGroup {
	if view.Appraisal.Plan == nil {
		return nil
	}
	var groups []summaryGroup
	for i, kr := range view.Appraisal.Plan.KeyResults {
		g := summaryGroup{Title: w.text("form.plan.result", "number", i+1) + ": " + kr.Statement}
		for _, ind := range kr.Indicators {
			g.Lines = append(g.Lines, summaryLine{ind.Description, w.reached(ind)})
		}
		groups = append(groups, g)
	}
	return groups
}

// reached says how far an indicator has come: "45 of 60 documents".
func (w words) reached(ind service.Indicator) string {
	if ind.Realisation == "" {
		return w.text("form.progress.none", "target", w.number(ind.Target), "measure", ind.Measure)
	}
	return w.text("form.progress.reached", "value", w.number(ind.Realisation), "target", w.number(ind.Target), "measure", ind.Measure)
}

func (f *progressForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	return s.CompleteExecution(ctx, actor, call, step)
}

// stepProgress records the typed entry from the step's page and empties the draft that held it.
func (p *Pages) stepProgress(c *gin.Context, view service.StepForm, form stepForm, values url.Values) {
	entry, ok := form.(*progressForm)
	if !ok {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	receipt, err := p.service.AddProgress(c.Request.Context(), actor(c), progressCall(values), view.Appraisal.ID, entry.entry(p.words(c)))
	if err != nil {
		p.showForm(c, view, form, keyAfter(values, err), err)
		return
	}
	if _, err := p.service.SaveDraft(c.Request.Context(), actor(c), view.Step.ID, json.RawMessage(`{}`)); err != nil {
		_ = c.Error(err)
	}
	p.leaveNotice(c, notice{Key: "progress_added", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/tugas/"+string(view.Step.ID))
}

// progressCall names no version: entries are only ever added.
func progressCall(values url.Values) service.Call { return service.Call{Key: values.Get(fieldKey)} }

// addProgress records an entry from the appraisal's page.
func (p *Pages) addProgress(c *gin.Context) {
	id := appraisal.AppraisalID(c.Param("id"))
	values, files, err := p.postedForm(c)
	form := &progressForm{}
	form.parse(values)
	if err == nil {
		_, err = p.settle(c, id, appraisal.EvidenceProgress, "", values, files)
	}
	if err == nil && ofDesk(values.Get(fieldAction)) {
		p.showAppraisal(c, id, typed{entry: form}, nil)
		return
	}
	if err != nil {
		p.refuseProgress(c, id, form, err)
		return
	}
	receipt, err := p.service.AddProgress(c.Request.Context(), actor(c), progressCall(values), id, form.entry(p.words(c)))
	if err == nil {
		p.leaveNotice(c, notice{Key: "progress_added", At: receipt.At})
		c.Redirect(http.StatusSeeOther, "/penilaian/"+string(id)+"#kemajuan")
		return
	}
	p.refuseProgress(c, id, form, err)
}

func (p *Pages) refuseProgress(c *gin.Context, id appraisal.AppraisalID, form *progressForm, err error) {
	if appraisal.CodeOf(err) != appraisal.CodeInvalid {
		p.Fault(c, err)
		return
	}
	p.showAppraisal(c, id, typed{entry: form}, err)
}
