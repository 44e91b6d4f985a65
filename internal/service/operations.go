package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// neglect is how long after a deadline nobody may have looked at a pipeline before it counts as broken. It is longer than an
// instant shared by many is spread.
const neglect = 15 * time.Minute

// Stalled lists the pipelines of the units that the actor serves that need help, the longest stalled first: those whose health says so, and as workflow_error
// those at which nobody has looked although they were due. It tells no content; of opinion-givers not even the name.
func (s *Service) Stalled(ctx context.Context, actor appraisal.Actor, after string, limit int) (Page[Stalled], error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadStalled); err != nil {
		return Page[Stalled]{}, err
	}
	from, err := readMark(after)
	if err != nil {
		return Page[Stalled]{}, err
	}
	limit = pageSize(limit)
	rows, err := postgres.StalledPipelines(ctx, s.db, appraisal.Reach(actor, appraisal.ActionReadStalled), s.clock().Add(-neglect), s.day(s.clock()), from, limit+1)
	if err != nil {
		return Page[Stalled]{}, fmt.Errorf("list stalled pipelines: %w", err)
	}
	return pageOf(rows, limit, func(r postgres.Stalled) (Stalled, string) {
		return Stalled{
			Appraisal: r.AppraisalID, Cycle: r.Cycle, Unit: r.Unit, Stage: r.Stage, Cause: r.Cause, WaitingOn: r.WaitingOn, Owner: text(r.Owner), StandIn: text(r.StandIn),
			Since: r.Since, WorkflowID: appraisal.PipelineID(r.CycleID, r.EmployeeID), Subject: r.Subject(),
		}, mark(r.Since, string(r.AppraisalID))
	}), nil
}

// Mails lists the outbox, the newest first.
func (s *Service) Mails(ctx context.Context, actor appraisal.Actor, f MailFilter) (Page[Mail], error) {
	if err := appraisal.Can(actor, appraisal.ActionOperate, appraisal.Subject{}); err != nil {
		return Page[Mail]{}, err
	}
	from, err := readMark(f.After)
	if err != nil {
		return Page[Mail]{}, err
	}
	limit := pageSize(f.Limit)
	rows, err := postgres.Mails(ctx, s.db, f.State, from, limit+1)
	if err != nil {
		return Page[Mail]{}, fmt.Errorf("list mails: %w", err)
	}
	return pageOf(rows, limit, func(m postgres.Mail) (Mail, string) {
		return Mail{
			ID: m.ID, Key: m.Key, Kind: m.Kind, Recipient: m.Address, State: m.State, MessageID: text(m.MessageID), Attempts: m.Attempts,
			CreatedAt: m.CreatedAt, SentAt: m.SentAt, Error: m.Error,
		}, mark(m.CreatedAt, m.ID)
	}), nil
}

// ResendMail queues a mail again that could not be delivered, to the address that its recipient has by now. Mail that was
// delivered is not sent twice: the error has CodeWrongStage.
func (s *Service) ResendMail(ctx context.Context, actor appraisal.Actor, call Call, id string) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "resend_mail", subject: id, call: call}, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionOperate, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		state, err := postgres.LockMail(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if state != postgres.MailFailed {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "operation.mail_not_failed."+state, nil)
		}
		if err := postgres.RequeueMail(ctx, t, id, t.now); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: id, At: t.now}, postgres.Audit(ctx, t, postgres.AuditEvent{
			At: t.now, Actor: actor.Person(), Network: actor.Network, Action: "resend_mail", Subject: "mail/" + id, Detail: map[string]any{},
		})
	})
}
