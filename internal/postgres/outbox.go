package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
)

// Outgoing is a notice with what its mail says and whether it is still needed.
type Outgoing struct {
	ID          string
	Key         string
	Kind        string
	State       string
	RecipientID appraisal.PersonID
	Address     string // of the recipient now
	Recipient   string
	Language    string
	MessageID   string
	InDoubt     bool
	Attempts    int
	AvailableAt time.Time
	CreatedAt   time.Time
	DigestOn    string // the day of the recipient's last digest, as 2006-01-02; empty if there was none
	Needed      bool
	AboutSelf   bool // the appraisal is the recipient's own

	AppraisalID *appraisal.AppraisalID
	Appraisee   string
	CycleName   string
	StepID      *appraisal.StepID
	CohortID    *appraisal.CohortID
	CohortUnit  string
	CohortLevel appraisal.PositionLevel
	Action      appraisal.StepKind
	OwnerID     *appraisal.PersonID // of the step
	OwnerName   string              // who has to take the step; internal/mail never names a peer
	OpenedAt    *time.Time          // of the step or session
	Deadline    *time.Time          // of the step
	Token       string              // of a sign-in link
	ExpiresAt   *time.Time          // of the link

	For          string              // whom the recipient stands in for
	StandInID    *appraisal.PersonID // who stands in for the step's owner now, or is the recipient and will
	StandInFrom  *time.Time          // day
	StandInUntil *time.Time          // day

	DelegatorID *appraisal.PersonID // of the delegation that the notice tells of
	Delegator   string
	Delegate    string
	FromDay     *time.Time
	UntilDay    *time.Time
}

// outgoingSQL reads notices by id at the instant $2, which lies on the day $3. A notice about a step is needed while the step is
// open and, unless it tells of somebody else's, the recipient's or of whom they stand in for (the steps of $4); one about a session while that round is open; a link until it is used.
var outgoingSQL = `select m.id, m.key, m.kind, m.state, m.recipient_id, p.email as address, p.full_name as recipient, p.language,
	coalesce(m.message_id, '') as message_id, m.in_doubt, m.attempts, m.available_at, m.created_at,
	coalesce(d.sent_on::text, '') as digest_on,
	p.active and coalesce(case
		when m.kind in ('sign_in', 'invitation') then l.used_at is null and l.expires_at > $2
		when k.id is not null then k.status = 'open' and k.round = (m.args->>'round')::integer
		when s.id is not null then s.state = 'open' and (m.kind = 'escalation' or m.recipient_id in (s.owner_id, g.delegate_id))
		when m.kind = 'delegated' then v.revoked_at is null
		when m.kind = 'feedback' then (w.id is null or exists (select from delegation d where d.delegate_id = p.id and d.delegator_id = w.id and ` + inForceSQL("$3") + `))
			and exists (select from feedback f where f.id = (m.args->>'feedback')::uuid and f.withdrawn_at is null)
			and a.stage <> 'withdrawn' and m.created_at > $2::timestamptz - interval '14 days' -- what could not be sent for so long is no news
		when a.id is not null then m.kind = 'withdrawn' or a.stage <> 'withdrawn'
		else true end, false) as needed,
	a.employee_id is not distinct from m.recipient_id as about_self, m.appraisal_id, coalesce(e.full_name, '') as appraisee,
	coalesce(c.name, '') as cycle_name, m.step_id, k.id as cohort_id, coalesce(u.name, '') as cohort_unit,
	coalesce(k.position_level, '') as cohort_level, coalesce(m.args->>'action', '') as action,
	s.owner_id, coalesce(o.full_name, '') as owner_name, coalesce(w.full_name, '') as for, g.delegate_id as stand_in_id,
	g.from_day as stand_in_from, g.until_day as stand_in_until, v.delegator_id, coalesce(vo.full_name, '') as delegator,
	coalesce(vd.full_name, '') as delegate, v.from_day, v.until_day, coalesce(s.opened_at, k.opened_at) as opened_at, s.deadline, coalesce(m.args->>'token', '') as token,
	nullif(l.expires_at, 'infinity') as expires_at
	from mail m join person p on p.id = m.recipient_id
	left join mail_digest d on d.recipient_id = p.id
	left join appraisal a on a.id = m.appraisal_id left join person e on e.id = a.employee_id
	left join step s on s.id = m.step_id left join person o on o.id = s.owner_id
	left join person w on w.id = (m.args->>'for')::uuid
	left join lateral (select d.delegate_id, d.from_day, d.until_day from delegation d join person x on x.id = d.delegate_id and x.active
		where d.delegator_id = s.owner_id and m.kind <> 'escalation' and s.kind = any($4) and d.revoked_at is null and d.until_day >= $3::date
			and (d.delegate_id = m.recipient_id or s.owner_id = m.recipient_id and d.from_day <= $3::date)
		order by d.from_day limit 1) g on true
	left join delegation v on v.id = (m.args->>'delegation')::uuid
	left join person vo on vo.id = v.delegator_id left join person vd on vd.id = v.delegate_id
	left join cohort k on k.id = (m.args->>'cohort')::uuid left join unit u on u.id = k.unit_id
	left join cycle c on c.id = coalesce(a.cycle_id, k.cycle_id)
	left join sign_in_link l on l.token_digest = sha256(convert_to(m.args->>'token', 'UTF8'))
	where m.id = any($1::uuid[]) order by m.created_at, m.key`

// outboxLock serialises claims, so that the notices of one person are not divided between two drains.
const outboxLock = 7273651

// MailWaiting reports whether anything is due.
func MailWaiting(ctx context.Context, q Querier, now time.Time) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from mail where state in ('queued', 'sending') and available_at <= $1)`, now)
}

// TakeDueMail locks up to limit due notices, links for people who wait at the sign-in page first, and with each the others
// that go into the same message: those it was composed with, or all of the same recipient that are of a kind in merged, due or
// held. day is that of now in the office's zone. Messages in inHand are left out. The caller claims, holds or drops the notices in the same transaction.
func TakeDueMail(ctx context.Context, q Querier, now, day time.Time, limit int, merged, inHand []string) ([]Outgoing, error) {
	if _, err := exec(ctx, q, `select pg_advisory_xact_lock($1)`, outboxLock); err != nil {
		return nil, err
	}
	var ids, messages, readers []string
	for _, some := range []string{`kind in ('sign_in', 'invitation')`, `kind not in ('sign_in', 'invitation')`} {
		list, err := all[dueMail](ctx, q, `select id, case when state = 'sending' then message_id end as message_id,
			case when state = 'queued' and kind = any($4) then recipient_id end as reader_id
			from mail where state in ('queued', 'sending') and available_at <= $1 and `+some+`
			and (message_id is null or message_id <> all($3)) order by available_at limit $2 for update skip locked`,
			now, limit-len(ids), inHand, merged)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			ids = append(ids, m.ID)
			if m.MessageID != nil {
				messages = append(messages, *m.MessageID)
			}
			if m.ReaderID != nil {
				readers = append(readers, string(*m.ReaderID))
			}
		}
	}
	for _, others := range []struct {
		sql  string
		args []any
	}{
		{`select id from mail where state = 'sending' and message_id = any($1) for update`, []any{messages}},
		{`select id from mail where state = 'queued' and recipient_id = any($1::uuid[]) and kind = any($2) for update`, []any{readers, merged}},
	} {
		if len(others.args[0].([]string)) == 0 {
			continue
		}
		more, err := scalars[string](ctx, q, others.sql, others.args...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...) // some of them again
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return all[Outgoing](ctx, q, outgoingSQL, ids, now, day, texts(appraisal.DelegableSteps()))
}

// dueMail is a due notice with what tells which others go with it.
type dueMail struct {
	ID        string
	MessageID *string             // of those in a message
	ReaderID  *appraisal.PersonID // of those that are merged
}

// MailClaim puts a notice into a message.
type MailClaim struct {
	ID        string
	MessageID string
}

// ClaimMail gives messages into the hands of a drain until the claim runs out. From now on they may have been delivered.
func ClaimMail(ctx context.Context, q Querier, claims []MailClaim, drain string, until time.Time) error {
	ids, messages := make([]string, len(claims)), make([]string, len(claims))
	for i, c := range claims {
		ids[i], messages[i] = c.ID, c.MessageID
	}
	_, err := exec(ctx, q, `update mail m set state = 'sending', claim = $3, available_at = $4, in_doubt = true, message_id = c.message,
		address = coalesce((select p.email from person p where p.id = m.recipient_id), m.address)
		from unnest($1::uuid[], $2::text[]) c (id, message) where m.id = c.id`, ids, messages, drain, until)
	return err
}

// HoldMail puts notices off.
func HoldMail(ctx context.Context, q Querier, ids []string, until time.Time) error {
	_, err := exec(ctx, q, `update mail set available_at = $2 where id = any($1::uuid[])`, ids, until)
	return err
}

// DropMail ends notices that need not be sent any more.
func DropMail(ctx context.Context, q Querier, ids []string) error {
	_, err := exec(ctx, q, `update mail set state = 'unneeded', message_id = null, claim = null, in_doubt = false, `+forgetToken+`
		where id = any($1::uuid[])`, ids)
	return err
}

// forgetToken blanks what must not outlive the mail that carries it.
const forgetToken = `args = case when kind in ('sign_in', 'invitation') then '{}' else args end`

// RecordDigests notes that people get their digest of the day, given as 2006-01-02.
func RecordDigests(ctx context.Context, q Querier, people []appraisal.PersonID, day string) error {
	_, err := exec(ctx, q, `insert into mail_digest (recipient_id, sent_on) select unnest($1::uuid[]), $2::date
		on conflict (recipient_id) do update set sent_on = excluded.sent_on`, texts(people), day)
	return err
}

// RenewMail prolongs a drain's claim on messages and returns those that are still its own.
func RenewMail(ctx context.Context, q Querier, drain string, messages []string, until time.Time) ([]string, error) {
	return scalars[string](ctx, q, `with renewed as (update mail set available_at = $3
		where message_id = any($2) and state = 'sending' and claim = $1 returning message_id)
		select distinct message_id from renewed`, drain, messages, until)
}

// MailSentNow records that the messages with these notices were delivered, whoever holds them by now. Their recipients'
// addresses work.
func MailSentNow(ctx context.Context, q Querier, ids []string, at time.Time) error {
	_, err := exec(ctx, q, `with sent as (update mail set state = 'sent', sent_at = $2, attempts = attempts + 1, claim = null, in_doubt = false,
			failure = '', failure_code = 0, error = '', `+forgetToken+`
			where id = any($1::uuid[]) and state = 'sending' returning recipient_id)
		update person set mail_bouncing = false where mail_bouncing and id in (select recipient_id from sent)`, ids, at)
	return err
}

// MailTry is how an attempt that did not deliver ended.
type MailTry struct {
	MessageID string
	Failed    bool // for good
	Bounced   bool // the address is refused
	InDoubt   bool // this attempt or an earlier one may have delivered it all the same
	Counted   bool // the fault is the message's own, not the server's as a whole
	Again     time.Time
	Cause     string // a key below mail.failure; empty for a message that was not tried
	Code      int
	Text      string
}

// MailTried records how attempts of a drain ended. What another drain has claimed since is left alone.
func MailTried(ctx context.Context, q Querier, drain string, tries []MailTry) error {
	batch := &pgx.Batch{}
	for _, t := range tries {
		state, attempt := MailSending, 0
		if t.Failed {
			state = MailFailed
		}
		if t.Counted {
			attempt = 1
		}
		batch.Queue(`with tried as (update mail set state = $3, attempts = attempts + $4, claim = null, in_doubt = $5, available_at = $6,
				failure = case when $7 = '' then failure else $7 end, failure_code = case when $7 = '' then failure_code else $8 end,
				error = case when $7 = '' then error else $9 end,
				args = case when $3 = 'failed' and kind in ('sign_in', 'invitation') then '{}' else args end
				where message_id = $1 and claim = $2 and state = 'sending' returning recipient_id)
			update person set mail_bouncing = true where $10 and id in (select recipient_id from tried)`,
			t.MessageID, drain, state, attempt, t.InDoubt, t.Again, t.Cause, t.Code, t.Text, t.Bounced)
	}
	return Mapped(q.SendBatch(ctx, batch).Close())
}

// ListenForMail calls announced whenever somebody waits for a sign-in mail, until ctx ends or the connection breaks. It keeps
// a connection of the pool for itself.
func ListenForMail(ctx context.Context, pool *pgxpool.Pool, announced func()) error {
	pooled, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	conn := pooled.Hijack()
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `listen mail`); err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("listen for mail: %w", err)
		}
		announced()
	}
}
