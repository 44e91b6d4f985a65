package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// GiveFeedback writes a remark on a key result or on the plan as a whole. What lies on the author's desk for it goes along. It
// changes nothing that the pipeline waits for.
func (s *Service) GiveFeedback(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in appraisal.Feedback) (Receipt, error) {
	if err := in.Validate(s.clock().In(s.zone)); err != nil {
		return Receipt{}, err
	}
	return perform(ctx, s, actor, deed{name: "give_feedback", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		row, actor, err := s.openToFeedback(ctx, t, actor, id)
		if err != nil {
			return Receipt{}, err
		}
		if in.Kind == appraisal.FeedbackCoaching && appraisal.Can(actor, appraisal.ActionCoach, row.Subject()) != nil {
			return Receipt{}, fieldFault("kind", "feedback.error.coach", nil)
		}
		if in.KeyResult != "" {
			own, err := postgres.KeyResultOf(ctx, t, id, in.KeyResult)
			if err != nil {
				return Receipt{}, err
			}
			if !own {
				return Receipt{}, fieldFault("key_result", "feedback.error.key_result", nil)
			}
		}
		feedback, err := postgres.AddFeedback(ctx, t, id, postgres.AuthorOf(actor), in, t.now)
		if err != nil {
			return Receipt{}, err
		}
		if err := postgres.SubmitEvidence(ctx, t, id, postgres.AuthorOf(actor), appraisal.EvidenceFeedback, "", feedback, t.now); err != nil {
			return Receipt{}, err
		}
		if err := s.audit(ctx, t, actor, "give_feedback", id, nil); err != nil {
			return Receipt{}, err
		}
		return Receipt{Appraisal: id, ID: string(feedback), At: t.now}, tellOfFeedback(ctx, t, actor, row, feedback)
	})
}

// openToFeedback locks an appraisal to which the actor may give feedback now, and returns the actor with whom they stand in for.
func (s *Service) openToFeedback(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.AppraisalID) (postgres.Appraisal, appraisal.Actor, error) {
	row, err := postgres.LockAppraisal(ctx, t, id)
	if err != nil {
		return row, actor, err
	}
	if err := appraisal.Can(actor, appraisal.ActionGiveFeedback, row.Subject()); err != nil {
		return row, actor, s.orEnded(ctx, t, actor, row.Subject().Appraiser, err)
	}
	if actor, err = s.standingIn(ctx, t, actor, row.Subject().Capacity(actor)); err != nil {
		return row, actor, err
	}
	if err := underway(row.CycleStatus); err != nil {
		return row, actor, err
	}
	heading, err := postgres.GetHeading(ctx, t, id)
	if err != nil {
		return row, actor, err
	}
	if !appraisal.FeedbackOpen(row.Stage, heading.Released) {
		return row, actor, appraisal.Fault(appraisal.CodeWrongStage, "feedback.error.closed", nil)
	}
	return row, actor, nil
}

// tellOfFeedback queues a notice for the other side: the employee where a superior wrote, the superiors who are in the
// conversation, and at least the appraiser, where the employee did. It goes out once the author can no longer withdraw.
func tellOfFeedback(ctx context.Context, t *tx, actor appraisal.Actor, row postgres.Appraisal, feedback appraisal.FeedbackID) error {
	said, err := postgres.FeedbackOf(ctx, t, row.ID)
	if err != nil {
		return err
	}
	told := []appraisal.PersonID{row.EmployeeID, row.Subject().Appraiser}
	for _, f := range said {
		if f.AuthorID == row.Subject().Reviewer {
			told = append(told, f.AuthorID)
		}
	}
	slices.Sort(told)
	for _, to := range slices.Compact(told) {
		if to == actor.ID || to == "" {
			continue
		}
		err := postgres.QueueMail(ctx, t, postgres.NewMail{
			Key:  fmt.Sprintf("%s/-/%s/%s/%s", row.ID, mailFeedback, to, feedback),
			Kind: mailFeedback, Recipient: to, Appraisal: &row.ID, At: t.now, NotBefore: t.now.Add(appraisal.FeedbackRegret),
			Args: map[string]any{"action": actionReadFeedback, "feedback": feedback},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// WithdrawFeedback takes back what the actor wrote a moment ago, with its evidence; that something was withdrawn stays.
func (s *Service) WithdrawFeedback(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, feedback appraisal.FeedbackID) (Receipt, error) {
	d := deed{name: "withdraw_feedback", subject: string(feedback), call: call}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionGiveFeedback, row.Subject()); err != nil {
			return Receipt{}, err
		}
		given, err := postgres.GetFeedback(ctx, t, id, feedback)
		if err != nil {
			return Receipt{}, err
		}
		subject := row.Subject()
		subject.Author = given.AuthorID
		if err := appraisal.Can(actor, appraisal.ActionWithdrawFeedback, subject); err != nil {
			return Receipt{}, err
		}
		if given.WithdrawnAt != nil {
			return Receipt{Appraisal: id, ID: string(feedback), At: *given.WithdrawnAt}, nil
		}
		actor.Behalf = text(given.AuthorForID)
		if err := appraisal.Regrettable(given.At, t.now); err != nil {
			return Receipt{}, err
		}
		if err := postgres.WithdrawFeedback(ctx, t, feedback, t.now); err != nil {
			return Receipt{}, err
		}
		pieces, err := postgres.EvidenceOf(ctx, t, id, actor.ID)
		if err != nil {
			return Receipt{}, err
		}
		for _, e := range pieces {
			if e.FeedbackID != nil && *e.FeedbackID == feedback {
				if err := postgres.RemoveEvidence(ctx, t, e.ID); err != nil {
					return Receipt{}, err
				}
			}
		}
		return Receipt{Appraisal: id, ID: string(feedback), At: t.now}, s.audit(ctx, t, actor, "withdraw_feedback", id, nil)
	})
}

// readFeedback gathers the conversations: that on the plan as a whole first, then those on the key results of the plan in force
// in its order, then what was said of key results that it does not have any more.
func (r *reading) readFeedback(ctx context.Context) error {
	said, err := postgres.FeedbackOf(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	r.view.Feedback, r.view.FeedbackOpen = []Conversation{}, appraisal.FeedbackOpen(r.row.Stage, r.released) && underway(r.row.CycleStatus) == nil
	order := []Conversation{{}}
	if r.view.Plan != nil {
		for _, k := range r.view.Plan.KeyResults {
			order = append(order, Conversation{KeyResult: k.ID, Statement: k.Statement})
		}
	}
	for _, f := range said {
		i := slices.IndexFunc(order, func(c Conversation) bool {
			return f.KeyResultID == nil && c.KeyResult == "" && c.Statement == "" || f.KeyResultID != nil && (c.KeyResult == *f.KeyResultID || c.Statement == f.Statement)
		})
		if i < 0 {
			i = len(order)
			order = append(order, Conversation{Statement: f.Statement})
		}
		order[i].Entries = append(order[i].Entries, r.feedback(f))
	}
	for _, c := range order {
		if c.KeyResult != "" {
			c.Statement = "" // the plan says it
		}
		if len(c.Entries) > 0 {
			r.view.Feedback = append(r.view.Feedback, c)
		}
	}
	return nil
}

func (r *reading) feedback(f postgres.Feedback) Feedback {
	view := Feedback{
		ID: f.ID, Kind: f.Kind, At: f.At, Author: f.Author, AuthorFor: text(f.AuthorFor), Party: r.party(cmp.Or(text(f.AuthorForID), f.AuthorID)), Text: f.Text, Agreed: f.Agreed, ComeBack: f.ComeBack,
		Withdrawn: f.WithdrawnAt != nil, Evidence: []Evidence{},
	}
	view.Regrets = !view.Withdrawn && f.AuthorID == r.actor.ID && appraisal.Regrettable(f.At, r.now) == nil
	for _, e := range r.evidence {
		if e.FeedbackID != nil && *e.FeedbackID == f.ID {
			view.Evidence = append(view.Evidence, evidenceView(e))
		}
	}
	return view
}

// party says as what somebody stands to the employee; empty for those who may read for their office.
func (r *reading) party(id appraisal.PersonID) appraisal.Party {
	switch subject := r.row.Subject(); id {
	case subject.Employee:
		return appraisal.PartyEmployee
	case subject.Appraiser:
		return appraisal.PartyAppraiser
	case subject.Reviewer:
		return appraisal.PartyReviewingOfficial
	default:
		return appraisal.PartyNobody
	}
}
