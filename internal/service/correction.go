package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Kinds of notices about corrections.
const (
	mailCorrectionFiled   = "correction_filed"
	mailCorrectionDecided = "correction_decided"
)

// decidedShown is how many answered requests the work list still shows.
const decidedShown = 30

// CorrectionRequest is a request for correction as the person and HR see it.
type CorrectionRequest struct {
	ID        appraisal.CorrectionID    `json:"id"`
	Person    Person                    `json:"person"`
	Unit      string                    `json:"unit,omitempty"`
	Field     appraisal.CorrectionField `json:"field"`
	Appraisal appraisal.AppraisalID     `json:"appraisal,omitempty"` // of a fact of an appraisal
	CycleName string                    `json:"cycle_name,omitempty"`
	Recorded  string                    `json:"recorded"`
	Wanted    string                    `json:"wanted"`
	Reason    string                    `json:"reason,omitempty"`
	FiledAt   time.Time                 `json:"filed_at"`
	DueAt     time.Time                 `json:"due_at"`
	State     appraisal.CorrectionState `json:"state"`
	Overdue   bool                      `json:"overdue"`
	Answer    string                    `json:"answer,omitempty"`
	DecidedBy string                    `json:"decided_by,omitempty"`
	DecidedAt *time.Time                `json:"decided_at"`
	MayDecide bool                      `json:"may_decide"` // the reader may: nobody decides on their own
}

// CorrectionList is HR's work list: what waits, the one due first at the top, and what was answered last.
type CorrectionList struct {
	Open    []CorrectionRequest `json:"open"`
	Overdue int                 `json:"overdue"`
	Decided []CorrectionRequest `json:"decided"`
}

// FileCorrection asks the office to correct something in the actor's own data. It has to answer within appraisal.CorrectionTime. A
// second request about the same while one is open is CodeConflict.
func (s *Service) FileCorrection(ctx context.Context, actor appraisal.Actor, call Call, in appraisal.Correction) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "file_correction", subject: "person/" + string(actor.ID), call: call, body: in}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		if in.Appraisal != "" {
			row, err := postgres.GetAppraisal(ctx, t, in.Appraisal)
			if err != nil {
				return Receipt{}, err
			}
			if row.EmployeeID != actor.ID {
				return Receipt{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
			}
		}
		id, err := postgres.FileCorrection(ctx, t, actor.ID, in, t.now, t.now.Add(appraisal.CorrectionTime))
		if appraisal.CodeOf(err) == appraisal.CodeConflict {
			err = appraisal.Fault(appraisal.CodeConflict, "correction.error.open", nil)
		}
		if err != nil {
			return Receipt{}, err
		}
		if err := s.tellHR(ctx, t, actor, id); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(id), At: t.now, Next: appraisal.PartyHR}, s.auditCorrection(ctx, t, actor, d.name, id, actor.ID, map[string]any{"field": in.Field})
	})
}

// tellHR queues a notice for everybody who can answer a request. There may be nobody: then the installation's operator can.
func (s *Service) tellHR(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.CorrectionID) error {
	who, err := postgres.GetPerson(ctx, t, actor.ID)
	if err != nil {
		return err
	}
	holders, err := []appraisal.PersonID(nil), error(nil)
	if who.UnitID == "" { // an account that is in no unit, and so in none that HR of a unit serves
		holders, err = postgres.HolderOfWholeHR(ctx, t)
	} else {
		holders, err = postgres.HolderOfHR(ctx, t, who.UnitID)
	}
	if err != nil {
		return err
	}
	for _, h := range holders {
		if h == actor.ID {
			continue
		}
		if err := notifyCorrection(ctx, t, mailCorrectionFiled, id, h); err != nil {
			return err
		}
	}
	return nil
}

func notifyCorrection(ctx context.Context, t *tx, kind string, id appraisal.CorrectionID, to appraisal.PersonID) error {
	return postgres.QueueMail(ctx, t, postgres.NewMail{
		Key: fmt.Sprintf("%s/%s/%s", id, kind, to), Kind: kind, Recipient: to, Args: map[string]any{"correction": id}, At: t.now,
	})
}

// auditCorrection writes a line about the person whose data it is. It names the field and not what it says.
func (s *Service) auditCorrection(ctx context.Context, t *tx, actor appraisal.Actor, action string, id appraisal.CorrectionID, person appraisal.PersonID,
	detail map[string]any) error {
	detail["correction"] = id
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: action, Subject: "person/" + string(person), Detail: detail})
}

// MyCorrections returns the actor's own requests, the latest first.
func (s *Service) MyCorrections(ctx context.Context, actor appraisal.Actor) ([]CorrectionRequest, error) {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return nil, err
	}
	rows, err := postgres.CorrectionsOf(ctx, s.db, actor.ID)
	if err != nil {
		return nil, fmt.Errorf("corrections of %s: %w", actor.ID, err)
	}
	return s.corrections(actor, rows), nil
}

func (s *Service) corrections(actor appraisal.Actor, rows []postgres.Correction) []CorrectionRequest {
	list := make([]CorrectionRequest, len(rows))
	for i, r := range rows {
		open := r.State == appraisal.CorrectionOpen
		list[i] = CorrectionRequest{
			ID: r.ID, Person: Person{ID: r.PersonID, Name: r.Person, Post: r.Post}, Unit: r.Unit, Field: r.Field, Appraisal: text(r.AppraisalID),
			CycleName: r.CycleName, Recorded: r.Recorded, Wanted: r.Wanted, Reason: r.Reason, FiledAt: r.FiledAt, DueAt: r.DueAt, State: r.State,
			Overdue: open && r.DueAt.Before(s.clock()), Answer: r.Answer, DecidedBy: text(r.DecidedBy), DecidedAt: r.DecidedAt,
			MayDecide: open && appraisal.Can(actor, appraisal.ActionDecideCorrection, r.Subject()) == nil,
		}
	}
	return list
}

// Corrections is the work list of HR.
func (s *Service) Corrections(ctx context.Context, actor appraisal.Actor) (CorrectionList, error) {
	list := CorrectionList{}
	if err := appraisal.MayTry(actor, appraisal.ActionDecideCorrection); err != nil {
		return list, err
	}
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		scope := appraisal.Reach(actor, appraisal.ActionDecideCorrection)
		open, err := postgres.OpenCorrections(ctx, q, scope)
		if err != nil {
			return err
		}
		decided, err := postgres.DecidedCorrections(ctx, q, scope, decidedShown)
		list.Open, list.Decided = s.corrections(actor, open), s.corrections(actor, decided)
		return err
	})
	if err != nil {
		return CorrectionList{}, fmt.Errorf("list corrections: %w", err)
	}
	for _, c := range list.Open {
		if c.Overdue {
			list.Overdue++
		}
	}
	return list, nil
}

// DecideCorrection answers a request: how it was corrected, or why it is not. The person gets a mail.
func (s *Service) DecideCorrection(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CorrectionID, in appraisal.CorrectionAnswer) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "decide_correction", subject: string(id), call: call, body: in}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		row, err := s.openCorrection(ctx, t, actor, appraisal.ActionDecideCorrection, id)
		if err != nil {
			return Receipt{}, err
		}
		state := appraisal.CorrectionRefused
		if in.Accept {
			state = appraisal.CorrectionAccepted
		}
		if err := postgres.EndCorrection(ctx, t, id, state, in.Answer, actor.Person(), t.now); err != nil {
			return Receipt{}, err
		}
		if err := notifyCorrection(ctx, t, mailCorrectionDecided, id, row.PersonID); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(id), At: t.now}, s.auditCorrection(ctx, t, actor, d.name, id, row.PersonID,
			map[string]any{"field": row.Field, "outcome": state, "reason": in.Answer})
	})
}

// WithdrawCorrection takes back an open request of the actor's own.
func (s *Service) WithdrawCorrection(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CorrectionID) (Receipt, error) {
	d := deed{name: "withdraw_correction", subject: string(id), call: call}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		row, err := s.openCorrection(ctx, t, actor, appraisal.ActionWithdrawCorrection, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := postgres.EndCorrection(ctx, t, id, appraisal.CorrectionWithdrawn, "", actor.Person(), t.now); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(id), At: t.now}, s.auditCorrection(ctx, t, actor, d.name, id, row.PersonID, map[string]any{"field": row.Field})
	})
}

// openCorrection holds an open request on which the actor may do the action.
func (s *Service) openCorrection(ctx context.Context, t *tx, actor appraisal.Actor, action appraisal.Action, id appraisal.CorrectionID) (postgres.Correction, error) {
	row, err := postgres.LockCorrection(ctx, t, id)
	if err != nil {
		return row, err
	}
	if err := appraisal.Can(actor, action, row.Subject()); err != nil {
		return row, err
	}
	if row.State != appraisal.CorrectionOpen {
		return row, appraisal.Fault(appraisal.CodeWrongStage, "correction.error.ended", map[string]any{"at": row.DecidedAt.In(s.zone)})
	}
	return row, nil
}
