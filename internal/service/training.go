package service

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// NewTraining is a training that an employee took: one of their plan by its code, or another by its title.
type NewTraining struct {
	Training appraisal.TrainingCode `json:"training,omitempty"`
	Title    string                 `json:"title,omitempty"`
	Hours    int                    `json:"hours"`
	Finished string                 `json:"finished"` // YYYY-MM-DD
	Evidence string                 `json:"evidence"` // a link that the superior can open
}

// TrainingVerdict is the superior's or HR's word on it; a refusal needs a comment.
type TrainingVerdict struct {
	Verify  bool   `json:"verify"`
	Comment string `json:"comment,omitempty"`
}

// mostTrainingHours bounds one training: a year of full working days.
const mostTrainingHours = 2000

// RecordTraining records a training that the actor took. It counts once the superior or HR has verified it.
func (s *Service) RecordTraining(ctx context.Context, actor appraisal.Actor, call Call, in NewTraining) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "record_training", subject: string(actor.ID), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionRecordTraining); err != nil {
			return Receipt{}, err
		}
		row, err := s.newTraining(in)
		if err != nil {
			return Receipt{}, err
		}
		row.PersonID = actor.ID
		named := "title"
		if in.Training != "" {
			named = "training"
			if row.Title, err = plannedTitle(ctx, t, actor.ID, row.Finished, in.Training); err != nil {
				return Receipt{}, err
			}
		}
		twice, err := postgres.HasTaken(ctx, t, row)
		if err != nil {
			return Receipt{}, err
		}
		if twice {
			return Receipt{}, fieldFault(named, "learning.error.twice", nil)
		}
		id, err := postgres.AddTakenTraining(ctx, t, row, t.now)
		if appraisal.CodeOf(err) == appraisal.CodeConflict {
			return Receipt{}, fieldFault("training", "learning.error.twice", nil)
		}
		if err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: id, At: t.now, Next: appraisal.PartyAppraiser}, postgres.Audit(ctx, t, postgres.AuditEvent{
			At: t.now, Actor: actor.Person(), Network: actor.Network, Action: "record_training", Subject: "training/" + id, Detail: map[string]any{"hours": in.Hours},
		})
	})
}

func (s *Service) newTraining(in NewTraining) (postgres.TakenTraining, error) {
	var f appraisal.Faults
	row := postgres.TakenTraining{Title: strings.TrimSpace(in.Title), Hours: in.Hours, Evidence: strings.TrimSpace(in.Evidence)}
	switch {
	case in.Training != "":
		row.Training = &in.Training
	case row.Title == "":
		f.Add("title", "error.required", nil)
	case len([]rune(row.Title)) > appraisal.MaxLine:
		f.Add("title", "error.text_long", map[string]any{"max": appraisal.MaxLine, "length": len([]rune(row.Title))})
	}
	if in.Hours < 1 || in.Hours > mostTrainingHours {
		f.Add("hours", "learning.error.hours", map[string]any{"most": mostTrainingHours})
	}
	var err error
	today := day(s.clock().In(s.zone), time.UTC)
	switch row.Finished, err = appraisal.ParseDay(in.Finished); {
	case err != nil:
		f.Add("finished", "error.date", nil)
	case row.Finished.After(today):
		f.Add("finished", "learning.error.future", nil)
	}
	if n := len(row.Evidence); n > appraisal.MaxLine {
		f.Add("evidence", "error.text_long", map[string]any{"max": appraisal.MaxLine, "length": n})
	} else if key := appraisal.LinkFault(row.Evidence); key != "" {
		f.Add("evidence", key, nil)
	}
	return row, f.Err()
}

// plannedTitle finds a training in the plans of the year in which it was finished.
func plannedTitle(ctx context.Context, t *tx, person appraisal.PersonID, finished time.Time, code appraisal.TrainingCode) (string, error) {
	_, plans, _, err := learned(ctx, t, person, finished.Year())
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(plans, func(p postgres.PlannedTraining) bool { return p.Code == code })
	if i < 0 {
		return "", fieldFault("training", "learning.error.not_planned", nil)
	}
	return plans[i].Title, nil
}

// VerifyTraining confirms or refuses somebody's record. Nobody verifies their own.
func (s *Service) VerifyTraining(ctx context.Context, actor appraisal.Actor, call Call, id string, in TrainingVerdict) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "verify_training", subject: id, call: call, body: in}, func(t *tx) (Receipt, error) {
		record, err := postgres.LockTakenTraining(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		subject, err := about(ctx, t, actor, record.PersonID)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionVerifyTraining, subject); err != nil {
			return Receipt{}, err
		}
		state, comment := appraisal.TakenVerified, appraisal.LimitReason("comment", in.Comment)
		if !in.Verify {
			state, comment = appraisal.TakenRefused, appraisal.RequireReason("comment", in.Comment)
		}
		if comment != nil {
			return Receipt{}, comment
		}
		if record.State != appraisal.TakenRecorded {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "learning.error.decided", nil)
		}
		if err := postgres.DecideTakenTraining(ctx, t, id, state, in.Comment, actor.Person(), t.now); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: id, At: t.now}, postgres.Audit(ctx, t, postgres.AuditEvent{
			At: t.now, Actor: actor.Person(), Network: actor.Network, Action: "verify_training", Subject: "training/" + id, Detail: map[string]any{"state": state},
		})
	})
}
