package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// scale is how large a run is: all 590 people with windows of a minute and more, or two agencies with shorter ones.
type scale struct {
	units    []string
	window   time.Duration
	patience time.Duration
}

func size() scale {
	if os.Getenv("TELAAH_E2E") == "full" {
		return scale{nil, 90 * time.Second, 50 * time.Minute}
	}
	return scale{[]string{"BKPSDM", "DISDUKCAPIL"}, 10 * time.Second, 8 * time.Minute}
}

// template gives every step the same window. Who does not plan is waited for; everything else goes on by rule, but for what only
// a superior or the committee can do.
func template(window time.Duration) *appraisal.Template {
	seconds := int(window.Seconds())
	part := func(n int) appraisal.Window { return appraisal.Window{Seconds: max(1, seconds*n/4)} }
	t := &appraisal.Template{Name: "e2e", Stages: []appraisal.Stage{appraisal.StageTargets, appraisal.StageExecution, appraisal.StageSelfReview,
		appraisal.StagePeerReview, appraisal.StageAppraiserReview, appraisal.StageCalibration, appraisal.StageResult, appraisal.StageDevelopment}}
	add := func(missed appraisal.Missed, kinds ...appraisal.StepKind) {
		for _, kind := range kinds {
			rule := appraisal.StepRule{Step: kind, Window: appraisal.Window{Seconds: seconds}, Missed: missed, Before: []appraisal.Window{part(1)}}
			if missed == appraisal.MissedWait {
				rule.After, rule.Escalation = []appraisal.Window{part(2)}, []appraisal.Window{part(1), part(4)}
			}
			t.Steps = append(t.Steps, rule)
		}
	}
	add(appraisal.MissedWait, appraisal.StepDraftPlan, appraisal.StepApprovePlan, appraisal.StepAppraiserReview, appraisal.StepCalibrate,
		appraisal.StepDecideObjection)
	add(appraisal.MissedAdvance, appraisal.StepRecordProgress, appraisal.StepSelfReview, appraisal.StepNominatePeers,
		appraisal.StepPeerAnswer, appraisal.StepAnswerObjection)
	add(appraisal.MissedAccept, appraisal.StepApprovePeers, appraisal.StepAcknowledgeResult, appraisal.StepApproveDevelopment)
	return t
}

// begin installs, imports the 590 and launches a cycle by HTTP. It returns the script that plays it.
func begin(t *testing.T, s scale) *script {
	t.Helper()
	i := install(t)
	i.importOffice()
	o := i.open()
	play := &script{office: o, window: s.window, doing: map[string]bool{}, withdrawn: map[string]bool{}}
	var hr, committee string
	must(t, i.db.QueryRow(t.Context(), `select p.email from unit u join person p on p.id = u.head_id where u.code = 'BKPSDM.3'`).Scan(&hr))
	must(t, i.db.QueryRow(t.Context(), `select p.email from unit u join person p on p.id = u.head_id where u.code = 'INSP'`).Scan(&committee))
	play.hr, play.committee = o.invited(hr, "hr"), o.invited(committee, "committee")
	year := time.Now().Year()
	a, err := o.call(t.Context(), play.hr, http.MethodPost, "/cycles", "create", map[string]any{
		"code": "e2e", "name": "Uji menyeluruh", "period_start": fmt.Sprintf("%d-01-01", year), "period_end": fmt.Sprintf("%d-12-31", year),
		"policy": "permen6-2022", "template": template(s.window), "units": s.units})
	must(t, err)
	var cycle struct{ ID string }
	must(t, json.Unmarshal(a.body, &cycle))
	if !a.ok() || cycle.ID == "" {
		t.Fatalf("create the cycle: %d %s", a.status, a.body)
	}
	play.cycle = cycle.ID
	return play
}

// launch launches twice, which is once, and returns how long it took until everything was started.
func (s *script) launch(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	for _, key := range []string{"launch", "launch-again"} {
		a, err := s.call(t.Context(), s.hr, http.MethodPost, "/cycles/"+s.cycle+"/launch", key, nil)
		must(t, err)
		if !a.ok() {
			t.Fatalf("launch: %d %s", a.status, a.body)
		}
	}
	await(t, 5*time.Minute, "the cycle to run", func() bool {
		var status string
		return s.db.QueryRow(t.Context(), `select status from cycle where id = $1`, s.cycle).Scan(&status) == nil && status == "running"
	})
	return time.Since(began)
}

// people counts who takes part.
func (s *script) people(t *testing.T) (n int) {
	t.Helper()
	must(t, s.db.QueryRow(t.Context(), `select count(*) from appraisal where cycle_id = $1`, s.cycle).Scan(&n))
	return n
}

// bareStarts starts as many workflows that wait for a timer, the same way, and returns how long it took.
func (s *script) bareStarts(t *testing.T, n int) time.Duration {
	t.Helper()
	const queue = "control"
	w := worker.New(s.temporal, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) }, workflow.RegisterOptions{Name: "Wait"})
	must(t, w.Start())
	defer w.Stop()
	began := time.Now()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(48)
	for i := range n {
		group.Go(func() error {
			_, err := s.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("control/%d", i), TaskQueue: queue}, "Wait")
			return err
		})
	}
	must(t, group.Wait())
	took := time.Since(began)
	for i := range n {
		must(t, s.temporal.TerminateWorkflow(t.Context(), fmt.Sprintf("control/%d", i), "", "measured"))
	}
	return took
}

func (s *script) settle(t *testing.T, mostTwice int) {
	t.Helper()
	for _, p := range s.problems {
		t.Error(p)
	}
	s.awaitEndedWorkflows(t)
	histories := s.allHistories(t, s.cycle)
	s.reconcileActs(t)
	s.keepSecret(t, histories)
	readable := s.decoded(t, histories)
	s.reconcileStages(t, s.cycle, readable)
	s.reconcileMails(t, mostTwice)
	s.keepSilence(t, "as Temporal has them", 6, histories)
	s.keepSilence(t, "decrypted", 1, readable)
	t.Logf("ended as: %s", s.funnel())
}

func TestACycleGoesFromImportToClosedAndThreeLedgersAgree(t *testing.T) {
	s := begin(t, size())
	took := s.launch(t)
	people := s.people(t)
	control := s.bareStarts(t, people)
	t.Logf("launch of %d people took %s; as many bare waiting workflows took %s (ratio %.2f)", people, took.Round(time.Millisecond),
		control.Round(time.Millisecond), took.Seconds()/control.Seconds())
	s.play(t.Context(), size().patience)
	s.settle(t, 0)
}

// mailWay are the parts whose death can leave a message delivered and not yet recorded.
var mailWay = []string{"worker", "postgres", "catcher"}

func TestNothingAcknowledgedIsLostWhileEveryPartIsKilled(t *testing.T) {
	s := begin(t, size())
	ctx, stop := context.WithCancel(t.Context())
	var killer sync.WaitGroup
	kills := map[string]int{}
	killer.Go(func() {
		parts := []string{"api", "worker", "temporal", "postgres", "catcher"}
		for n := 0; ctx.Err() == nil; n++ {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Duration(4000+rand.IntN(6000)) * time.Millisecond): // a random moment
			}
			part := parts[n%len(parts)]
			s.signal(part, syscall.SIGKILL)
			kills[part]++
			if n >= 19 {
				return
			}
		}
	})
	s.launch(t)
	s.play(ctx, size().patience)
	stop()
	killer.Wait()
	t.Logf("killed: %v", kills)
	inFlight := 0
	for _, part := range mailWay {
		inFlight += kills[part] * service.MostInFlight
	}
	s.settle(t, inFlight)
}

func TestPeopleActWhileTemporalStandsStillAndAWorkerDiesBetweenCommitAndWake(t *testing.T) {
	s := begin(t, scale{units: []string{"BKPSDM.3"}, window: time.Hour})
	s.launch(t)
	must(t, s.db.QueryRow(t.Context(), `select id from strategy_item where kind = 'misi' order by code limit 1`).Scan(&s.mission))
	var tk task
	await(t, time.Minute, "a plan to be drafted", func() bool {
		return s.db.QueryRow(t.Context(), `select s.id::text, s.kind, s.appraisal_id::text, s.round, s.deadline, p.email, e.nip, e.nip
			from step s join appraisal a on a.id = s.appraisal_id join employee e on e.person_id = a.employee_id join person p on p.id = s.owner_id
			where a.cycle_id = $1 and s.kind = 'draft_plan' order by s.id limit 1`, s.cycle).
			Scan(&tk.Step, &tk.Kind, &tk.Appraisal, &tk.Round, &tk.Deadline, &tk.Owner, &tk.Employee, &tk.OwnerNIP) == nil
	})
	_, err := s.signIn(t.Context(), tk.Owner)
	must(t, err)
	temporal := s.child("temporal").PID
	must(t, syscall.Kill(temporal, syscall.SIGSTOP))
	act, outcome, body, err := s.answer(t.Context(), tk)
	must(t, err)
	began := time.Now()
	a, err := s.act(t.Context(), tk.Owner, tk.Step, act, outcome, "stopped", body)
	must(t, err)
	if !a.ok() {
		t.Fatalf("with Temporal stopped the act was answered %d %s", a.status, a.body)
	}
	t.Logf("with Temporal stopped the act was acknowledged in %s", time.Since(began).Round(time.Millisecond))
	var wakes int
	must(t, s.db.QueryRow(t.Context(), `select count(*) from wake`).Scan(&wakes))
	if wakes == 0 {
		t.Fatal("the act left no wake behind")
	}
	s.signal("worker", syscall.SIGKILL) // committed, not woken
	must(t, syscall.Kill(temporal, syscall.SIGCONT))
	await(t, 2*time.Minute, "the approval of the plan to be opened", func() bool {
		var n int
		err := s.db.QueryRow(t.Context(), `select count(*) from step where appraisal_id = $1 and kind = 'approve_plan' and state = 'open'`, tk.Appraisal).Scan(&n)
		return err == nil && n == 1
	})
	s.reconcileActs(t)
}
