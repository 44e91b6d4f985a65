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
	plot  plot
	cycle service.Cycle
	cast  []postgres.Participant

	asking sync.Mutex
}

// plot is what the story of one cycle is about.
type plot struct {
	code, name, template, policy string
	units                        []string // empty: all
	days                         int      // of the period
	scored                       bool     // the policy calculates
}

var (
	// wholeOffice is the year of everybody.
	wholeOffice = plot{code: "peragaan", name: "Penilaian kinerja peragaan", template: "tahunan", days: 110}
	// scoredDivision is a quarter of HR's own division, where scores are tried out.
	scoredDivision = plot{
		code: "uji-nilai", name: "Uji coba penilaian triwulan dengan nilai", template: "triwulan", policy: "pp30-2019",
		units: []string{"BKPSDM.3"}, days: 91, scored: true,
	}
)

// How far each agency has come; the others are in the middle of their self-reviews.
var reached = map[string]appraisal.Stage{
	"SETDA": appraisal.StageDevelopment, "BKPSDM": appraisal.StageDevelopment,
	"DISKOMINFO": appraisal.StageCalibration, "BAPPEDA": appraisal.StageCalibration, "INSP": appraisal.StageCalibration,
	"DISDUKCAPIL": appraisal.StageAppraiserReview, "DPMPTSP": appraisal.StageAppraiserReview, "DINSOS": appraisal.StageAppraiserReview,
	"DINKES": appraisal.StagePeerReview, "DISDIK": appraisal.StagePeerReview,
}

// late says who of everybody hangs back: some at their plan, some at their self-review; of the quarter, a group at the review.
func (st *story) late(i int) (appraisal.Stage, bool) {
	switch {
	case st.plot.scored:
		return appraisal.StageAppraiserReview, st.cast[i].PositionKind == appraisal.PositionPelaksana
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
	if last, is := st.late(i); is && stage.Order() >= last.Order() {
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

// pace is how soon after the period an agency gets to its steps. Everybody's deadlines are kept by then or still to come.
type pace int

const (
	brisk pace = iota
	steady
	slow
)

func paceOf(agency string) pace {
	switch reached[agency] {
	case appraisal.StageDevelopment, appraisal.StageCalibration:
		return brisk
	case appraisal.StagePeerReview:
		return slow
	default:
		return steady
	}
}

// scene is an act that everybody does on a day after the period's end, each agency at its own pace.
type scene struct {
	days [slow + 1]int
	act  func(ctx context.Context, i int, p postgres.Participant) error
}

// today is how many days after the end of its period the story has come to the present.
const today = 21

func (st *story) tell(ctx context.Context) error {
	now := time.Now().In(st.zone)
	end := time.Date(now.Year(), now.Month(), now.Day(), 9, 0, 0, 0, st.zone).AddDate(0, 0, -today)
	begin := end.AddDate(0, 0, -st.plot.days)
	defer st.clock.set(time.Now())
	if err := st.launch(ctx, begin, end); err != nil {
		return err
	}
	for _, planning := range []struct {
		at  time.Time
		act func(ctx context.Context, i int, p postgres.Participant) error
	}{
		{begin.AddDate(0, 0, 5), st.draftPlan},
		{begin.AddDate(0, 0, 9), st.approvePlan},
		{begin.AddDate(0, 0, 12), st.draftPlan}, // those who were sent back
		{begin.AddDate(0, 0, 14), st.approvePlan},
		{begin.AddDate(0, 0, 50), st.recordProgress},
		{begin.AddDate(0, 0, 60), st.coach},
		{begin.AddDate(0, 0, 60), st.proposeChange},
		{begin.AddDate(0, 0, 62), st.answerChange},
		{begin.AddDate(0, 0, 70), st.learn},
		{end.AddDate(0, 0, -3), st.recordProgress},
		{end.AddDate(0, 0, 1), st.conduct}, // the execution window has closed
	} {
		st.clock.set(planning.at)
		if err := st.everybody(ctx, planning.act); err != nil {
			return err
		}
	}
	for day := 1; day < today; day++ {
		st.clock.set(end.AddDate(0, 0, day))
		if err := st.playDay(ctx, day); err != nil {
			return err
		}
	}
	if !st.plot.scored {
		if err := st.correctService(ctx); err != nil {
			return err
		}
	}
	st.clock.set(time.Now())
	return st.everybody(ctx, st.conduct)
}

func (st *story) playDay(ctx context.Context, day int) error {
	if day == 11 {
		if err := st.calibrate(ctx); err != nil {
			return err
		}
	}
	for _, scene := range []scene{
		{[...]int{2, 4, 6}, st.reviewSelf},
		{[...]int{3, 6, 10}, st.nominatePeers},
		{[...]int{4, 8, 14}, st.approvePeers},
		{[...]int{6, 13, 17}, st.answerPeers},
		{[...]int{8, 17, 20}, st.review},
		{[...]int{13, 19, 20}, st.hearResult},
		{[...]int{14, 20, 20}, st.answerObjection},
		{[...]int{16, 20, 20}, st.decideObjection},
		{[...]int{17, 20, 20}, st.approveDevelopment},
		{[...]int{18, 20, 20}, st.speak},
	} {
		err := st.everybody(ctx, func(ctx context.Context, i int, p postgres.Participant) error {
			if scene.days[paceOf(p.Agency)] != day {
				return nil
			}
			return scene.act(ctx, i, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// launch starts the cycle's record. Its workflow, which the queued wake starts, finds every pipeline where the story left it.
func (st *story) launch(ctx context.Context, begin, end time.Time) error {
	st.clock.set(begin)
	c, err := st.CreateCycle(ctx, operator, service.Call{}, service.NewCycle{
		Code: st.plot.code, Name: st.plot.name + " " + fmt.Sprint(end.Year()), TemplateName: st.plot.template, Policy: st.plot.policy, Units: st.plot.units,
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
			return nil
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

// calibrate locks the sessions of the agencies that have come so far: one of the committee confirms, the chair locks.
func (st *story) calibrate(ctx context.Context) error {
	committee, err := st.committee(ctx)
	if err != nil {
		return err
	}
	cohorts, err := postgres.CohortsOf(ctx, st.db, st.cycle.ID)
	if err != nil {
		return err
	}
	if err := st.rateUnits(ctx, cohorts); err != nil {
		return err
	}
	for _, k := range cohorts {
		if last, known := reached[agency(k.UnitCode)]; known && k.Status == postgres.CohortOpen && last.Order() >= appraisal.StageCalibration.Order() {
			if err := st.deliberate(ctx, committee, k); err != nil {
				return err
			}
		}
		if k.Status != postgres.CohortOpen || !st.plot.scored && reached[agency(k.UnitCode)] != appraisal.StageDevelopment {
			continue
		}
		for _, member := range committee[1:] {
			if _, err := st.ConfirmSession(ctx, member, service.Call{}, k.ID); err != nil {
				return err
			}
		}
		lock := service.Lock{Justification: "Sebaran mencerminkan capaian kinerja organisasi pada periode ini."}
		if _, err := st.LockCohort(ctx, committee[0], service.Call{}, k.ID, lock); err != nil {
			return err
		}
	}
	return nil
}

// committee returns its members, the chair first.
func (st *story) committee(ctx context.Context) ([]appraisal.Actor, error) {
	var members []appraisal.Actor
	for _, unit := range []string{"INSP", "BKPSDM", "BAPPEDA"} {
		id, err := postgres.HeadOf(ctx, st.db, unit)
		if err != nil {
			return nil, err
		}
		members = append(members, appraisal.Actor{ID: id, Roles: []appraisal.Role{appraisal.RoleCommittee}})
	}
	return members, nil
}
