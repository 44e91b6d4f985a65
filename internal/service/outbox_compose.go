package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// mergedKinds are those of which all that waits for a person goes into one message.
var mergedKinds = []string{mailTask, mailReminder, mailOverdue, mailEscalation, mailFeedback}

// parcel is one message in the hands of a drain.
type parcel struct {
	messageID string
	rows      []postgres.Outgoing // the oldest first; its key makes the Message-ID
	at        time.Time           // for which the message is written
	read      time.Time           // when the rows were read, by the process's own clock
}

// attempts returns how often the message has been tried before.
func (p parcel) attempts() int { return p.rows[0].Attempts }

// inDoubt reports whether an earlier attempt may have delivered the message.
func (p parcel) inDoubt() bool { return p.rows[0].InDoubt }

// compose takes up to size notices that are due, decides what becomes of each, and claims the messages that it made of them.
func (d *drain) compose(ctx context.Context, size int) (parcels []parcel, found int, err error) {
	now := d.clock().UTC()
	err = postgres.InTx(ctx, d.db, func(t pgx.Tx) error {
		rows, err := postgres.TakeDueMail(ctx, t, now, appraisal.Day(now.In(d.zone)), size, mergedKinds, d.holding())
		if err != nil || len(rows) == 0 {
			return err
		}
		later, err := d.route(ctx, t, rows, now)
		if err != nil {
			return err
		}
		s := d.sort(rows, later, now)
		parcels, found = s.parcels, len(rows)
		return s.store(ctx, t, d.token, now)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("compose mail: %w", err)
	}
	return parcels, found, nil
}

// sorting is what becomes of the notices that were taken.
type sorting struct {
	*drain
	now      time.Time
	unneeded []string
	held     map[time.Time][]string
	digests  []appraisal.PersonID
	parcels  []parcel
}

func (d *drain) sort(rows []postgres.Outgoing, later map[string]time.Time, now time.Time) *sorting {
	s := &sorting{drain: d, now: now, held: map[time.Time][]string{}}
	composed, waiting := map[string][]postgres.Outgoing{}, map[appraisal.PersonID][]postgres.Outgoing{}
	for _, r := range rows {
		until, puts := later[r.ID]
		switch {
		case !r.Needed && !(r.State == postgres.MailSending && r.InDoubt):
			s.unneeded = append(s.unneeded, r.ID)
		case puts:
			s.held[until] = append(s.held[until], r.ID)
		case r.State == postgres.MailSending:
			composed[r.MessageID] = append(composed[r.MessageID], r)
		case slices.Contains(mergedKinds, r.Kind):
			waiting[r.RecipientID] = append(waiting[r.RecipientID], r)
		default:
			r.InDoubt = false
			s.pack([]postgres.Outgoing{r})
		}
	}
	for _, group := range composed {
		s.pack(group)
	}
	for reader, group := range waiting {
		s.merge(reader, group)
	}
	slices.SortFunc(s.parcels, func(a, b parcel) int { return urgent(a).Compare(urgent(b)) })
	return s
}

// urgent orders messages: links first, for somebody waits for them, then the oldest.
func urgent(p parcel) time.Time {
	if p.rows[0].Token != "" {
		return time.Time{}
	}
	return p.rows[0].CreatedAt
}

func (s *sorting) pack(rows []postgres.Outgoing) {
	s.parcels = append(s.parcels, parcel{messageID: s.sender.MessageID(rows[0].Key), rows: rows, at: s.now})
}

// merge makes one message of all that waits for a person. With digests on, what is not about a new task goes out at most once
// a day, once all that is due at the same instant has had the time to arrive; a new task takes the rest along.
func (s *sorting) merge(reader appraisal.PersonID, rows []postgres.Outgoing) {
	for i := range rows {
		rows[i].InDoubt = false
	}
	isNew := func(r postgres.Outgoing) bool { return r.Kind == mailTask }
	if s.digest && !slices.ContainsFunc(rows, isNew) {
		until := gathered(rows)
		if rows[0].DigestOn >= s.now.In(s.zone).Format(time.DateOnly) {
			until = s.nextMorning()
		}
		if until.After(s.now) {
			for _, r := range rows {
				s.held[until] = append(s.held[until], r.ID)
			}
			return
		}
	}
	if s.digest && slices.ContainsFunc(rows, func(r postgres.Outgoing) bool { return !isNew(r) }) {
		s.digests = append(s.digests, reader)
	}
	s.pack(rows)
}

// gathered returns when whatever fell due together with the first of the notices has been queued as well: pipelines look at
// an instant that they share within a twentieth of the window, at most ten minutes (appraisal.Spread).
func gathered(rows []postgres.Outgoing) time.Time {
	var first time.Time
	for _, r := range rows {
		window := time.Duration(0)
		switch {
		case r.OpenedAt != nil && r.Deadline != nil:
			window = r.Deadline.Sub(*r.OpenedAt)
		case r.OpenedAt != nil:
			window = r.CreatedAt.Sub(*r.OpenedAt)
		}
		at := r.CreatedAt.Add(min(10*time.Minute, window/20))
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// nextMorning returns 07:00 of the office's next working day.
func (s *sorting) nextMorning() time.Time {
	day := s.now.In(s.zone)
	for {
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 7, 0, 0, 0, s.zone)
		if s.calendar.WorkingDay(day) {
			return day
		}
	}
}

// store writes the decisions.
func (s *sorting) store(ctx context.Context, t pgx.Tx, token string, now time.Time) error {
	if len(s.unneeded) > 0 {
		if err := postgres.DropMail(ctx, t, s.unneeded); err != nil {
			return err
		}
	}
	for until, ids := range s.held {
		if err := postgres.HoldMail(ctx, t, ids, until); err != nil {
			return err
		}
	}
	if len(s.digests) > 0 {
		if err := postgres.RecordDigests(ctx, t, s.digests, now.In(s.zone).Format(time.DateOnly)); err != nil {
			return err
		}
	}
	var claims []postgres.MailClaim
	for _, p := range s.parcels {
		for _, r := range p.rows {
			claims = append(claims, postgres.MailClaim{ID: r.ID, MessageID: p.messageID})
		}
	}
	if len(claims) == 0 {
		return nil
	}
	return postgres.ClaimMail(ctx, t, claims, token, now.Add(claimTime))
}
