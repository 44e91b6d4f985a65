package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// AcknowledgeResult accepts the result and makes it final.
func (s *Service) AcknowledgeResult(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID) (Receipt, error) {
	d := deed{name: "acknowledge_result", call: call}
	return s.onStep(ctx, actor, d, step, appraisal.StepAcknowledgeResult, appraisal.OutcomeAcknowledged, func(*stepAct) error { return nil })
}

// Object raises an objection against the result (DOMAIN section 6); the reviewing official decides it.
func (s *Service) Object(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in NewObjection) (Receipt, error) {
	if err := appraisal.RequireReason("reasons", in.Reasons); err != nil {
		return Receipt{}, err
	}
	if err := appraisal.LimitReason("evidence", in.Evidence); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "object", call: call, body: in}
	receipt, err := s.onStep(ctx, actor, d, step, appraisal.StepAcknowledgeResult, appraisal.OutcomeObjected, func(a *stepAct) error {
		return postgres.FileObjection(ctx, a, a.row.ID, in.Reasons, in.Evidence, a.now)
	})
	receipt.Next = appraisal.PartyAppraiser
	return receipt, err
}

// AnswerObjection is the appraiser's written answer.
func (s *Service) AnswerObjection(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in ObjectionAnswer) (Receipt, error) {
	if err := appraisal.RequireReason("answer", in.Answer); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "answer_objection", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepAnswerObjection, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		return postgres.AnswerObjection(ctx, a, a.row.ID, in.Answer, postgres.AuthorOf(a.actor), a.now)
	})
}

// DecideObjection is the reviewing official's final decision; it may change the rating.
func (s *Service) DecideObjection(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in ObjectionDecision) (Receipt, error) {
	if err := appraisal.RequireReason("reason", in.Reason); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "decide_objection", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepDecideObjection, appraisal.OutcomeDecided, func(a *stepAct) error {
		verdict := "upheld"
		if in.Change {
			verdict = "changed"
			rating, err := s.redecided(ctx, a, a.row, in)
			if err != nil {
				return err
			}
			if err := differs(ctx, a, rating); err != nil {
				return err
			}
			if err := addRating(ctx, a.tx, a.row.ID, a.actor, rating); err != nil {
				return err
			}
		}
		if err := postgres.DecideObjection(ctx, a, a.row.ID, verdict, in.Reason, postgres.AuthorOf(a.actor), a.now); err != nil {
			return err
		}
		return s.tellDecided(ctx, a)
	})
}

// differs refuses a decision that changes a rating into itself: that is to uphold it, and has to be called so.
func differs(ctx context.Context, a *stepAct, r postgres.NewRating) error {
	versions, err := postgres.Ratings(ctx, a, a.row.ID)
	if err != nil || len(versions) == 0 {
		return err
	}
	if sameRating(versions[len(versions)-1], r) {
		return fieldFault("decision", "error.objection_no_change", nil)
	}
	return nil
}

// sameRating reports whether two ratings show the same levels or scores and the same finding about an innovation.
func sameRating(now postgres.Rating, r postgres.NewRating) bool {
	innovation := func(found *bool, note string) string {
		if found == nil || !*found {
			return ""
		}
		return note
	}
	return now.WorkResult == r.WorkResult && now.Behaviour == r.Behaviour && now.Score == r.Score && now.WorkResultScore == r.WorkResultScore &&
		now.BehaviourScore == r.BehaviourScore && innovation(now.Innovation, now.InnovationNote) == innovation(r.Innovation, r.InnovationNote)
}

// tellDecided tells both sides that the objection is decided; what was decided they read after signing in.
func (s *Service) tellDecided(ctx context.Context, a *stepAct) error {
	c := &conducting{Service: s, tx: a.tx, row: a.row}
	if err := c.notifyPlain(ctx, mailDecided, a.row.EmployeeID); err != nil || a.row.AppraiserID == nil {
		return err
	}
	return c.notifyPlain(ctx, mailDecided, *a.row.AppraiserID)
}

// redecided is the rating that a decision on an objection makes of the rating in force.
func (s *Service) redecided(ctx context.Context, q postgres.Querier, row postgres.Appraisal, in ObjectionDecision) (postgres.NewRating, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return postgres.NewRating{}, err
	}
	before, err := postgres.BasisOf(ctx, q, row.ID, "")
	if err != nil {
		return postgres.NewRating{}, err
	}
	rating, err := changed(policy, before, in.verdict())
	rating.Source, rating.Reason = postgres.RatedByObjection, in.Reason
	return rating, err
}

// ApproveDevelopment approves the recommended trainings that are named.
func (s *Service) ApproveDevelopment(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in DevelopmentDecision) (Receipt, error) {
	if err := appraisal.LimitReason("comment", in.Comment); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "approve_development", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepApproveDevelopment, appraisal.OutcomeApproved, func(a *stepAct) error {
		if err := knownTrainings(ctx, a, in.Trainings); err != nil {
			return err
		}
		trainings := in.Trainings
		if trainings == nil {
			trainings = []string{}
		}
		return postgres.ApproveDevelopment(ctx, a, a.row.ID, trainings, in.Comment, postgres.AuthorOf(a.actor), a.now)
	})
}

func knownTrainings(ctx context.Context, a *stepAct, chosen []string) error {
	_, rows, err := postgres.GetDevelopment(ctx, a, a.row.ID)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r.Training] = true
	}
	var f appraisal.Faults
	for _, code := range chosen {
		if !known[code] {
			f.Add("trainings", "error.training_unknown", map[string]any{"code": code})
		}
	}
	return f.Err()
}
