package demo

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// story lets the people of the demonstration act through the past months.
type story struct {
	*service.Service
	db    *pgxpool.Pool
	clock *clock
	zone  *time.Location
	cycle service.Cycle
	cast  []postgres.Participant

	asking sync.Mutex
}

// How far each agency has come; the others are in the middle of their self-reviews.
var reached = map[string]appraisal.Stage{
	"SETDA": appraisal.StageDevelopment, "BKPSDM": appraisal.StageDevelopment,
	"DISKOMINFO": appraisal.StageCalibration, "BAPPEDA": appraisal.StageCalibration, "INSP": appraisal.StageCalibration,
	"DISDUKCAPIL": appraisal.StageAppraiserReview, "DPMPTSP": appraisal.StageAppraiserReview, "DINSOS": appraisal.StageAppraiserReview,
	"DINKES": appraisal.StagePeerReview, "DISDIK": appraisal.StagePeerReview,
}

// late says who of everybody hangs back: some at their plan, some at their self-review.
func late(i int) (appraisal.Stage, bool) {
	switch {
	case i%97 == 41:
		return appraisal.StageTargets, true
	case i%23 == 7:
		return appraisal.StageSelfReview, true
	default:
		return "", false
	}
}

// goes reports whether somebody's story passes beyond a stage.
func (st *story) goes(i int, stage appraisal.Stage) bool {
	if last, is := late(i); is && stage.Order() >= last.Order() {
		return false
	}
	last, known := reached[st.cast[i].Agency]
	if !known {
		last = appraisal.StageSelfReview
	}
	if stage.Order() == last.Order() { // half of an agency has done its present step
		return i%2 == 0 && stage != appraisal.StageCalibration
	}
	return stage.Order() < last.Order()
}

func (st *story) tell(ctx context.Context) error {
	now := time.Now().In(st.zone)
	end := time.Date(now.Year(), now.Month(), now.Day(), 9, 0, 0, 0, st.zone).AddDate(0, 0, -38)
	begin := end.AddDate(0, 0, -110)
	defer st.clock.set(time.Now())
	if err := st.launch(ctx, begin, end); err != nil {
		return err
	}
	chapters := []struct {
		at   time.Time
		tell func(ctx context.Context, i int, p postgres.Participant) error
	}{
		{begin.AddDate(0, 0, 5), st.draftPlan},
		{begin.AddDate(0, 0, 9), st.approvePlan},
		{begin.AddDate(0, 0, 12), st.draftPlan}, // those who were sent back
		{begin.AddDate(0, 0, 14), st.approvePlan},
		{begin.AddDate(0, 0, 50), st.recordProgress},
		{end.AddDate(0, 0, -3), st.recordProgress},
		{end.AddDate(0, 0, 2), st.conduct}, // the execution window has closed
		{end.AddDate(0, 0, 5), st.reviewSelf},
		{end.AddDate(0, 0, 7), st.nominatePeers},
		{end.AddDate(0, 0, 9), st.approvePeers},
		{end.AddDate(0, 0, 13), st.answerPeers},
		{end.AddDate(0, 0, 20), st.review},
	}
	for _, chapter := range chapters {
		st.clock.set(chapter.at)
		if err := st.everybody(ctx, chapter.tell); err != nil {
			return err
		}
	}
	st.clock.set(end.AddDate(0, 0, 27))
	if err := st.calibrate(ctx); err != nil {
		return err
	}
	st.clock.set(end.AddDate(0, 0, 32))
	if err := st.everybody(ctx, st.hearResult); err != nil {
		return err
	}
	st.clock.set(end.AddDate(0, 0, 35))
	if err := st.everybody(ctx, st.approveDevelopment); err != nil {
		return err
	}
	st.clock.set(time.Now())
	return st.everybody(ctx, st.conduct)
}

// launch starts the cycle's record. Its workflow, which the queued wake starts, finds every pipeline where the story left it.
func (st *story) launch(ctx context.Context, begin, end time.Time) error {
	st.clock.set(begin)
	c, err := st.CreateCycle(ctx, operator, service.Call{}, service.NewCycle{
		Code: "peragaan", Name: "Penilaian kinerja peragaan " + fmt.Sprint(end.Year()), TemplateName: "tahunan",
		PeriodStart: begin.Format(time.DateOnly), PeriodEnd: end.Format(time.DateOnly),
	})
	if err != nil {
		return err
	}
	if _, err := st.Launch(ctx, operator, service.Call{}, c.ID); err != nil {
		return err
	}
	if _, err := st.Enrol(ctx, c.ID); err != nil {
		return err
	}
	st.cycle = c
	if st.cast, err = postgres.Participants(ctx, st.db, c.ID); err != nil {
		return err
	}
	return each(ctx, st.cast, func(ctx context.Context, _ int, p postgres.Participant) error {
		_, err := st.EnterStage(ctx, p.ID, c.FirstStage)
		return err
	})
}

// everybody lets all people act, superiors before their people, because targets lead down from them.
func (st *story) everybody(ctx context.Context, act func(ctx context.Context, i int, p postgres.Participant) error) error {
	for start := 0; start < len(st.cast); {
		stop := start
		for stop < len(st.cast) && st.cast[stop].Depth == st.cast[start].Depth {
			stop++
		}
		offset := start
		if err := each(ctx, st.cast[start:stop], func(ctx context.Context, i int, p postgres.Participant) error {
			if err := act(ctx, offset+i, p); err != nil {
				return fmt.Errorf("act of participant %d: %w", offset+i, err)
			}
			return st.conduct(ctx, offset+i, p)
		}); err != nil {
			return err
		}
		start = stop
	}
	return nil
}

// conduct does for one pipeline what its workflow will do from now on: look, and enter the next stage when one is settled.
func (st *story) conduct(ctx context.Context, _ int, p postgres.Participant) error {
	for {
		view, err := st.Look(ctx, p.ID)
		if err != nil || !view.Settled || view.Ended {
			return err
		}
		next, err := st.after(view)
		if err != nil {
			return err
		}
		if _, err := st.EnterStage(ctx, p.ID, next); err != nil {
			return err
		}
	}
}

func (st *story) after(view service.View) (appraisal.Stage, error) {
	if view.Stage == appraisal.StageResult && view.Outcome == appraisal.OutcomeObjected {
		return appraisal.StageObjection, nil
	}
	stages := append(slices.Clone(st.cycle.Template.Stages), appraisal.StageClosed)
	for _, s := range stages {
		if s.Order() > view.Stage.Order() {
			return s, nil
		}
	}
	return "", fmt.Errorf("%w: nothing follows %s", errStory, view.Stage)
}

// calibrate locks the sessions of the agencies that have come so far, each with one change.
func (st *story) calibrate(ctx context.Context) error {
	committee, err := postgres.HeadOf(ctx, st.db, "INSP")
	if err != nil {
		return err
	}
	chair := appraisal.Actor{ID: committee, Roles: []appraisal.Role{appraisal.RoleCommittee}}
	cohorts, err := postgres.CohortsOf(ctx, st.db, st.cycle.ID)
	if err != nil {
		return err
	}
	for _, k := range cohorts {
		if k.Status == postgres.CohortOpen && reached[agency(k.UnitCode)] == appraisal.StageDevelopment {
			lock := service.Lock{Justification: "Sebaran mencerminkan capaian kinerja organisasi pada periode ini."}
			if _, err := st.LockCohort(ctx, chair, service.Call{}, k.ID, lock); err != nil {
				return err
			}
		}
	}
	return nil
}
