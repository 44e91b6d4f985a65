package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

// savedDraft answers the script that saves while somebody types.
type savedDraft struct {
	SavedAt  time.Time `json:"saved_at"`
	Sentence string    `json:"sentence"`
}

// saveDraft takes the same fields as the form's own buttons. What it needs to know of the step is its kind, which the
// form names itself: this way saving while one types costs one call, and the service checks that the step is the actor's.
func (p *Pages) saveDraft(c *gin.Context) {
	w := p.words(c)
	refuse := func(err error) {
		if problem.Ours(err) {
			_ = c.Error(err)
		}
		told := problem.Of(err, w.lang, session.RequestID(c.Request.Context()))
		c.JSON(told.Status, savedDraft{Sentence: told.Detail})
	}
	values, err := postedValues(c)
	if err != nil {
		refuse(err)
		return
	}
	form, ok := newStepForm(appraisal.StepKind(values.Get(fieldStep)))
	if !ok {
		refuse(appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	form.parse(values)
	at, err := p.storeDraft(c, appraisal.StepID(c.Param("step")), form)
	if err != nil {
		refuse(err)
		return
	}
	c.JSON(http.StatusOK, savedDraft{SavedAt: at, Sentence: w.text("form.draft.saved", "clock", w.clock(at))})
}

func (p *Pages) storeDraft(c *gin.Context, step appraisal.StepID, form stepForm) (time.Time, error) {
	body, err := json.Marshal(form)
	if err != nil {
		return time.Time{}, fmt.Errorf("encode draft of step %s: %w", step, err)
	}
	return p.service.SaveDraft(c.Request.Context(), actor(c), step, body)
}
