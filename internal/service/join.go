package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// NewMember is somebody whom HR adds to a running cycle.
type NewMember struct {
	NIP    string          `json:"nip"`
	Stage  appraisal.Stage `json:"stage,omitempty"` // where the pipeline begins; default: where the cycle does
	Since  string          `json:"since,omitempty"` // first day of duty, YYYY-MM-DD, where the roster does not tell it
	Reason string          `json:"reason"`
}

// Candidate is somebody who could be added to a cycle.
type Candidate struct {
	NIP  string `json:"nip"`
	Name string `json:"name"`
	Unit string `json:"unit"`
}

// mostCandidatesToJoin bounds the list of those who could be added.
const mostCandidatesToJoin = 200

// MayJoin lists the active employees of a cycle's units, as far as the actor serves them, who are not in it, at most 200.
func (s *Service) MayJoin(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]Candidate, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionEnrol); err != nil {
		return nil, err
	}
	if err := permittedInCycle(ctx, s.db, actor, appraisal.ActionReadCycle, id); err != nil {
		return nil, fmt.Errorf("who may join cycle %s: %w", id, err)
	}
	codes, err := postgres.CycleUnits(ctx, s.db, id)
	if err != nil {
		return nil, fmt.Errorf("who may join cycle %s: %w", id, err)
	}
	rows, err := postgres.UnenrolledPeople(ctx, s.db, id, codes, appraisal.Reach(actor, appraisal.ActionEnrol), mostCandidatesToJoin)
	if err != nil {
		return nil, fmt.Errorf("who may join cycle %s: %w", id, err)
	}
	list := make([]Candidate, len(rows))
	for i, r := range rows {
		list[i] = Candidate(r)
	}
	return list, nil
}

// Join adds a person to a running cycle: their appraisal is written with the cohort that their colleagues are in and the months
// that they serve, and the cycle is woken to start their pipeline, now or as soon as Temporal is there. Adding somebody who is in
// the cycle already changes nothing.
func (s *Service) Join(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in NewMember) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "join", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionEnrol); err != nil {
			return Receipt{}, err
		}
		if err := permittedInCycle(ctx, t, actor, appraisal.ActionReadCycle, id); err != nil {
			return Receipt{}, err
		}
		c, err := postgres.LockCycle(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		since, err := checkMember(c, in)
		if err != nil {
			return Receipt{}, err
		}
		if c.Status != postgres.CycleRunning && c.Status != postgres.CyclePaused {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "period.error.join_status", nil)
		}
		person, err := postgres.EmployeeByNIP(ctx, t, c.Units, strings.TrimSpace(in.NIP))
		switch {
		case err != nil:
			return Receipt{}, err
		case person == nil:
			return Receipt{}, fieldFault("nip", "period.error.nip_unknown", nil)
		}
		err = appraisal.Can(actor, appraisal.ActionEnrol, appraisal.Subject{Employee: person.PersonID, Unit: person.UnitID})
		switch {
		case appraisal.CodeOf(err) == appraisal.CodeNotFound: // somebody whom the actor does not serve is not there for them
			return Receipt{}, fieldFault("nip", "period.error.nip_unknown", nil)
		case err != nil:
			return Receipt{}, err
		case !person.Active:
			return Receipt{}, fieldFault("nip", "period.error.inactive", nil)
		}
		known, err := postgres.MembershipOf(ctx, t, id, person.PersonID)
		switch {
		case err != nil:
			return Receipt{}, err
		case known != nil && known.Stage == appraisal.StageWithdrawn:
			return Receipt{}, appraisal.Fault(appraisal.CodeConflict, "period.error.join_withdrawn", nil)
		case known != nil:
			return Receipt{Appraisal: known.ID, At: t.now}, nil
		}
		return s.join(ctx, t, actor, c, *person, since, in)
	})
}

// checkMember checks what HR filled in and returns the first day of duty, zero if none was given.
func checkMember(c postgres.Cycle, in NewMember) (time.Time, error) {
	var f appraisal.Faults
	if strings.TrimSpace(in.Reason) == "" {
		f.Add("reason", "error.required", nil)
	}
	if strings.TrimSpace(in.NIP) == "" {
		f.Add("nip", "error.required", nil)
	}
	if in.Stage != "" && !slices.Contains(c.Template.Stages, in.Stage) {
		f.Add("stage", "error.first_stage", map[string]any{"value": string(in.Stage)})
	}
	var since time.Time
	if in.Since != "" {
		var err error
		if since, err = appraisal.ParseDay(in.Since); err != nil {
			f.Add("since", "error.date", nil)
		}
	}
	if err := f.Err(); err != nil {
		return since, err
	}
	return since, appraisal.LimitReason("reason", in.Reason)
}

func (s *Service) join(ctx context.Context, t *tx, actor appraisal.Actor, c postgres.Cycle, person postgres.Enrolled, since time.Time, in NewMember) (Receipt, error) {
	policy, err := s.policyOf(ctx, t, c.ID)
	if err != nil {
		return Receipt{}, err
	}
	tenure := tenureIn(policy, c, person, appraisal.TenureStart{Day: since, Cause: appraisal.TenureJoined})
	switch {
	case tenure.Whole():
	case tenure.Served == 0:
		return Receipt{}, fieldFault("since", "period.error.not_served", nil)
	default:
		person.Tenure = &tenure
	}
	cohort, err := lateCohort(ctx, t, c, person, policy.CohortMinimum)
	if err != nil {
		return Receipt{}, err
	}
	if err := postgres.Enrol(ctx, t, c.ID, []postgres.Enrolled{person}, []appraisal.CohortKey{cohort}, t.now); err != nil {
		return Receipt{}, err
	}
	added, err := postgres.MembershipOf(ctx, t, c.ID, person.PersonID)
	if err != nil {
		return Receipt{}, err
	}
	first := in.Stage
	if first == "" {
		first = c.FirstStage
	}
	if err := postgres.WantStart(ctx, t, c.ID, added.ID, first, t.now); err != nil {
		return Receipt{}, err
	}
	detail := map[string]any{"reason": in.Reason, "stage": first}
	if err := s.audit(ctx, t, actor, "join", added.ID, detail); err != nil {
		return Receipt{}, err
	}
	return Receipt{Appraisal: added.ID, At: t.now, Next: appraisal.PartyEmployee}, t.wake(ctx, appraisal.CycleWorkflowID(c.ID))
}

func lateCohort(ctx context.Context, t *tx, c postgres.Cycle, person postgres.Enrolled, minimum int) (appraisal.CohortKey, error) {
	member := appraisal.CohortKey{Unit: person.UnitID, Level: person.PositionKind.Level()}
	units, err := postgres.CohortKeys(ctx, t, c.ID, member.Level)
	if err != nil {
		return member, err
	}
	parents, err := unitParents(ctx, t)
	if err != nil {
		return member, err
	}
	formed := map[appraisal.CohortKey]bool{}
	for _, u := range units {
		formed[appraisal.CohortKey{Unit: u, Level: member.Level}] = true
	}
	return appraisal.LateCohort(member, formed, parents, minimum), nil
}

// LateStart is a pipeline that was added to a running cycle, with the cohort whose calibration has to run for it.
type LateStart struct {
	Pipeline
	Cohort appraisal.CohortID
}

// lateStartsAtOnce is how many pipelines one look of a cycle starts.
const lateStartsAtOnce = 48

// LateStarts returns pipelines that were added to a running cycle and have not been started.
func (s *Service) LateStarts(ctx context.Context, id appraisal.CycleID) ([]LateStart, error) {
	rows, err := postgres.LateStarts(ctx, s.db, id, lateStartsAtOnce)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	c, err := postgres.GetCycle(ctx, s.db, id)
	if err != nil {
		return nil, fmt.Errorf("read cycle %s: %w", id, err)
	}
	list := make([]LateStart, len(rows))
	for i, r := range rows {
		list[i] = LateStart{Pipeline: pipelineOf(c, r.Startable), Cohort: text(r.CohortID)}
	}
	return list, nil
}

// MarkStarted records that pipelines which were added late have been started.
func (s *Service) MarkStarted(ctx context.Context, ids []appraisal.AppraisalID) error {
	if err := postgres.DropLateStarts(ctx, s.db, ids); err != nil {
		return fmt.Errorf("forget late starts: %w", err)
	}
	return nil
}
