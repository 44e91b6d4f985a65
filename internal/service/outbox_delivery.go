package service

import (
	"context"
	"errors"
	"time"

	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

// ending is how a message in hand ended for this drain.
type ending struct {
	parcel
	sent bool
	lost bool // another drain has it by now
	try  postgres.MailTry
}

// send delivers one message after the other. At most MostInFlight have left the hand without being recorded.
func (d *drain) send(ctx context.Context) {
	for p := range d.parcels {
		d.flight <- struct{}{}
		d.ended <- d.deliver(ctx, p)
	}
}

func (d *drain) deliver(ctx context.Context, p parcel) ending {
	e := ending{parcel: p}
	e.try = postgres.MailTry{MessageID: p.messageID, InDoubt: p.inDoubt(), Again: d.clock()}
	if !d.mine(p.messageID) {
		e.lost = true
		return e
	}
	if ctx.Err() != nil || d.resting() || time.Since(p.read) > freshFor {
		return e // put back untried, to be read again
	}
	message, err := mail.Render(d.notice(p))
	if err == nil {
		err = d.sender.Send(ctx, message)
	} else {
		err = unwritable(p, err)
	}
	failed := outcome(err)
	if failed == nil {
		e.sent = true
		return e
	}
	d.judge(&e, *failed, p.attempts()+1, ctx.Err() != nil)
	return e
}

// unwritable is the end of a message that cannot be composed: its address is no address, or the fault is ours.
func unwritable(p parcel, err error) error {
	cause := mail.CauseMessageRefused
	if mail.CheckAddress(p.rows[0].Address) != nil {
		cause = mail.CauseAddressRefused
	}
	return &mail.SendError{Outcome: mail.Permanent, Cause: cause, Text: err.Error(), Err: err}
}

// outcome reads what became of a message; nil stands for delivered.
func outcome(err error) *mail.SendError {
	if err == nil {
		return nil
	}
	if failed, ok := errors.AsType[*mail.SendError](err); ok {
		return failed
	}
	return &mail.SendError{Outcome: mail.Uncertain, Cause: mail.CauseUnconfirmed, Text: err.Error(), Err: err}
}

// judge decides what follows a failed attempt, counted from 1.
func (d *drain) judge(e *ending, failed mail.SendError, attempt int, stopping bool) {
	e.try.Cause, e.try.Code, e.try.Text = string(failed.Cause), failed.Code, failed.Text
	e.try.InDoubt = e.try.InDoubt || failed.Outcome == mail.Uncertain
	switch {
	case failed.Cause == mail.CauseStopped && stopping:
		e.try.Cause = ""
	case failed.ServerWide(), failed.Cause == mail.CauseStopped, failed.Code == 421:
		d.rest()
		e.try.Again = e.try.Again.Add(serverRest)
		d.log.Warn("the mail server takes nothing; resting", "cause", failed.Cause, "code", failed.Code, "error", failed.Text)
	default:
		e.try.Counted = true
		e.try.Failed = failed.Outcome == mail.Permanent || attempt >= mostTries
		e.try.Bounced = failed.Cause == mail.CauseAddressRefused
		e.try.Again = e.try.Again.Add(mail.Backoff(attempt))
		// The server's words may repeat the address: they are kept for the operators' page, not for the log.
		d.log.Info("a mail was not taken", "message", e.messageID, "attempt", attempt, "outcome", failed.Outcome, "cause", failed.Cause, "code", failed.Code)
	}
}

// record writes down how messages ended, several at a time, each a moment after its end.
func (d *drain) record(ctx context.Context) {
	for e := range d.ended {
		group := d.gather(e)
		d.write(ctx, group)
		d.letGo(group)
	}
}

// gather waits a moment for others to be written down together with the first.
func (d *drain) gather(first ending) []ending {
	group, moment := []ending{first}, time.After(recordAfter)
	for len(group) < MostInFlight/2 {
		select {
		case e, ok := <-d.ended:
			if !ok {
				return group
			}
			group = append(group, e)
		case <-moment:
			return group
		}
	}
	return group
}

// write tries until the record has taken it. When the drain is to stop it tries for a moment only: what could not be written is
// sent again by the next one, under the same Message-ID.
func (d *drain) write(ctx context.Context, group []ending) {
	var sent []string
	var tries []postgres.MailTry
	for _, e := range group {
		switch {
		case e.sent:
			for _, r := range e.rows {
				sent = append(sent, r.ID)
			}
		case !e.lost:
			tries = append(tries, e.try)
		}
	}
	kept := context.WithoutCancel(ctx)
	for begun := time.Now(); ; {
		err := d.writeOnce(kept, sent, tries)
		if err == nil {
			return
		}
		d.log.Warn("what became of mails cannot be written; trying again", "messages", len(group), "error", err)
		if ctx.Err() != nil && time.Since(begun) > handTime {
			return
		}
		time.Sleep(pollEvery)
	}
}

func (d *drain) writeOnce(ctx context.Context, sent []string, tries []postgres.MailTry) error {
	ctx, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	if len(sent) > 0 {
		if err := postgres.MailSentNow(ctx, d.db, sent, d.clock()); err != nil {
			return err
		}
	}
	if len(tries) == 0 {
		return nil
	}
	return postgres.MailTried(ctx, d.db, d.token, tries)
}

// letGo takes ended messages out of the hand, and asks for more when little is left.
func (d *drain) letGo(group []ending) {
	d.mu.Lock()
	for _, e := range group {
		delete(d.hand, e.messageID)
		if e.sent {
			d.delivered++
		}
	}
	little := len(d.hand) <= d.batch.size/3
	d.mu.Unlock()
	for range group {
		<-d.flight
	}
	if little {
		select {
		case d.low <- struct{}{}:
		default:
		}
	}
}
