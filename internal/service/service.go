// Package service is what a person can do, one method for each act: permission, transaction, wake. JSON API and pages use
// it alike, and so do the workflows' activities.
package service

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
)

// Service carries out acts and answers questions. It is safe for concurrent use.
type Service struct {
	db       *pgxpool.Pool
	policies appraisal.Policies
	zone     *time.Location
	clock    func() time.Time
	waker    Waker
	store    Store
	limits   appraisal.EvidenceLimits
	press    Press
	sessions SessionLimits
	provider IdentityProvider
	payloads PayloadReader
	log      *slog.Logger

	authenticators Authenticators
	retention      bool // the schedule is carried out every day

	pinned sync.Map // appraisal.CycleID to *appraisal.Policy

	officeDays     atomic.Pointer[datedCalendar] // nil: to be read
	officeDaysRead atomic.Bool                   // somebody reads it anew

	decodings decodings
}

// Waker tells workflows to look again, at once if it can; what it cannot deliver the relay delivers later.
type Waker interface {
	Wake(ids []int64)
}

// Options are the parts that a Service is made of.
type Options struct {
	DB       *pgxpool.Pool
	Policies appraisal.Policies
	Zone     *time.Location           // of the office
	Now      func() time.Time         // time.Now unless set
	Waker    Waker                    // nil: the relay delivers every wake
	Store    Store                    // of the contents of evidence files; nil: the database
	Limits   appraisal.EvidenceLimits // appraisal.DefaultEvidenceLimits unless set
	Press    Press                    // makes PDFs and tables; needed only where somebody asks for one
	Sessions SessionLimits            // DefaultSessionLimits unless set
	Provider IdentityProvider         // with which people can sign in as well; nil: none
	Payloads PayloadReader            // nil: nobody is shown what Temporal keeps
	Log      *slog.Logger

	Authenticators Authenticators // of passkeys; nil: there are none
	Retention      bool           // the worker destroys every day what the retention schedule says
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == (appraisal.EvidenceLimits{}) {
		o.Limits = appraisal.DefaultEvidenceLimits
	}
	if o.Sessions == (SessionLimits{}) {
		o.Sessions = DefaultSessionLimits
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{
		db: o.DB, policies: o.Policies, zone: o.Zone, clock: o.Now, waker: o.Waker, store: o.Store, limits: o.Limits, press: o.Press, sessions: o.Sessions,
		provider: o.Provider, payloads: o.Payloads, log: o.Log, retention: o.Retention, authenticators: o.Authenticators,
	}
}
