package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// actOnTask is how the log knows whatever is handed in for a step, or written down for it: one of them is the opinion of a colleague.
const actOnTask = base + "/tasks/:step/:act"

func (h handlers) taskRoutes() []route.Route {
	s := h.service
	const step, one = "step", base + "/tasks/:step"
	doStep := func(method, path string, handler gin.HandlerFunc) route.Route {
		return route.Route{Method: method, Path: one + path, Action: appraisal.ActionDoStep, Handler: handler, KnownAs: actOnTask}
	}
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/tasks", Action: appraisal.ActionSignedIn, Handler: readAll(h.tasks)},
		{Method: http.MethodGet, Path: one, Action: appraisal.ActionDoStep, Handler: read(step, s.StepForm)},
		doStep(http.MethodPut, "/draft", handler(h.saveDraft)),
		doStep(http.MethodPost, "/plan", act(step, bodyRequired, h.submitPlan)),
		doStep(http.MethodPost, "/plan-decision", act(step, bodyRequired, s.DecidePlan)),
		doStep(http.MethodPost, "/execution-completion", actPlain(step, s.CompleteExecution)),
		doStep(http.MethodPost, "/self-review", act(step, bodyRequired, s.SubmitSelfReview)),
		doStep(http.MethodPost, "/peer-nomination", act(step, bodyRequired, s.NominatePeers)),
		doStep(http.MethodPost, "/peer-decision", act(step, bodyRequired, s.DecidePeers)),
		doStep(http.MethodPost, "/peer-answer", act(step, bodyRequired, s.AnswerPeer)),
		doStep(http.MethodPost, "/review", act(step, bodyRequired, s.SubmitReview)),
		doStep(http.MethodPost, "/acknowledgement", actPlain(step, s.AcknowledgeResult)),
		doStep(http.MethodPost, "/objection", act(step, bodyRequired, s.Object)),
		doStep(http.MethodPost, "/objection-answer", act(step, bodyRequired, s.AnswerObjection)),
		doStep(http.MethodPost, "/objection-decision", act(step, bodyRequired, s.DecideObjection)),
		doStep(http.MethodPost, "/development-approval", act(step, bodyRequired, s.ApproveDevelopment)),
	}
}

func (h handlers) tasks(ctx context.Context, actor appraisal.Actor) ([]service.Task, error) {
	home, err := h.service.Home(ctx, actor)
	return home.Tasks, err
}

// planSubmission is a performance plan as it is handed in.
type planSubmission struct {
	KeyResults []appraisal.KeyResult `json:"key_results"`
}

func (h handlers) submitPlan(
	ctx context.Context, actor appraisal.Actor, how service.Call, step appraisal.StepID, in planSubmission,
) (service.Receipt, error) {
	return h.service.SubmitPlan(ctx, actor, how, step, in.KeyResults)
}

type savedDraft struct {
	SavedAt time.Time `json:"saved_at"`
}

// saveDraft keeps whatever object the form consists of; it is judged only when it is handed in.
func (h handlers) saveDraft(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	step, err := pathID[appraisal.StepID](c, "step")
	if err != nil {
		return err
	}
	draft, err := readObject(c, bodyRequired)
	if err != nil {
		return err
	}
	at, err := h.service.SaveDraft(ctx, actor, step, draft)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, savedDraft{at})
	return nil
}
