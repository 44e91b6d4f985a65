package service

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// The first page tells what changed lately: far enough back for somebody who was away for two weeks, and no more than fits on a phone.
const (
	newsMemory = 14 * 24 * time.Hour
	newsLimit  = 8
)

// newsworthy lists the acts of the trail that somebody else has to know of. What a session of calibration deliberates, what lies
// on a desk, and everything about opinion-givers' answers are not among them.
var newsworthy = []string{
	"submit_plan", "decide_plan", "expire_draft_plan", "expire_approve_plan",
	"propose_plan_change", "agree_plan_change", "decline_plan_change", "withdraw_plan_change", "lapse_plan_change",
	"add_progress", "give_feedback", "complete_execution", "expire_record_progress",
	"submit_self_review", "expire_self_review", "nominate_peers", "decide_peers", "extend_peers",
	"submit_review", "acknowledge_result", "expire_acknowledge_result",
	"object", "answer_objection", "decide_objection", "expire_decide_objection",
	"approve_development", "expire_approve_development", "join", "withdraw", "correct_tenure",
}

// newsStages are the stages that people have waited for, and that no act of a person tells of.
var newsStages = []appraisal.Stage{appraisal.StageResult, appraisal.StageClosed}

// News is something that happened in an appraisal of the reader's own or of their team. The words that were written are read there.
type News struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	CycleName string                `json:"cycle_name"`
	Appraisee string                `json:"appraisee"`
	AboutSelf bool                  `json:"about_self"`
	At        time.Time             `json:"at"`
	Action    string                `json:"action"`              // translation key below "timeline."
	Actor     string                `json:"actor"`               // empty for the system
	ActorFor  string                `json:"actor_for,omitempty"` // whom the actor stood in for
	Stage     appraisal.Stage       `json:"stage,omitempty"`
	Outcome   appraisal.Outcome     `json:"outcome,omitempty"`
}

func (s *Service) news(ctx context.Context, actor appraisal.Actor) ([]News, error) {
	rows, err := postgres.NewsFor(ctx, s.db, actor.ID, newsworthy, newsStages, s.clock().Add(-newsMemory), newsLimit)
	if err != nil {
		return nil, err
	}
	list := make([]News, len(rows))
	for i, r := range rows {
		list[i] = News{
			Appraisal: r.AppraisalID, CycleName: r.CycleName, Appraisee: r.Appraisee, AboutSelf: r.EmployeeID == actor.ID,
			At: r.At, Action: r.Action, Actor: text(r.Actor), ActorFor: text(r.ActorFor), Stage: r.Stage, Outcome: appraisal.Outcome(r.Outcome),
		}
	}
	return list, nil
}
