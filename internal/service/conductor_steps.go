package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// open opens a step for whoever has to do it, with its clock, and tells them. Peers are asked all at once.
func (c *conducting) open(ctx context.Context, kind appraisal.StepKind) error {
	if kind != appraisal.StepPeerAnswer {
		return c.openFor(ctx, kind, c.owner(kind))
	}
	peers, err := postgres.Nominations(ctx, c, c.row.ID)
	if err != nil {
		return err
	}
	for _, p := range peers {
		if p.Approved {
			if err := c.openFor(ctx, kind, &p.PeerID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *conducting) openFor(ctx context.Context, kind appraisal.StepKind, owner *appraisal.PersonID) error {
	rule := c.row.Template.Rule(kind)
	deadline := rule.Deadline(c.now, c.row.PeriodEnd, c.calendar)
	dues := rule.Schedule(c.now, deadline, c.calendar)
	spread := appraisal.Spread(string(c.row.ID), deadline.Sub(c.now))
	step := postgres.Step{AppraisalID: c.row.ID, Kind: kind, OwnerID: owner, OpenedAt: c.now, Deadline: &deadline}
	id, fresh, err := postgres.OpenStep(ctx, c, step, dues, spread)
	switch {
	case err != nil || !fresh:
		return err
	case owner != nil:
		return c.notify(ctx, mailTask, id, kind, *owner, 1)
	case kind.Stage() == appraisal.StageObjection: // nobody hears the objection unless HR finds somebody, and its window is short
		return c.tellHR(ctx, id, kind, 0)
	default:
		return nil
	}
}

// tellHR reports to everybody in HR who serves the person's unit that a step is held up.
func (c *conducting) tellHR(ctx context.Context, step appraisal.StepID, kind appraisal.StepKind, ordinal int) error {
	hr, err := postgres.HolderOfHR(ctx, c, c.row.UnitID)
	if err != nil {
		return err
	}
	for _, person := range hr {
		if err := c.notify(ctx, mailEscalation, step, kind, person, ordinal); err != nil {
			return err
		}
	}
	return nil
}

// owner returns who has to do a step of the kind; nil when nobody is known, or when it belongs to a role.
func (c *conducting) owner(kind appraisal.StepKind) *appraisal.PersonID {
	switch kind.Party() {
	case appraisal.PartyEmployee:
		return &c.row.EmployeeID
	case appraisal.PartyAppraiser:
		return c.row.AppraiserID
	case appraisal.PartyReviewingOfficial:
		return c.row.ReviewerID
	default:
		return nil
	}
}

// fireDues deals with every instant that has passed. Of several reminders that are due at once only the last is mailed.
func (c *conducting) fireDues(ctx context.Context) (bool, error) {
	dues, err := postgres.PendingDues(ctx, c, c.row.ID)
	if err != nil {
		return false, err
	}
	due := dues[:0]
	for _, d := range dues {
		if !d.FiresAt.After(c.now) {
			due = append(due, d)
		}
	}
	if len(due) == 0 {
		return false, nil
	}
	steps, err := postgres.UnsettledSteps(ctx, c, c.row.ID)
	if err != nil {
		return false, err
	}
	byID := map[appraisal.StepID]postgres.Step{}
	for _, s := range steps {
		byID[s.ID] = s
	}
	latest := map[appraisal.StepID]postgres.StepDue{}
	for _, d := range due {
		if d.Kind != appraisal.DueEscalation {
			latest[d.StepID] = d
		}
	}
	for _, d := range due {
		if err := c.fire(ctx, byID[d.StepID], d, latest[d.StepID] == d); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *conducting) fire(ctx context.Context, step postgres.Step, d postgres.StepDue, mail bool) error {
	if err := postgres.MarkDueDone(ctx, c, d, c.now); err != nil {
		return err
	}
	switch d.Kind {
	case appraisal.DueDeadline:
		missed := c.row.Template.Rule(step.Kind).Missed
		if missed != appraisal.MissedWait {
			return c.expire(ctx, step, missed)
		}
		if err := postgres.MarkOverdue(ctx, c, step.ID); err != nil {
			return err
		}
		return c.remind(ctx, mailOverdue, step, 0, mail)
	case appraisal.DueReminder:
		return c.remind(ctx, mailReminder, step, d.Ordinal, mail)
	case appraisal.DueOverdue:
		return c.remind(ctx, mailOverdue, step, d.Ordinal, mail)
	case appraisal.DueEscalation:
		return c.escalate(ctx, step, d.Ordinal)
	}
	return nil
}

func (c *conducting) remind(ctx context.Context, kind string, step postgres.Step, ordinal int, mail bool) error {
	if !mail || step.OwnerID == nil {
		return nil
	}
	return c.notify(ctx, kind, step.ID, step.Kind, *step.OwnerID, ordinal)
}

// expire ends a step whose deadline passed, by rule: the process goes on without it, or silence is consent.
func (c *conducting) expire(ctx context.Context, step postgres.Step, missed appraisal.Missed) error {
	outcome := appraisal.OutcomeAdvanced
	if missed == appraisal.MissedAccept {
		outcome = appraisal.OutcomeAccepted
	}
	ok, err := postgres.CloseStep(ctx, c, step.ID, step.Version, postgres.StepExpired, outcome, c.now)
	if err != nil || !ok {
		return err
	}
	if step.Kind != appraisal.StepPeerAnswer {
		id := c.row.ID
		if err := postgres.Audit(ctx, c, postgres.AuditEvent{At: c.now, Action: "expire_" + string(step.Kind), Appraisal: &id,
			Detail: map[string]any{"outcome": outcome}}); err != nil {
			return err
		}
	}
	switch {
	case step.Kind == appraisal.StepApprovePlan && missed == appraisal.MissedAccept:
		return postgres.DecidePlan(ctx, c, c.row.ID, postgres.PlanApproved, "", postgres.Author{}, c.now)
	case step.Kind == appraisal.StepApprovePeers && missed == appraisal.MissedAccept:
		return c.acceptNominations(ctx)
	case step.Kind == appraisal.StepCalibrate:
		return c.leaveCohort(ctx)
	case step.Kind == appraisal.StepApproveDevelopment && missed == appraisal.MissedAccept:
		return postgres.ApproveDevelopment(ctx, c, c.row.ID, nil, "", postgres.Author{}, c.now)
	}
	return nil
}

// escalate tells the superior of whoever is late, and the second time HR. Of late opinion-givers it tells HR alone: to be told
// as somebody's superior is to be told who has not answered.
func (c *conducting) escalate(ctx context.Context, step postgres.Step, ordinal int) error {
	if ordinal == 1 && step.OwnerID != nil && step.Kind != appraisal.StepPeerAnswer {
		above, err := c.above(ctx, *step.OwnerID)
		if err != nil {
			return err
		}
		if above != nil {
			return c.notify(ctx, mailEscalation, step.ID, step.Kind, *above, ordinal)
		}
	}
	if step.Kind != appraisal.StepCalibrate || c.row.CohortID == nil {
		return c.tellHR(ctx, step.ID, step.Kind, ordinal)
	}
	cohort, err := postgres.GetCohort(ctx, c, *c.row.CohortID) // one session, one mail, however many wait for it
	if err != nil {
		return err
	}
	hr, err := postgres.HolderOfHR(ctx, c, cohort.UnitID)
	if err != nil {
		return err
	}
	return notifyAbout(ctx, c.tx, cohort, mailEscalation, ordinal, hr)
}

// above returns who stands above a late person in this appraisal, and otherwise in the organisation.
func (c *conducting) above(ctx context.Context, late appraisal.PersonID) (*appraisal.PersonID, error) {
	switch {
	case late == c.row.EmployeeID:
		return c.row.AppraiserID, nil
	case c.row.AppraiserID != nil && late == *c.row.AppraiserID && c.row.ReviewerID != nil && *c.row.ReviewerID != late:
		return c.row.ReviewerID, nil
	default:
		return postgres.SuperiorOf(ctx, c, late)
	}
}

// joinCohort records once, under the lock of the cohort's row, that this pipeline waits for its session.
func (c *conducting) joinCohort(ctx context.Context) error {
	if c.row.CohortID == nil {
		return nil
	}
	if err := postgres.MarkCohortReady(ctx, c, c.row.ID, c.now); err != nil {
		return err
	}
	cohort, err := postgres.LockCohortRow(ctx, c, *c.row.CohortID)
	if err != nil {
		return err
	}
	if cohort.Status == postgres.CohortLocked { // late members get a follow-up session
		cohort.Status, cohort.Deadline = postgres.CohortWaiting, nil
		cohort.Round++
	}
	if cohort.Status == postgres.CohortOpen { // a new version: who locks the session has to have seen this member
		return postgres.SetCohort(ctx, c, cohort)
	}
	if cohort.Deadline == nil {
		deadline := c.row.Template.Rule(appraisal.StepCalibrate).Deadline(c.now, c.row.PeriodEnd, c.calendar)
		cohort.Deadline = &deadline
		if err := postgres.SetCohort(ctx, c, cohort); err != nil {
			return err
		}
		if err := c.wake(ctx, appraisal.CalibrationID(c.row.CycleID, cohort.ID)); err != nil {
			return err
		}
	}
	return c.completeCohort(ctx, cohort)
}

// leaveCohort takes a pipeline that goes on without its session out of it: nobody's rating is changed once it is released.
func (c *conducting) leaveCohort(ctx context.Context) error {
	if c.row.CohortID == nil {
		return nil
	}
	if err := postgres.SetCohortRound(ctx, c, []appraisal.AppraisalID{c.row.ID}, 0); err != nil {
		return err
	}
	cohort, err := postgres.LockCohortRow(ctx, c, *c.row.CohortID)
	if err != nil {
		return err
	}
	if cohort.Expected == 0 {
		return c.wake(ctx, appraisal.CalibrationID(c.row.CycleID, cohort.ID))
	}
	return c.completeCohort(ctx, cohort)
}

// completeCohort opens the session once nobody is missing, and wakes the calibration that waits for it. An open session that
// somebody left has a new version: who confirmed it has not seen it so. A cycle that is cancelled loses one member after the
// other: what is left of a cohort is not complete.
func (c *conducting) completeCohort(ctx context.Context, cohort postgres.Cohort) error {
	if cohort.Status == postgres.CohortOpen {
		return postgres.SetCohort(ctx, c, cohort)
	}
	if cohort.CycleStatus == postgres.CycleCancelled || cohort.Status != postgres.CohortWaiting || cohort.Ready == 0 || cohort.Ready < cohort.Expected {
		return nil
	}
	if err := openSession(ctx, c.tx, cohort); err != nil {
		return err
	}
	return c.wake(ctx, appraisal.CalibrationID(c.row.CycleID, cohort.ID))
}
