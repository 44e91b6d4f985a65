package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Cohorts lists the calibration cohorts of a cycle with their counts and breaches, without the members. As in Cohort, a reader who
// has not been told the result is left out of every figure.
func (s *Service) Cohorts(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
		return nil, err
	}
	var list []Cohort
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		list, err = s.cohortList(ctx, q, actor, cycle)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cohorts of cycle %s: %w", cycle, err)
	}
	return list, nil
}

func (s *Service) cohortList(ctx context.Context, q postgres.Querier, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	if err := knownCycle(ctx, q, cycle); err != nil {
		return nil, err
	}
	rows, err := postgres.CohortsOf(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	counted, err := postgres.CohortCounts(ctx, q, cycle, actor.ID)
	if err != nil {
		return nil, err
	}
	counts := map[appraisal.CohortID]map[appraisal.Predikat]int{}
	for _, n := range counted {
		if n.Stage != nil && !appraisal.KnowsRating(actor, actor.ID, told(*n.Stage)) {
			continue
		}
		if counts[n.CohortID] == nil {
			counts[n.CohortID] = map[appraisal.Predikat]int{}
		}
		counts[n.CohortID][n.Predikat] += n.People
	}
	list := make([]Cohort, len(rows))
	for i, k := range rows {
		if list[i], err = s.cohortOf(ctx, q, k, counts[k.ID]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// told reports whether somebody at the stage has been told their result.
func told(stage appraisal.Stage) bool {
	return stage.Order() >= appraisal.StageResult.Order() && stage != appraisal.StageWithdrawn
}

// cohortOf returns a cohort without members, with what its counts say about the guideline.
func (s *Service) cohortOf(ctx context.Context, q postgres.Querier, k postgres.Cohort, counts map[appraisal.Predikat]int) (Cohort, error) {
	policy, err := s.policyOf(ctx, q, k.CycleID)
	if err != nil {
		return Cohort{}, err
	}
	if counts == nil {
		counts = map[appraisal.Predikat]int{}
	}
	view := Cohort{
		ID: k.ID, CycleID: k.CycleID, CycleName: k.CycleName, Unit: k.UnitName, UnitID: k.UnitID, Level: k.PositionLevel,
		Status: k.Status, Round: k.Round, Expected: k.Expected, Ready: k.Ready, Deadline: k.Deadline, LockedAt: k.LockedAt, Rules: rulesOf(policy), Rating: k.Rating,
		Justification: k.Justification, Version: k.Version, Members: []CohortMember{}, Before: map[appraisal.Predikat]int{}, Counts: counts,
		Guidelines: policy.Guidelines(k.Rating, counts), Breaches: policy.CheckDistribution(k.Rating, counts), Appraisers: []Severity{},
		Committee: Committee{People: []CommitteeMember{}}, Sessions: []LockedSession{},
	}
	if view.Guidelines == nil {
		view.Guidelines = []appraisal.GuidelineCheck{}
	}
	if view.Breaches == nil {
		view.Breaches = []appraisal.Breach{}
	}
	return view, nil
}

// Cohort reads one cohort as the committee sees it. Counts and guidelines are those that the lock will check: over everybody who
// has reached the session, with its changes applied, against the guideline for the rating of the unit where the cohort ended up.
// A reader who is a member and has not been told the result finds their own cell empty and is left out of every figure, from
// which they could otherwise work it out; the lock counts them all the same.
func (s *Service) Cohort(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID) (Cohort, error) {
	if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
		return Cohort{}, err
	}
	var view Cohort
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		k, err := postgres.GetCohort(ctx, q, id)
		if err != nil {
			return err
		}
		members, err := postgres.Members(ctx, q, id)
		if err != nil {
			return err
		}
		shown := slices.DeleteFunc(slices.Clone(members), func(m postgres.Member) bool { return untold(actor, m) })
		if view, err = s.cohortOf(ctx, q, k, countPredikats(shown)); err != nil {
			return err
		}
		view.WithoutReader, view.Before = len(shown) < len(members), countBefore(shown)
		policy, err := s.policyOf(ctx, q, k.CycleID)
		if err != nil {
			return err
		}
		view.Appraisers = severities(shown, policy.Calibration.SmallGroup)
		for _, m := range members {
			if !left(m) {
				view.Members = append(view.Members, memberView(actor, m))
			}
		}
		if err := countOpinions(ctx, q, id, members, &view); err != nil {
			return err
		}
		if view.Committee, err = s.committeeOf(ctx, q, actor, k); err != nil {
			return err
		}
		view.Sessions, err = lockedSessions(ctx, q, id, view.WithoutReader)
		return err
	})
	if err == nil {
		err = s.note(ctx, actor, postgres.AuditEvent{Action: actionReadCohort, Subject: "cohort/" + string(id)})
	}
	if err != nil {
		return Cohort{}, fmt.Errorf("cohort %s: %w", id, err)
	}
	return view, nil
}

// untold reports whether the reader is the member and has not been told the result yet.
func untold(actor appraisal.Actor, m postgres.Member) bool {
	return !appraisal.KnowsRating(actor, m.EmployeeID, told(m.Stage))
}

// lockedSessions returns what held at each lock; the figures are left out for a reader who is among those that they count.
func lockedSessions(ctx context.Context, q postgres.Querier, id appraisal.CohortID, withoutFigures bool) ([]LockedSession, error) {
	rows, err := postgres.LockedSessions(ctx, q, id)
	list := make([]LockedSession, len(rows))
	for i, r := range rows {
		list[i] = LockedSession{
			Round: r.Round, LockedAt: r.LockedAt, LockedBy: r.LockedBy, Rating: r.Rating, Justification: r.Justification, Committee: r.Committee,
			Needed: r.Needed, Confirmed: r.Confirmed, Guidelines: []appraisal.GuidelineCheck{},
		}
		if withoutFigures {
			continue
		}
		if err := json.Unmarshal(r.Guidelines, &list[i].Guidelines); err != nil {
			return nil, fmt.Errorf("guidelines of session %d: %w", r.Round, err)
		}
		if list[i].Guidelines == nil {
			list[i].Guidelines = []appraisal.GuidelineCheck{}
		}
	}
	return list, err
}

// countOpinions tells how many agree with what is proposed now, oppose it, and have explained a rating.
func countOpinions(ctx context.Context, q postgres.Querier, id appraisal.CohortID, members []postgres.Member, view *Cohort) error {
	opinions, err := postgres.Opinions(ctx, q, id, "")
	if err != nil {
		return err
	}
	proposed := map[appraisal.AppraisalID]string{}
	for _, m := range members {
		proposed[m.AppraisalID] = text(m.ChangeID)
	}
	for i := range view.Members {
		m := &view.Members[i]
		if m.Before == nil { // what is said about the reader's own rating is not for them
			continue
		}
		latest := map[appraisal.PersonID]appraisal.Stance{}
		for _, o := range opinions {
			switch {
			case o.AppraisalID != m.Appraisal:
			case o.Stance == appraisal.StanceExplain:
				m.Explained++
			case o.ChangeID != nil && *o.ChangeID == proposed[m.Appraisal]:
				latest[o.PersonID] = o.Stance
			}
		}
		for _, stance := range latest {
			if stance == appraisal.StanceAgree {
				m.Agreed++
			} else {
				m.Opposed++
			}
		}
	}
	return nil
}

// left reports whether somebody was withdrawn before being calibrated.
func left(m postgres.Member) bool { return m.EndedAt != nil && m.CohortRound == nil }

func memberView(actor appraisal.Actor, m postgres.Member) CohortMember {
	view := CohortMember{
		Appraisal: m.AppraisalID, Name: m.Name, Position: m.Position, Appraiser: text(m.Appraiser),
		Appraised: m.AppraiserID != nil && *m.AppraiserID == actor.ID, Ready: m.CohortReadyAt != nil, Round: m.CohortRound,
	}
	if untold(actor, m) || !view.Ready {
		return view
	}
	view.Before = cellOf(m.WorkResult, m.Behaviour, m.Predikat, scoresOf(m.Score, m.WorkResultScore, m.BehaviourScore, m.Innovation, m.InnovationNote))
	view.After = cellOf(m.NewWorkResult, m.NewBehaviour, m.NewPredikat,
		scoresOf(m.NewScore, m.NewWorkResultScore, m.NewBehaviourScore, m.NewInnovation, m.NewInnovationNote))
	view.Reason, view.ChangedBy = text(m.Reason), text(m.ChangedBy)
	return view
}

func cellOf(workResult, behaviour *appraisal.Expectation, predikat *appraisal.Predikat, scores *Scores) *Cell {
	if predikat == nil {
		return nil
	}
	return &Cell{WorkResult: *workResult, Behaviour: *behaviour, Predikat: *predikat, Scores: scores}
}

func knownCycle(ctx context.Context, q postgres.Querier, id appraisal.CycleID) error {
	_, err := postgres.CycleUnits(ctx, q, id)
	return err
}
