package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// SessionMember reads everything that was proposed and said about one member's rating.
func (s *Service) SessionMember(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID, who appraisal.AppraisalID) (MemberHistory, error) {
	if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
		return MemberHistory{}, err
	}
	var view MemberHistory
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		view, err = memberHistory(ctx, q, actor, id, who)
		return err
	})
	if err == nil {
		err = s.note(ctx, actor, postgres.AuditEvent{Action: actionReadMember, Appraisal: &who, Subject: "cohort/" + string(id)})
	}
	if err != nil {
		return MemberHistory{}, fmt.Errorf("member %s of cohort %s: %w", who, id, err)
	}
	return view, nil
}

func memberHistory(ctx context.Context, q postgres.Querier, actor appraisal.Actor, id appraisal.CohortID, who appraisal.AppraisalID) (MemberHistory, error) {
	k, err := postgres.GetCohort(ctx, q, id)
	if err != nil {
		return MemberHistory{}, err
	}
	members, err := postgres.Members(ctx, q, id)
	if err != nil {
		return MemberHistory{}, err
	}
	i := slices.IndexFunc(members, func(m postgres.Member) bool { return m.AppraisalID == who && !left(m) })
	switch {
	case i < 0:
		return MemberHistory{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_in_session", nil)
	case untold(actor, members[i]):
		return MemberHistory{}, appraisal.Fault(appraisal.CodeForbidden, "error.calibrate_self", nil)
	}
	m := members[i]
	view := MemberHistory{
		Cohort: id, Unit: k.UnitName, Level: k.PositionLevel, Status: k.Status, Member: memberView(actor, m), Proposals: []Proposal{},
		Opinions: []Opinion{}, Stances: []appraisal.Stance{},
	}
	if k.Status == postgres.CohortOpen && inSession(m) && appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{Employee: m.EmployeeID}) == nil {
		view.Stances = appraisal.Stances(actor.ID, text(m.AppraiserID))
		if m.ChangeID == nil {
			view.Stances = []appraisal.Stance{appraisal.StanceExplain}
		}
	}
	proposals, err := postgres.Proposals(ctx, q, id, who)
	if err != nil {
		return MemberHistory{}, err
	}
	for _, p := range proposals {
		view.Proposals = append(view.Proposals, Proposal{
			ID: p.ID, Round: p.Round, Reason: p.Reason,
			Cell: Cell{
				WorkResult: p.WorkResult, Behaviour: p.Behaviour, Predikat: p.Predikat,
				Scores: scoresOf(p.Score, p.WorkResultScore, p.BehaviourScore, p.Innovation, p.InnovationNote),
			},
			ProposedBy: p.ProposedBy, ProposedAt: p.ProposedAt, Ended: p.EndedHow, EndedBy: text(p.EndedBy), EndedAt: p.EndedAt,
		})
	}
	opinions, err := postgres.Opinions(ctx, q, id, who)
	for _, o := range opinions {
		view.Opinions = append(view.Opinions, Opinion{Proposal: text(o.ChangeID), By: o.Name, Stance: o.Stance, Words: o.Words, At: o.GivenAt})
	}
	return view, err
}
