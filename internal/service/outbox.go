package service

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

// Sender delivers one message at a time to the mail server; *mail.Sender does it. The error of Send is a *mail.SendError.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
	MessageID(key string) string
}

// OutboxOptions are the parts that an Outbox is made of.
type OutboxOptions struct {
	DB          *pgxpool.Pool
	Sender      Sender
	BaseURL     string         // that links in mails begin with, without a slash at its end
	Zone        *time.Location // of the office
	Digest      bool           // one mail per person and day for whatever is not new
	Connections int            // how many messages go out at the same time; 2 unless set
	Now         func() time.Time
	Log         *slog.Logger
}

// Outbox delivers the notices that acts and pipelines have queued. Any number of drains may run at the same time, also in
// several processes.
type Outbox struct {
	db          *pgxpool.Pool
	sender      Sender
	baseURL     string
	zone        *time.Location
	digest      bool
	connections int
	clock       func() time.Time
	log         *slog.Logger
}

// NewOutbox returns an Outbox.
func NewOutbox(o OutboxOptions) *Outbox {
	if o.Connections == 0 {
		o.Connections = 2
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Outbox{
		db: o.DB, sender: o.Sender, baseURL: o.BaseURL, zone: o.Zone, digest: o.Digest, connections: o.Connections, clock: o.Now, log: o.Log,
	}
}

// MostInFlight is how many messages of one drain may at any moment have reached the server without the outbox knowing it. A
// kill makes at most so many arrive a second time, each with the Message-ID that it had.
const MostInFlight = 32

const (
	drainTime  = 10 * time.Minute       // after which a drain returns, so that its caller can begin anew
	pollEvery  = 500 * time.Millisecond // how often the outbox is looked at without being told of new mail
	beatEvery  = time.Second
	claimTime  = 20 * time.Second // after which the mail of a drain that was killed goes to another one
	renewEvery = 5 * time.Second
	freshFor   = 5 * time.Second // how long what was read for a message may be trusted; older messages are read again
	serverRest = 3 * time.Second // how long a mail server that takes nothing is left alone
	handTime   = 10 * time.Second

	recordAfter = 10 * time.Millisecond // how long the end of one message waits to be recorded together with others

	mostTries = 152 // three days, by mail.Backoff
)

// drain is one run through the outbox.
type drain struct {
	*Outbox
	token    string
	calendar appraisal.Calendar
	parcels  chan parcel
	ended    chan ending
	flight   chan struct{} // holds an element for each message that is on its way or not yet recorded
	low      chan struct{} // tells that there is little left in hand

	mu        sync.Mutex
	batch     batch
	hand      map[string]time.Time // the messages claimed and not ended, with the end of each claim
	restUntil time.Time
	delivered int
}

// Drain delivers what is due, and what becomes due, for some ten minutes or until ctx ends, and returns how many messages were
// delivered. It calls beat about once a second from one goroutine. While database or mail server are away it waits.
//
// A notice is looked at again when its message is composed, seconds before it is sent, and dropped if nobody needs it any
// more. Notices that were merged keep their message, and a message its Message-ID, until it is delivered; what may have
// arrived is sent again only unchanged.
func (o *Outbox) Drain(ctx context.Context, beat func(delivered int)) (int, error) {
	holidays, err := postgres.Holidays(ctx, o.db)
	if err != nil {
		return 0, fmt.Errorf("drain the outbox: %w", err)
	}
	d := &drain{
		Outbox: o, token: rand.Text(), calendar: appraisal.NewCalendar(o.zone, holidays), batch: batch{size: firstBatch, least: o.connections},
		parcels: make(chan parcel, 2*mostClaimed), ended: make(chan ending, MostInFlight), flight: make(chan struct{}, MostInFlight),
		low: make(chan struct{}, 1), hand: map[string]time.Time{},
	}
	d.run(ctx, beat)
	return d.count(), ctx.Err()
}

// run starts the parts in the order of the mail's way and stops them in that order, so that each finishes what it was given.
func (d *drain) run(ctx context.Context, beat func(int)) {
	aside, stopAside := context.WithCancel(context.WithoutCancel(ctx))
	announced := make(chan struct{}, 1)
	var beside, senders, recorder sync.WaitGroup
	beside.Go(func() { d.keep(aside, beat) })
	beside.Go(func() { d.listen(aside, announced) })
	recorder.Go(func() { d.record(ctx) })
	for range d.connections {
		senders.Go(func() { d.send(ctx) })
	}
	d.claim(ctx, announced)
	close(d.parcels)
	senders.Wait()
	close(d.ended)
	recorder.Wait()
	stopAside()
	beside.Wait()
}

// claim takes batch after batch until the drain's time is over.
func (d *drain) claim(ctx context.Context, announced <-chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	for ctx.Err() == nil {
		found := 0
		if size, ok := d.room(); ok {
			var err error
			if found, err = d.claimBatch(ctx, size); err != nil {
				d.log.Warn("the outbox cannot be read; trying again", "error", err)
			}
		}
		if found > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-announced:
		case <-d.low:
		case <-time.After(pollEvery):
		}
	}
}

// claimBatch composes and claims the messages of the next notices that are due and returns how many notices it found. What it
// has begun it finishes also when ctx ends.
func (d *drain) claimBatch(ctx context.Context, size int) (int, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handTime)
	defer cancel()
	waiting, err := postgres.MailWaiting(ctx, d.db, d.clock())
	if err != nil || !waiting {
		return 0, err
	}
	read := time.Now()
	parcels, found, err := d.compose(ctx, size)
	if err != nil {
		return 0, err
	}
	d.mu.Lock()
	d.batch.taken(read, found)
	for i, p := range parcels {
		parcels[i].read = read
		d.hand[p.messageID] = read.Add(claimTime)
	}
	d.mu.Unlock()
	for _, p := range parcels {
		d.parcels <- p
	}
	return found, nil
}

// room returns how many notices to claim next; ok is false while there are enough in hand or the mail server rests.
func (d *drain) room() (size int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.batch.size, !time.Now().Before(d.restUntil) && len(d.hand) <= d.batch.size/3
}

// batch is how many notices are claimed at a time: about what goes out in a second or two, so that a link that somebody waits
// for is not far behind, and that what a killed drain held is not much.
type batch struct {
	size  int
	least int
	began time.Time // when the last one was claimed
	full  bool      // and whether there was more than it could hold
}

const (
	firstBatch  = 32
	mostClaimed = 200
)

// taken notes a claim of found notices and adapts the size to how long the last full one took.
func (b *batch) taken(at time.Time, found int) {
	if took := at.Sub(b.began); b.full && took < time.Second {
		b.size = min(2*b.size, mostClaimed)
	} else if b.full && took > 2*time.Second {
		b.size = max(b.size/2, b.least)
	}
	b.began, b.full = at, found >= b.size
}

// keep tells the caller that the drain lives and renews the claims on what it holds.
func (d *drain) keep(ctx context.Context, beat func(int)) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	renewed := time.Now()
	for {
		beat(d.count())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if time.Since(renewed) < renewEvery {
			continue
		}
		renewed = time.Now()
		if err := d.renew(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("mail in hand cannot be kept from other drains", "error", err)
		}
	}
}

func (d *drain) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatEvery/2)
	defer cancel()
	held := d.holding()
	if len(held) == 0 {
		return nil
	}
	until := time.Now().Add(claimTime)
	own, err := postgres.RenewMail(ctx, d.db, d.token, held, d.clock().Add(claimTime))
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range own {
		if _, still := d.hand[id]; still {
			d.hand[id] = until
		}
	}
	return nil
}

// listen wakes the drain for sign-in mails.
func (d *drain) listen(ctx context.Context, announced chan<- struct{}) {
	for ctx.Err() == nil {
		err := postgres.ListenForMail(ctx, d.db, func() {
			select {
			case announced <- struct{}{}:
			default:
			}
		})
		if ctx.Err() != nil {
			return
		}
		d.log.Warn("new mail is not announced; it is found by looking", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(serverRest):
		}
	}
}

// holding returns the messages that are claimed and have not ended.
func (d *drain) holding() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make([]string, 0, len(d.hand))
	for id := range d.hand {
		ids = append(ids, id)
	}
	return ids
}

// mine reports whether the claim on a message still holds.
func (d *drain) mine(messageID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.hand[messageID])
}

func (d *drain) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.delivered
}

// rest leaves the mail server alone for a while.
func (d *drain) rest() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restUntil = time.Now().Add(serverRest)
	d.batch.size = d.batch.least
}

func (d *drain) resting() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.restUntil)
}
