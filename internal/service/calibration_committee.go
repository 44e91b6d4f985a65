package service

import (
	"context"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// JoinSession records that a member of the committee takes part in an open session.
func (s *Service) JoinSession(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CohortID) (Receipt, error) {
	return s.inSitting(ctx, actor, "join_session", Call{Key: call.Key}, id, nil, func(t *tx, k postgres.Cohort) error {
		return postgres.Attend(ctx, t, k, actor.ID, t.now)
	})
}

// ConfirmSession records that a member of the committee stands behind the session as it is. A change, a new member or another
// rating of the unit makes the confirmation void: it is of one version.
func (s *Service) ConfirmSession(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CohortID) (Receipt, error) {
	return s.inSitting(ctx, actor, "confirm_session", call, id, nil, func(t *tx, k postgres.Cohort) error {
		return postgres.Confirm(ctx, t, k, actor.ID, t.now)
	})
}

// GiveOpinion agrees with a proposal, opposes it, or explains a rating in words. Who appraised the person may only explain.
func (s *Service) GiveOpinion(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CohortID, in SessionOpinion) (Receipt, error) {
	return s.inSitting(ctx, actor, "give_opinion", Call{Key: call.Key}, id, in, func(t *tx, k postgres.Cohort) error {
		member, err := memberOf(ctx, t, id, in.Appraisal)
		if err != nil {
			return err
		}
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{Employee: member.EmployeeID}); err != nil {
			return err
		}
		if err := in.check(actor, member); err != nil {
			return err
		}
		if err := postgres.Attend(ctx, t, k, actor.ID, t.now); err != nil {
			return err
		}
		change := member.ChangeID
		return postgres.AddOpinion(ctx, t, k, change, postgres.Opinion{
			AppraisalID: in.Appraisal, PersonID: actor.ID, Stance: in.Stance, Words: in.Words, GivenAt: t.now,
		})
	})
}

// check names every fault of an opinion: a vote needs a proposal, and to oppose or to explain takes words.
func (in SessionOpinion) check(actor appraisal.Actor, m postgres.Member) error {
	var f appraisal.Faults
	switch {
	case !in.Stance.Valid():
		f.Add("stance", "error.stance", nil)
	case !slices.Contains(appraisal.Stances(actor.ID, text(m.AppraiserID)), in.Stance):
		f.Add("stance", "error.stance_appraiser", nil)
	case in.Stance != appraisal.StanceExplain && m.ChangeID == nil:
		f.Add("stance", "error.stance_no_proposal", nil)
	}
	if err := f.Err(); err != nil {
		return err
	}
	if in.Stance == appraisal.StanceAgree {
		return appraisal.LimitReason("words", in.Words)
	}
	return appraisal.RequireReason("words", in.Words)
}

// inSitting performs an act of the committee on an open session that leaves the session's version as it is.
func (s *Service) inSitting(ctx context.Context, actor appraisal.Actor, name string, call Call, id appraisal.CohortID, in any,
	do func(t *tx, k postgres.Cohort) error) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: name, subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		k, err := openCohort(ctx, t, id, call)
		if err != nil {
			return Receipt{}, err
		}
		if err := do(t, k); err != nil {
			return Receipt{}, err
		}
		detail := map[string]any{"cohort": id, "round": k.Round, "version": k.Version}
		return Receipt{ID: string(id), At: t.now, Next: appraisal.PartyCommittee}, s.auditCycle(ctx, t, actor, name, k.CycleID, detail)
	})
}

// committeeOf returns who of the committee takes part in a session, and whether enough of them stand behind it as it is.
func (s *Service) committeeOf(ctx context.Context, q postgres.Querier, actor appraisal.Actor, k postgres.Cohort) (Committee, error) {
	policy, err := s.policyOf(ctx, q, k.CycleID)
	if err != nil {
		return Committee{}, err
	}
	people, err := postgres.Committee(ctx, q, k)
	if err != nil {
		return Committee{}, err
	}
	view := Committee{People: []CommitteeMember{}}
	for _, p := range people {
		member := CommitteeMember{Name: p.Name, Mine: p.PersonID == actor.ID, JoinedAt: p.JoinedAt, Confirms: confirms(p, k)}
		if member.Confirms {
			member.ConfirmedAt = p.ConfirmedAt
			view.Confirmed++
		}
		member.Outdated = p.Confirmed != nil && !member.Confirms && k.Status == postgres.CohortOpen
		if p.Holds {
			view.Size++
		}
		view.People = append(view.People, member)
	}
	view.Needed, view.Reachable = policy.Calibration.Quorum(view.Size)
	return view, nil
}
