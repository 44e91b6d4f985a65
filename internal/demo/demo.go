// Package demo fills an empty database with the demonstration government: its people, strategy and measurements, and a cycle
// that is alive and half way. It acts through the service as the people themselves would, on a clock that runs through
// the past months.
package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// Options is what loading the demonstration needs.
type Options struct {
	DatabaseURL string
	Policies    appraisal.Policies
	Zone        *time.Location
	Step        func(name string, do func() error) error // shows progress
	Say         func(format string, args ...any)
}

// operator loads and launches; the trail names no person for it.
var operator = appraisal.Actor{Operator: true, Network: "cli", Roles: []appraisal.Role{appraisal.RoleHR, appraisal.RoleAdministrator}}

// atOnce is how many people of the demonstration act at the same time.
const atOnce = 8

// Load fills an empty database. One that holds anything else, or the demonstration already, is left alone; what a load that
// was broken off left behind is cleared away first.
func Load(ctx context.Context, o Options) error {
	db, err := postgres.OpenHasty(ctx, o.DatabaseURL, atOnce+2)
	if err != nil {
		return err
	}
	defer db.Close()
	state, err := postgres.DemonstrationState(ctx, db)
	if err != nil || state.Loaded || !state.Demonstration && state.People > 0 {
		return err
	}
	if state.Demonstration { // broken off in the middle
		if err := postgres.ClearDemonstration(ctx, db); err != nil {
			return err
		}
	}
	clock := &clock{now: time.Now()}
	s := service.New(service.Options{DB: db, Policies: o.Policies, Zone: o.Zone, Now: clock.Now})
	if err := o.Step("Demonstration government", func() error { return government(ctx, db, s) }); err != nil {
		return err
	}
	tell := func(p plot) func() error {
		st := &story{Service: s, db: db, clock: clock, zone: o.Zone, plot: p}
		return func() error { return st.tell(ctx) }
	}
	if err := o.Step("Half a cycle of appraisals, about a minute", tell(wholeOffice)); err != nil {
		return err
	}
	if err := o.Step("A quarter with calculated scores", tell(scoredDivision)); err != nil {
		return err
	}
	clock.set(time.Now())
	if err := o.Step("A leave", func() error { return goOnLeave(ctx, db, s, clock.Now().In(o.Zone)) }); err != nil {
		return err
	}
	return postgres.FinishDemonstration(ctx, db, time.Now())
}

// clock is the time of the story.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the story's time, which creeps on so that no two acts share an instant.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// government imports the files and grants the roles.
func government(ctx context.Context, db *pgxpool.Pool, s *service.Service) error {
	if err := postgres.BeginDemonstration(ctx, db); err != nil {
		return err
	}
	for _, kind := range service.ImportKinds {
		_, faults, err := s.ImportDemonstration(ctx, operator, kind, Files(kind))
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			return fmt.Errorf("the demonstration's file %s has %d faults", kind, len(faults))
		}
	}
	for _, g := range cast {
		find := postgres.HeadOf
		if g.official {
			find = postgres.OfficialOf
		}
		person, err := find(ctx, db, g.unit)
		if err != nil {
			return fmt.Errorf("find the %s: %w", g.title, err)
		}
		if err := postgres.GrantRole(ctx, db, person, g.role); err != nil {
			return err
		}
	}
	return grantAgency(ctx, db)
}

// servedAgency is the one with HR of its own.
const servedAgency = "DISDUKCAPIL"

// grantAgency makes the head of an agency's secretariat HR of that agency.
func grantAgency(ctx context.Context, db *pgxpool.Pool) error {
	units, err := postgres.UnitsBelow(ctx, db, []string{servedAgency})
	if err != nil {
		return err
	}
	person, err := postgres.HeadOf(ctx, db, servedAgency+".0")
	if err != nil {
		return fmt.Errorf("find HR of %s: %w", servedAgency, err)
	}
	_, err = postgres.GrantHR(ctx, db, person, units[0])
	return err
}

// cast says who holds which role: the head of a unit, or the official of a root.
var cast = []struct {
	title    string
	role     appraisal.Role
	unit     string
	official bool
}{
	{"HR", appraisal.RoleHR, "BKPSDM.3", false},
	{"committee", appraisal.RoleCommittee, "BKPSDM", false},
	{"committee", appraisal.RoleCommittee, "INSP", false},
	{"committee", appraisal.RoleCommittee, "BAPPEDA", false},
	{"administrator", appraisal.RoleAdministrator, "DISKOMINFO.1", false},
	{"leadership", appraisal.RoleLeadership, "MRL", true},
	{"auditor", appraisal.RoleAuditor, "INSP.1", false},
}

// Link is a sign-in link for one role.
type Link struct{ Role, Name, URL string }

// Links makes the sign-in links of a demonstration; none for any other installation, nor where the pages can be reached from
// other machines.
func Links(ctx context.Context, db *pgxpool.Pool, s *service.Service, c config.HTTP) ([]Link, error) {
	state, err := postgres.DemonstrationState(ctx, db)
	if err != nil || !state.Demonstration || !config.LoopbackAddress(c.Listen) {
		return nil, err
	}
	people := []struct {
		role string
		find func() (appraisal.PersonID, error)
	}{
		{"Pegawai", func() (appraisal.PersonID, error) {
			return postgres.SomebodyWith(ctx, db, appraisal.StepAcknowledgeResult)
		}},
		{"Penilai", func() (appraisal.PersonID, error) {
			return postgres.SomebodyWith(ctx, db, appraisal.StepAppraiserReview)
		}},
		{"HR (BKPSDM)", func() (appraisal.PersonID, error) { return postgres.HeadOf(ctx, db, "BKPSDM.3") }},
		{"HR " + servedAgency, func() (appraisal.PersonID, error) { return postgres.HeadOf(ctx, db, servedAgency+".0") }},
		{"Komite", func() (appraisal.PersonID, error) { return postgres.HeadOf(ctx, db, "INSP") }},
		{"Pimpinan", func() (appraisal.PersonID, error) { return postgres.OfficialOf(ctx, db, "MRL") }},
		{"Administrator", func() (appraisal.PersonID, error) { return postgres.HeadOf(ctx, db, "DISKOMINFO.1") }},
		{"Auditor", func() (appraisal.PersonID, error) { return postgres.HeadOf(ctx, db, "INSP.1") }},
	}
	var links []Link
	for _, p := range people {
		id, err := p.find()
		if appraisal.CodeOf(err) == appraisal.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		person, err := postgres.GetPerson(ctx, db, id)
		if err != nil {
			return nil, err
		}
		token, err := s.DemonstrationLink(ctx, id)
		if err != nil {
			return nil, err
		}
		links = append(links, Link{Role: p.role, Name: person.FullName, URL: c.BaseURL + "/masuk/" + token})
	}
	return links, nil
}

// each runs f for everybody of a list, several at a time.
func each[T any](ctx context.Context, list []T, f func(ctx context.Context, i int, v T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, v := range list {
		group.Go(func() error { return f(ctx, i, v) })
	}
	return group.Wait()
}

var errStory = errors.New("the demonstration's story does not fit the process")
