package service

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Capacity says as what somebody did a thing that the trail tells of.
type Capacity string

const (
	AsSelf      Capacity = "self"
	AsAppraiser Capacity = "appraiser"
	AsReviewer  Capacity = "reviewing_official"
	AsCommittee Capacity = "committee"
	AsParty     Capacity = "delegation_party" // who delegates duties, or to whom they are delegated
	AsOfficer   Capacity = "officer"          // HR or another role that was granted
	AsOperator  Capacity = "operator"
	AsSystem    Capacity = "system"
)

// TrailEntry is a line of the trail about the reader: who did or read what, when, as what, and on whose behalf.
type TrailEntry struct {
	ID        int64                  `json:"id"`
	At        time.Time              `json:"at"`
	Action    string                 `json:"action"`
	Actor     string                 `json:"actor,omitempty"`
	Capacity  Capacity               `json:"capacity"`
	Behalf    string                 `json:"on_behalf_of,omitempty"`
	Appraisal *appraisal.AppraisalID `json:"appraisal,omitempty"`
	Cycle     string                 `json:"cycle,omitempty"`
}

// MyTrail reads what the trail says about the actor: what was done in their appraisals and to their account, who has read about them,
// who stands in for whom, and what was done on their behalf. It names no opinion-giver as such, and tells nothing of what a session deliberates.
func (s *Service) MyTrail(ctx context.Context, actor appraisal.Actor, after string, limit int) (Page[TrailEntry], error) {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return Page[TrailEntry]{}, err
	}
	from, err := readAuditMark(after)
	if err != nil {
		return Page[TrailEntry]{}, err
	}
	limit = pageSize(limit)
	about, err := postgres.GetPerson(ctx, s.db, actor.ID)
	if err != nil {
		return Page[TrailEntry]{}, fmt.Errorf("trail about %s: %w", actor.ID, err)
	}
	rows, err := postgres.TrailAbout(ctx, s.db, actor.ID, from, limit+1)
	if err != nil {
		return Page[TrailEntry]{}, fmt.Errorf("trail about %s: %w", actor.ID, err)
	}
	return pageOf(rows, limit, func(e postgres.AuditEntry) (TrailEntry, string) {
		return TrailEntry{
			ID: e.ID, At: e.At, Action: e.Action, Actor: text(e.Actor), Capacity: capacityOf(e, about), Behalf: text(e.Behalf),
			Appraisal: e.AppraisalID, Cycle: text(e.CycleName),
		}, auditMark(e)
	}), nil
}

// capacityOf tells as what an actor did something about a person. Who stands in for somebody does it as what that person is.
func capacityOf(e postgres.AuditEntry, about postgres.Person) Capacity {
	official := func(id *appraisal.PersonID) bool {
		return id != nil && (*id == *e.ActorID || e.BehalfID != nil && *id == *e.BehalfID)
	}
	switch {
	case e.ActorID == nil && e.Network == "cli":
		return AsOperator
	case e.ActorID == nil:
		return AsSystem
	case *e.ActorID == about.ID:
		return AsSelf
	case e.Action == actionReadCohort || e.Action == actionReadMember:
		return AsCommittee
	case strings.HasPrefix(e.Subject, "delegation/") && e.BehalfID == nil: // HR does it on the delegator's behalf
		return AsParty
	case official(e.AppraiserID), official(about.SuperiorID) && (e.Action == actionReadHistory || e.Action == "verify_training"):
		return AsAppraiser
	case official(e.ReviewerID):
		return AsReviewer
	default:
		return AsOfficer
	}
}

func auditMark(e postgres.AuditEntry) string {
	return cursor(strconv.FormatInt(e.At.UnixMicro(), 10), strconv.FormatInt(e.ID, 10), noID)
}

// noID fills the last part of a cursor, which is an id everywhere.
const noID = "00000000-0000-0000-0000-000000000000"

func readAuditMark(given string) (*postgres.AuditMark, error) {
	parts, err := readCursor(given, 3)
	if err != nil || given == "" {
		return nil, err
	}
	micros, faulty := strconv.ParseInt(parts[0], 10, 64)
	id, wrong := strconv.ParseInt(parts[1], 10, 64)
	if faulty != nil || wrong != nil {
		return nil, fieldFault("after", "error.cursor", nil)
	}
	return &postgres.AuditMark{At: time.UnixMicro(micros).UTC(), ID: id}, nil
}

// TrailFilter narrows what an auditor sees of the trail. Days are those of the office's zone, both included.
type TrailFilter struct {
	Person string // part of a name
	Actor  string
	Action string
	From   string // YYYY-MM-DD
	Until  string
	After  string
	Limit  int
}

// AuditEntry is a line of the trail as an auditor reads it: who, what, when, from where and about whom, and nothing of what it contains.
type AuditEntry struct {
	ID        int64                  `json:"id"`
	At        time.Time              `json:"at"`
	Action    string                 `json:"action"`
	Actor     string                 `json:"actor,omitempty"`
	Behalf    string                 `json:"on_behalf_of,omitempty"`
	Network   string                 `json:"network,omitempty"`
	Appraisal *appraisal.AppraisalID `json:"appraisal,omitempty"`
	Employee  string                 `json:"employee,omitempty"`
	Cycle     string                 `json:"cycle,omitempty"`
	Subject   string                 `json:"subject,omitempty"`
	Place     int64                  `json:"place,omitempty"` // in the chain of the appraisal
	Covered   bool                   `json:"covered"`         // by a chain or a seal
	Destroyed bool                   `json:"destroyed"`       // its content, under a certificate
}

// AuditStatus is how far the trail is sealed.
type AuditStatus struct {
	Waiting  int64      `json:"waiting"` // for the next seal
	Seals    int64      `json:"seals"`
	SealedAt *time.Time `json:"sealed_at"`
	Root     string     `json:"root,omitempty"` // the line to be kept elsewhere
}

// SearchTrail reads the trail of everybody for an auditor.
func (s *Service) SearchTrail(ctx context.Context, actor appraisal.Actor, f TrailFilter) (Page[AuditEntry], error) {
	if err := appraisal.Can(actor, appraisal.ActionReadTrail, appraisal.Subject{}); err != nil {
		return Page[AuditEntry]{}, err
	}
	filter, err := s.auditFilter(ctx, f)
	if err != nil {
		return Page[AuditEntry]{}, err
	}
	from, err := readAuditMark(f.After)
	if err != nil {
		return Page[AuditEntry]{}, err
	}
	limit := pageSize(f.Limit)
	if err := s.note(ctx, actor, postgres.AuditEvent{Action: actionReadTrail}); err != nil {
		return Page[AuditEntry]{}, err
	}
	rows, err := postgres.SearchTrail(ctx, s.db, filter, from, limit+1)
	if err != nil {
		return Page[AuditEntry]{}, fmt.Errorf("search the trail: %w", err)
	}
	return pageOf(rows, limit, func(e postgres.AuditEntry) (AuditEntry, string) {
		line := AuditEntry{
			ID: e.ID, At: e.At, Action: e.Action, Actor: text(e.Actor), Behalf: text(e.Behalf), Network: e.Network, Appraisal: e.AppraisalID,
			Employee: text(e.Employee), Cycle: text(e.CycleName), Subject: e.Subject, Covered: !e.Waiting, Destroyed: e.Destroyed,
		}
		if e.Place != nil {
			line.Place = *e.Place
		}
		return line, auditMark(e)
	}), nil
}

// mostNamed is how many people the part of a name may stand for in a search of the trail.
const mostNamed = 200

func (s *Service) auditFilter(ctx context.Context, f TrailFilter) (postgres.AuditFilter, error) {
	filter := postgres.AuditFilter{Action: f.Action}
	var faults appraisal.Faults
	day := func(field, given string, later int) *time.Time {
		if given == "" {
			return nil
		}
		at, err := time.ParseInLocation(time.DateOnly, given, s.zone)
		if err != nil {
			faults.Add(field, "error.date", nil)
		}
		at = at.AddDate(0, 0, later)
		return &at
	}
	filter.From, filter.Until = day("from", f.From, 0), day("until", f.Until, 1)
	for field, given := range map[string]string{"person": f.Person, "actor": f.Actor, "action": f.Action} {
		if len(given) > appraisal.MaxLine {
			faults.Add(field, "error.text_long", map[string]any{"max": appraisal.MaxLine, "length": len(given)})
		}
	}
	if err := faults.Err(); err != nil {
		return filter, err
	}
	for _, search := range []struct {
		field string
		typed string
		found *[]appraisal.PersonID
	}{{"person", f.Person, &filter.About}, {"actor", f.Actor, &filter.Actors}} {
		typed := strings.TrimSpace(search.typed)
		if typed == "" {
			continue
		}
		found, err := postgres.PeopleNamed(ctx, s.db, typed, mostNamed+1)
		if err != nil {
			return filter, fmt.Errorf("people named %q: %w", typed, err)
		}
		if len(found) > mostNamed {
			faults.Add(search.field, "audit.error.named", map[string]any{"max": mostNamed, "name": typed})
		}
		*search.found = found
	}
	return filter, faults.Err()
}

// TrailStatus tells an auditor how far the trail is sealed, and which actions it knows.
func (s *Service) TrailStatus(ctx context.Context, actor appraisal.Actor) (AuditStatus, []string, error) {
	if err := appraisal.Can(actor, appraisal.ActionReadTrail, appraisal.Subject{}); err != nil {
		return AuditStatus{}, nil, err
	}
	found, err := postgres.GetAuditStatus(ctx, s.db)
	if err != nil {
		return AuditStatus{}, nil, fmt.Errorf("status of the trail: %w", err)
	}
	status := AuditStatus{Waiting: found.Waiting, Seals: found.Seals, SealedAt: found.Sealed}
	root, err := postgres.LastAuditRoot(ctx, s.db)
	if err == nil && root != nil {
		status.Root = root.String()
	}
	if err != nil {
		return AuditStatus{}, nil, fmt.Errorf("root of the trail: %w", err)
	}
	actions, err := postgres.AuditActions(ctx, s.db)
	return status, actions, err
}
