package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Acts of reading what is about others. Each is a line of the trail once within readAgain, however often the page is opened.
const (
	actionReadAppraisal = "read_appraisal"
	actionReadPlan      = "read_plan"
	actionReadDocument  = "read_document"
	actionReadFile      = "read_file"
	actionReadHistory   = "read_history"
	actionReadResults   = "read_results"
	actionReadCohort    = "read_cohort"
	actionReadMember    = "read_session_member"
	actionReadTrail     = "read_trail"
)

// readAgain is how long a line about a reading stands for the same reading again.
const readAgain = 15 * time.Minute

// noteReading tells the trail that somebody has read another person's appraisal. What one reads about oneself leaves no line. It is
// called before the answer goes out: what cannot be told is not shown.
func (s *Service) noteReading(ctx context.Context, actor appraisal.Actor, action string, row postgres.Appraisal, subject string) error {
	if actor.ID == row.EmployeeID {
		return nil
	}
	return s.note(ctx, asReader(actor, row), postgres.AuditEvent{Action: action, Appraisal: &row.ID, Subject: subject})
}

// asReader returns the actor with whom they stand in for, where that alone is why they may read an appraisal.
func asReader(actor appraisal.Actor, row postgres.Appraisal) appraisal.Actor {
	alone := actor
	if alone.For = nil; appraisal.Can(alone, appraisal.ActionReadAppraisal, row.Subject()) != nil {
		actor.Behalf = row.Subject().Capacity(actor)
	}
	return actor
}

func (s *Service) note(ctx context.Context, actor appraisal.Actor, e postgres.AuditEvent) error {
	e.At, e.Actor, e.OnBehalfOf, e.Network = s.clock().UTC().Truncate(time.Microsecond), actor.Person(), actor.OnBehalfOf(), actor.Network
	if err := postgres.AuditReading(ctx, s.db, e, readAgain); err != nil {
		return fmt.Errorf("tell the trail of a reading: %w", err)
	}
	return nil
}
