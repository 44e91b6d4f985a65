package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/workflows"
)

// script answers in the place of the service, for what the real one cannot be brought to do. A stage of "" is a mere look.
type script struct {
	answer func(stage appraisal.Stage) (activities.View, error)
	cohort func() (activities.CohortView, error)
}

func (s *script) EnterStage(_ context.Context, _ appraisal.AppraisalID, stage appraisal.Stage) (activities.View, error) {
	return s.answer(stage)
}

func (s *script) Look(context.Context, appraisal.AppraisalID) (activities.View, error) {
	return s.answer("")
}

func (s *script) LookAtCohort(context.Context, appraisal.CohortID) (activities.CohortView, error) {
	return s.cohort()
}

// scripted returns an environment whose pipelines and calibrations are answered by the script.
func scripted(s *script) (*testsuite.TestWorkflowEnvironment, *asked) {
	env, recorder := newEnvironment()
	env.RegisterActivity(&activities.Appraisal{Conductor: s})
	env.RegisterActivity(&activities.Calibration{Barrier: s})
	return env, recorder.of("default-test-workflow-id")
}

// short is a pipeline of two stages.
var short = workflows.AppraisalInput{Appraisal: "a", First: appraisal.StageTargets,
	Stages: []appraisal.Stage{appraisal.StageTargets, appraisal.StageExecution}, Page: "/penilaian/a"}

// passing says that a stage is settled at once, and that closing ends the pipeline.
func passing(stage appraisal.Stage) (activities.View, error) {
	return activities.View{Stage: stage, Settled: true, Ended: stage == appraisal.StageClosed}, nil
}

// details is the sentence that an operator reads in Temporal's UI.
func details(t *testing.T, env *testsuite.TestWorkflowEnvironment) string {
	t.Helper()
	answer, err := env.QueryWorkflow("__temporal_workflow_metadata")
	must(t, err)
	var metadata sdk.WorkflowMetadata
	must(t, answer.Get(&metadata))
	return metadata.GetCurrentDetails()
}

func TestAFaultThatCannotHealIsShownAndTriedAgainAtTheNextWakeOnly(t *testing.T) {
	for _, code := range []appraisal.Code{appraisal.CodeInvalid, appraisal.CodeUnauthorized, appraisal.CodeForbidden, appraisal.CodeNotFound,
		appraisal.CodeWrongStage, appraisal.CodeKeyReused} {
		t.Run(string(code), func(t *testing.T) {
			mended, tries := false, 0
			env, asked := scripted(&script{answer: func(stage appraisal.Stage) (activities.View, error) {
				tries++
				switch {
				case stage == appraisal.StageTargets && !mended:
					return activities.View{}, appraisal.Fault(code, "error.anything", nil)
				case stage == appraisal.StageExecution:
					return activities.View{Stage: stage, Step: appraisal.StepRecordProgress, Waiting: appraisal.PartyEmployee, Health: appraisal.HealthOnTime}, nil
				case stage == "":
					return passing(appraisal.StageExecution)
				}
				return passing(stage)
			}})
			env.RegisterDelayedCallback(func() {
				if tries != 1 {
					t.Errorf("tried %d times without a wake, want once", tries)
				}
				for _, want := range []string{string(code), workflows.SignalWake, short.Page} {
					if said := details(t, env); !strings.Contains(said, want) {
						t.Errorf("an operator reads %q, which does not name %q", said, want)
					}
				}
				env.SignalWorkflow(workflows.SignalWake, nil)
			}, 100*day)
			env.RegisterDelayedCallback(func() {
				if tries != 2 {
					t.Errorf("tried %d times after a wake that mended nothing, want twice", tries)
				}
				mended = true
				env.SignalWorkflow(workflows.SignalWake, nil)
			}, 200*day)
			env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalWake, nil) }, 300*day)
			env.ExecuteWorkflow(workflows.NameAppraisal, short)
			must(t, env.GetWorkflowError())
			if got := asked.attribute("Health"); !slices.Equal(got, []string{"workflow_error", "on_time"}) {
				t.Errorf("health went through %v, want workflow_error and on_time", got)
			}
			if got := asked.attribute("WaitingOn"); !slices.Equal(got, []string{"hr", "employee"}) {
				t.Errorf("waited on %v, want hr and then the employee", got)
			}
		})
	}
}

const day = 24 * time.Hour

// outage fails every look for six hours.
func outage(env **testsuite.TestWorkflowEnvironment, err error) func() error {
	return func() error {
		if (*env).Now().Before(start.Add(6 * time.Hour)) {
			return err
		}
		return nil
	}
}

func TestAnOutageOfHoursIsWaitedOut(t *testing.T) {
	for name, fault := range map[string]error{
		"the database is down":      errors.New("dial tcp: connection refused"),
		"a part is unavailable":     appraisal.Fault(appraisal.CodeUnavailable, "error.unavailable", nil),
		"somebody else was quicker": appraisal.Fault(appraisal.CodeConflict, "error.step_changed", nil),
	} {
		t.Run("pipeline, "+name, func(t *testing.T) {
			var env *testsuite.TestWorkflowEnvironment
			down, tries := outage(&env, fault), 0
			env, asked := scripted(&script{answer: func(stage appraisal.Stage) (activities.View, error) {
				tries++
				if err := down(); err != nil {
					return activities.View{}, err
				}
				return passing(stage)
			}})
			env.ExecuteWorkflow(workflows.NameAppraisal, short)
			must(t, env.GetWorkflowError())
			if got := asked.attribute("Health"); len(got) > 0 {
				t.Errorf("health went through %v, want nothing: an outage is nobody's to mend in the pipeline", got)
			}
			if tries < 20 || tries > 100 {
				t.Errorf("looked %d times in six hours, want every five minutes at most", tries)
			}
		})
		t.Run("calibration, "+name, func(t *testing.T) {
			var env *testsuite.TestWorkflowEnvironment
			down := outage(&env, fault)
			env, _ = scripted(&script{cohort: func() (activities.CohortView, error) { return activities.CohortView{Done: true}, down() }})
			env.ExecuteWorkflow(workflows.NameCalibration, workflows.CalibrationInput{Cohort: "k"})
			must(t, env.GetWorkflowError())
		})
	}
}

func TestACalibrationOutlivesAFaultThatCannotHeal(t *testing.T) {
	mended := false
	env, asked := scripted(&script{cohort: func() (activities.CohortView, error) {
		if !mended {
			return activities.CohortView{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
		}
		return activities.CohortView{Done: true}, nil
	}})
	wakes(env, day, 2*day)
	env.RegisterDelayedCallback(func() { mended = true }, 36*time.Hour)
	env.ExecuteWorkflow(workflows.NameCalibration, workflows.CalibrationInput{Cohort: "k"})
	must(t, env.GetWorkflowError())
	if got := asked.count("LookAtCohort"); got != 3 {
		t.Errorf("looked %d times, want once, and once for each of two wakes", got)
	}
	if got := asked.attribute("Health"); !slices.Equal(got, []string{"workflow_error", "on_time"}) {
		t.Errorf("health went through %v, want workflow_error and on_time", got)
	}
}

// wakes signals the workflow that is executed next, so long after its start.
func wakes(env *testsuite.TestWorkflowEnvironment, after ...time.Duration) {
	for _, d := range after {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalWake, nil) }, d)
	}
}

func TestAPipelineWithALongHistoryIsStartedAnewBetweenTwoStages(t *testing.T) {
	passed := false // the first stage
	answer := func(stage appraisal.Stage) (activities.View, error) {
		if stage == "" {
			passed = true
		}
		if !passed || stage == appraisal.StageExecution {
			return activities.View{Stage: stage, Step: appraisal.StepDraftPlan, Waiting: appraisal.PartyEmployee, Health: appraisal.HealthOnTime}, nil
		}
		return passing(stage)
	}
	env, asked := scripted(&script{answer: answer})
	env.SetContinueAsNewSuggested(true)
	wakes(env, day)
	env.ExecuteWorkflow(workflows.NameAppraisal, short)
	var again *workflow.ContinueAsNewError
	if !errors.As(env.GetWorkflowError(), &again) {
		t.Fatalf("ended with %v, want to continue as new", env.GetWorkflowError())
	}
	if !slices.Equal(asked.activities, []string{"OpenTargets", "Look"}) {
		t.Errorf("asked for %v before, want the whole first stage and no more", asked.activities)
	}
	input := continued[workflows.AppraisalInput](t, again)
	if input.Appraisal != short.Appraisal || !slices.Equal(input.Stages, short.Stages) {
		t.Errorf("continues with %+v, want the same pipeline", input)
	}
	env, asked = scripted(&script{answer: answer})
	must(t, env.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(
		workflows.AttrStage.ValueSet("targets"), workflows.AttrHealth.ValueSet("waiting_on_person"), workflows.AttrWaitingOn.ValueSet("employee"))))
	wakes(env, day)
	env.ExecuteWorkflow(workflows.NameAppraisal, input)
	must(t, env.GetWorkflowError())
	if !slices.Equal(asked.attributes, []string{"Stage=execution", "Health=on_time"}) {
		t.Errorf("showed %v, want what has changed since the run before", asked.attributes)
	}
}

func TestAPipelineThatFindsItsCyclePausedEntersItsStageAfterTheResume(t *testing.T) {
	paused := true
	var entered []appraisal.Stage
	env, asked := scripted(&script{answer: func(stage appraisal.Stage) (activities.View, error) {
		if stage == appraisal.StageExecution {
			entered = append(entered, stage)
			if paused {
				return activities.View{Stage: appraisal.StageTargets, Paused: true, Waiting: appraisal.PartyHR, Health: appraisal.HealthPaused}, nil
			}
		}
		return passing(stage)
	}})
	wakes(env, day, 3*day)
	env.RegisterDelayedCallback(func() {
		if said := details(t, env); !strings.Contains(said, "paused") {
			t.Errorf("an operator reads %q, which does not say that the cycle is paused", said)
		}
		paused = false
	}, 2*day)
	env.ExecuteWorkflow(workflows.NameAppraisal, short)
	must(t, env.GetWorkflowError())
	if len(entered) != 3 {
		t.Errorf("entered the stage %d times, want at first, at a wake within the pause, and after it", len(entered))
	}
	if asked.count("Look") != 0 {
		t.Error("looked at a stage that it had not entered")
	}
}

func TestManyWakesAtOnceAreOneLook(t *testing.T) {
	looks, enough := 0, false
	env, asked := scripted(&script{answer: func(stage appraisal.Stage) (activities.View, error) {
		if stage == "" {
			looks++
		}
		if enough || stage != "" && stage != appraisal.StageTargets {
			return passing(stage)
		}
		return activities.View{Stage: appraisal.StageTargets, Health: appraisal.HealthOnTime, NextDue: start.Add(300 * day)}, nil
	}})
	env.RegisterDelayedCallback(func() {
		for range 9 {
			env.SignalWorkflowSkippingWorkflowTask(workflows.SignalWake, nil)
		}
		env.SignalWorkflow(workflows.SignalWake, nil)
	}, day)
	env.RegisterDelayedCallback(func() { enough = true }, 2*day)
	wakes(env, 3*day)
	env.ExecuteWorkflow(workflows.NameAppraisal, short)
	must(t, env.GetWorkflowError())
	if looks != 2 {
		t.Errorf("ten wakes at once and one later made %d looks, want one each", looks)
	}
	if len(asked.timers) != 1 {
		t.Errorf("armed %d timers, want the one to stay", len(asked.timers))
	}
}

func TestAWakeAtTheInstantOfTheTimerIsNotLost(t *testing.T) {
	due, done := start.Add(10*day), false
	looked := []time.Duration{}
	var env *testsuite.TestWorkflowEnvironment
	env, _ = scripted(&script{answer: func(stage appraisal.Stage) (activities.View, error) {
		if stage != appraisal.StageTargets && stage != "" {
			return passing(stage)
		}
		looked = append(looked, env.Now().Sub(start))
		if done {
			return passing(appraisal.StageTargets)
		}
		v := activities.View{Stage: appraisal.StageTargets, Health: appraisal.HealthOnTime}
		if env.Now().Before(due) {
			v.NextDue = due
		}
		return v, nil
	}})
	wakes(env, 10*day, 20*day)
	env.RegisterDelayedCallback(func() { done = true }, 15*day)
	env.ExecuteWorkflow(workflows.NameAppraisal, short)
	must(t, env.GetWorkflowError())
	if looked[len(looked)-1] != 20*day || !slices.Contains(looked, 10*day) {
		t.Errorf("looked %v after the start, want at ten days and at the wake of the twentieth", looked)
	}
}
