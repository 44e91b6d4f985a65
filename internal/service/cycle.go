package service

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Templates returns the cycle templates that come with the product.
func (s *Service) Templates(_ context.Context, actor appraisal.Actor) ([]appraisal.Template, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionPrepareCycle); err != nil {
		return nil, err
	}
	return appraisal.Templates()
}

// Policies lists the policies that a cycle can be created under, by name and version.
func (s *Service) Policies(_ context.Context, actor appraisal.Actor) ([]InstalledPolicy, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionPrepareCycle); err != nil {
		return nil, err
	}
	usual, err := s.policies.Get(defaultPolicy)
	if err != nil {
		return nil, fmt.Errorf("find the usual policy: %w", err)
	}
	list := []InstalledPolicy{}
	for _, p := range s.policies.All() {
		list = append(list, InstalledPolicy{Ref: p.Ref(), Name: p.Name, Version: p.Version, Kind: p.Kind, Source: p.Source, Default: p == usual})
	}
	return list, nil
}

// CreateCycle prepares a cycle. Nothing starts before its launch.
func (s *Service) CreateCycle(ctx context.Context, actor appraisal.Actor, call Call, in NewCycle) (Cycle, error) {
	return perform(ctx, s, actor, deed{name: "create_cycle", subject: in.Code, call: call, body: in}, func(t *tx) (Cycle, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionManageCycle); err != nil {
			return Cycle{}, err
		}
		row, err := s.newCycle(in)
		if err != nil {
			return Cycle{}, err
		}
		if err := knownUnits(ctx, t, in.Units); err != nil {
			return Cycle{}, err
		}
		if err := permittedUnits(ctx, t, actor, appraisal.ActionManageCycle, row.Units); err != nil {
			return Cycle{}, err
		}
		taken, err := postgres.CycleByCode(ctx, t, row.Code)
		if err != nil {
			return Cycle{}, err
		}
		if taken != nil {
			return Cycle{}, fieldFault("code", "error.cycle_code_taken", map[string]any{"code": row.Code})
		}
		id, err := postgres.AddCycle(ctx, t, row, actor.Person(), t.now)
		if err != nil {
			return Cycle{}, err
		}
		stored, err := postgres.GetCycle(ctx, t, id)
		if err != nil {
			return Cycle{}, err
		}
		return cycleOf(stored, appraisal.Subject{}), s.auditCycle(ctx, t, actor, "create_cycle", id, map[string]any{"code": row.Code})
	})
}

var cycleCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// newCycle checks what HR filled in and names every fault.
func (s *Service) newCycle(in NewCycle) (postgres.Cycle, error) {
	row := postgres.Cycle{Code: in.Code, Name: strings.TrimSpace(in.Name), FirstStage: in.FirstStage, Units: in.Units}
	if row.Units == nil {
		row.Units = []string{}
	}
	var f appraisal.Faults
	if !cycleCode.MatchString(in.Code) {
		f.Add("code", "error.cycle_code", nil)
	}
	if row.Name == "" || len(row.Name) > 200 || strings.ContainsFunc(row.Name, unicode.IsControl) { // it stands in the subjects of mails
		f.Add("name", "error.cycle_name", nil)
	}
	var startErr, endErr error
	row.PeriodStart, startErr = appraisal.ParseDay(in.PeriodStart)
	if startErr != nil {
		f.Add("period_start", "error.date", nil)
	}
	row.PeriodEnd, endErr = appraisal.ParseDay(in.PeriodEnd)
	if endErr != nil {
		f.Add("period_end", "error.date", nil)
	}
	if startErr == nil && endErr == nil && !row.PeriodEnd.After(row.PeriodStart) {
		f.Add("period_end", "error.period_order", nil)
	}
	s.choosePolicy(&f, &row, in.Policy)
	templateOf(&f, &row, in)
	if row.PolicyDocument != nil {
		row.Template = row.Template.Under(row.PolicyDocument)
	}
	return row, f.Err()
}

// defaultPolicy is that of a cycle for which HR chose none.
const defaultPolicy = "permen6-2022"

func (s *Service) choosePolicy(f *appraisal.Faults, row *postgres.Cycle, name string) {
	if name == "" {
		name = defaultPolicy
	}
	policy, err := s.policies.Get(name)
	if err != nil {
		f.Add("policy", "error.policy_unknown", map[string]any{"value": name})
		return
	}
	row.Policy, row.PolicyVersion, row.PolicyDocument = policy.Name, policy.Ref(), policy
}

func templateOf(f *appraisal.Faults, row *postgres.Cycle, in NewCycle) {
	if in.Template != nil {
		row.Template = *in.Template
	} else {
		known, err := appraisal.Templates()
		if err != nil {
			f.Add("template_name", "error.template_unknown", map[string]any{"value": in.TemplateName})
			return
		}
		for _, t := range known {
			if t.Name == in.TemplateName {
				row.Template = t
			}
		}
		if row.Template.Name == "" {
			f.Add("template_name", "error.template_unknown", map[string]any{"value": in.TemplateName})
			return
		}
	}
	f.Include("template", row.Template.Validate())
	if row.FirstStage == "" && len(row.Template.Stages) > 0 {
		row.FirstStage = row.Template.Stages[0]
	}
	if !slices.Contains(row.Template.Stages, row.FirstStage) {
		f.Add("first_stage", "error.first_stage", map[string]any{"value": string(row.FirstStage)})
	}
}

func knownUnits(ctx context.Context, t *tx, codes []string) error {
	units, err := postgres.Units(ctx, t)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, u := range units {
		known[u.Code] = true
	}
	var f appraisal.Faults
	for i, code := range codes {
		if !known[code] {
			f.Add(fmt.Sprintf("units[%d]", i), "error.unit_unknown", map[string]any{"value": code})
		}
	}
	return f.Err()
}

func fieldFault(field, key string, args map[string]any) error {
	var f appraisal.Faults
	f.Add(field, key, args)
	return f.Err()
}

// Cycles lists the cycles that take in people whom the actor serves, the newest first, and counts those people.
func (s *Service) Cycles(ctx context.Context, actor appraisal.Actor) ([]Cycle, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadCycle); err != nil {
		return nil, err
	}
	rows, err := postgres.CyclesIn(ctx, s.db, appraisal.Reach(actor, appraisal.ActionReadCycle))
	if err != nil {
		return nil, fmt.Errorf("list cycles: %w", err)
	}
	list := []Cycle{}
	for _, r := range rows {
		subject, err := takenIn(ctx, s.db, actor, r.Units)
		if err != nil {
			return nil, fmt.Errorf("list cycles: %w", err)
		}
		if appraisal.Can(actor, appraisal.ActionReadCycle, subject) == nil {
			list = append(list, cycleOf(r, subject))
		}
	}
	return list, nil
}

// Cycle reads one cycle.
func (s *Service) Cycle(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (Cycle, error) {
	if err := permittedInCycle(ctx, s.db, actor, appraisal.ActionReadCycle, id); err != nil {
		return Cycle{}, fmt.Errorf("read cycle %s: %w", id, err)
	}
	row, err := postgres.CycleIn(ctx, s.db, id, appraisal.Reach(actor, appraisal.ActionReadCycle))
	if err != nil {
		return Cycle{}, fmt.Errorf("read cycle %s: %w", id, err)
	}
	subject, err := takenIn(ctx, s.db, actor, row.Units)
	return cycleOf(row, subject), err
}

// takenIn returns whose people a cycle of some units takes in, for permissions. To whoever is not bound to units it makes no
// difference, and the tree is not asked.
func takenIn(ctx context.Context, q postgres.Querier, actor appraisal.Actor, codes []string) (appraisal.Subject, error) {
	if actor.HRUnits == nil || len(codes) == 0 {
		return appraisal.Subject{}, nil
	}
	units, err := postgres.UnitsBelow(ctx, q, codes)
	return appraisal.Subject{Units: units}, err
}

// permittedUnits checks that the actor may do an action on a cycle of some units, of everybody where none is named.
func permittedUnits(ctx context.Context, q postgres.Querier, actor appraisal.Actor, action appraisal.Action, codes []string) error {
	subject, err := takenIn(ctx, q, actor, codes)
	if err != nil {
		return err
	}
	return appraisal.Can(actor, action, subject)
}

// permittedInCycle checks that there is a cycle on which the actor may do an action.
func permittedInCycle(ctx context.Context, q postgres.Querier, actor appraisal.Actor, action appraisal.Action, id appraisal.CycleID) error {
	if err := appraisal.MayTry(actor, action); err != nil {
		return err
	}
	codes, err := postgres.CycleUnits(ctx, q, id)
	if err != nil {
		return err
	}
	return permittedUnits(ctx, q, actor, action, codes)
}

func cycleOf(r postgres.Cycle, subject appraisal.Subject) Cycle {
	return Cycle{
		ID: r.ID, Code: r.Code, Name: r.Name, PeriodStart: r.PeriodStart, PeriodEnd: r.PeriodEnd, Policy: r.Policy, PolicyVersion: policyNumber(r.PolicyVersion),
		Template: r.Template, FirstStage: r.FirstStage, Units: r.Units, Status: r.Status, LaunchedAt: r.LaunchedAt, EndedAt: r.EndedAt,
		Version: r.Version, People: r.People, Started: r.Started, Ended: r.Ended, WorkflowID: appraisal.CycleWorkflowID(r.ID), Subject: subject,
	}
}

// Launch starts a prepared cycle. Launching it again is the same launch.
func (s *Service) Launch(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID) (Cycle, error) {
	return s.command(ctx, actor, "launch", call, id, CycleCommand{}, func(t *tx, c postgres.Cycle) error {
		switch c.Status {
		case postgres.CycleRunning:
			return nil
		case postgres.CycleLaunching: // one that a fault has stopped tries again
			return t.wake(ctx, appraisal.CycleWorkflowID(id))
		}
		findings, err := s.findings(ctx, t, c)
		if err != nil {
			return err
		}
		for _, finding := range findings {
			if finding.Blocking {
				return appraisal.Fault(appraisal.CodeInvalid, "error.launch_blocked", map[string]any{"name": finding.Name})
			}
		}
		if err := moveCycle(ctx, t, c, postgres.CycleLaunching, postgres.CycleDraft); err != nil {
			return err
		}
		return t.wake(ctx, appraisal.CycleWorkflowID(id))
	})
}

// Pause stops every clock of the cycle; acts are refused until it resumes.
func (s *Service) Pause(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return s.command(ctx, actor, "pause", call, id, in, func(t *tx, c postgres.Cycle) error {
		if err := moveCycle(ctx, t, c, postgres.CyclePaused, postgres.CycleRunning); err != nil {
			return err
		}
		return s.wakeAll(ctx, t, id)
	})
}

// Resume lets every clock go on where it stood: what was still to come moves by the length of the pause.
func (s *Service) Resume(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return s.command(ctx, actor, "resume", call, id, in, func(t *tx, c postgres.Cycle) error {
		if err := moveCycle(ctx, t, c, postgres.CycleRunning, postgres.CyclePaused); err != nil {
			return err
		}
		if err := postgres.ShiftClocks(ctx, t, id, t.now.Sub(*c.PausedAt)); err != nil {
			return err
		}
		return s.wakeAll(ctx, t, id)
	})
}

// Cancel ends the cycle without results: every pipeline that has not ended is withdrawn.
func (s *Service) Cancel(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return s.command(ctx, actor, "cancel", call, id, in, func(t *tx, c postgres.Cycle) error {
		if err := appraisal.RequireReason("reason", in.Reason); err != nil {
			return err
		}
		if err := moveCycle(ctx, t, c, postgres.CycleCancelled, postgres.CycleDraft, postgres.CycleLaunching, postgres.CycleRunning, postgres.CyclePaused); err != nil {
			return err
		}
		return s.wakeAll(ctx, t, id)
	})
}

// Close ends a cycle whose pipelines have all ended. With some still open it is refused, naming their number.
func (s *Service) Close(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return s.command(ctx, actor, "close", call, id, in, func(t *tx, c postgres.Cycle) error {
		if left := c.People - c.Ended; left > 0 {
			return appraisal.Fault(appraisal.CodeWrongStage, "error.cycle_open_appraisals", map[string]any{"count": left})
		}
		if err := moveCycle(ctx, t, c, postgres.CycleClosed, postgres.CycleRunning); err != nil {
			return err
		}
		return t.wake(ctx, appraisal.CycleWorkflowID(id))
	})
}

func (s *Service) wakeAll(ctx context.Context, t *tx, id appraisal.CycleID) error {
	if err := postgres.WakeCycle(ctx, t, id, t.now); err != nil {
		return err
	}
	return t.wake(ctx, appraisal.CycleWorkflowID(id))
}

// command performs one of HR's commands on the locked cycle.
func (s *Service) command(ctx context.Context, actor appraisal.Actor, name string, call Call, id appraisal.CycleID, in CycleCommand,
	do func(t *tx, c postgres.Cycle) error) (Cycle, error) {
	return perform(ctx, s, actor, deed{name: name + "_cycle", subject: string(id), call: call, body: in}, func(t *tx) (Cycle, error) {
		if err := permittedInCycle(ctx, t, actor, appraisal.ActionManageCycle, id); err != nil {
			return Cycle{}, err
		}
		c, err := postgres.LockCycle(ctx, t, id)
		if err != nil {
			return Cycle{}, err
		}
		if call.Version != 0 && call.Version != c.Version {
			return Cycle{}, appraisal.Fault(appraisal.CodeConflict, "error.cycle_changed", nil)
		}
		if err := appraisal.LimitReason("reason", in.Reason); err != nil {
			return Cycle{}, err
		}
		if err := do(t, c); err != nil {
			return Cycle{}, err
		}
		after, err := postgres.GetCycle(ctx, t, id)
		if err != nil {
			return Cycle{}, err
		}
		return cycleOf(after, appraisal.Subject{}), s.auditCycle(ctx, t, actor, name+"_cycle", id, map[string]any{"reason": in.Reason, "before": c.Status, "after": after.Status})
	})
}

func moveCycle(ctx context.Context, t *tx, c postgres.Cycle, to string, from ...string) error {
	ok, err := postgres.SetCycleStatus(ctx, t, c.ID, from, to, t.now)
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeWrongStage, "error.cycle_status."+c.Status, nil)
	}
	return err
}

// Withdraw takes a person out of a running cycle, for good and with a reason. Nobody takes out themselves.
func (s *Service) Withdraw(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in CycleCommand) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "withdraw", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionWithdraw); err != nil {
			return Receipt{}, err
		}
		if err := appraisal.RequireReason("reason", in.Reason); err != nil {
			return Receipt{}, err
		}
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionWithdraw, row.Subject()); err != nil {
			return Receipt{}, err
		}
		if row.Stage.Ended() {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "error.appraisal_ended", nil)
		}
		c := &conducting{Service: s, tx: t, row: row}
		if err := c.withdraw(ctx, in.Reason); err != nil {
			return Receipt{}, err
		}
		if err := c.notifyPlain(ctx, mailWithdrawn, row.EmployeeID); err != nil {
			return Receipt{}, err
		}
		if err := s.audit(ctx, t, actor, "withdraw", id, map[string]any{"reason": in.Reason, "before": row.Stage, "after": appraisal.StageWithdrawn}); err != nil {
			return Receipt{}, err
		}
		return Receipt{Appraisal: id, Outcome: appraisal.OutcomeWithdrawn, At: t.now}, t.wake(ctx, appraisal.PipelineID(row.CycleID, row.EmployeeID))
	})
}
