package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// manner is how somebody behaves towards their steps.
type manner string

const (
	punctual manner = "punctual"
	twice    manner = "twice"      // sends the same act twice at the same moment, with the same key
	edge     manner = "edge"       // acts at the very moment of the deadline
	tardy    manner = "late"       // acts after the deadline of steps that wait
	never    manner = "never"      // does nothing of their own
	objector manner = "objector"   // objects against the result
	sentBack manner = "sent back"  // hands in a plan that is returned once
	leaver   manner = "leaver"     // is withdrawn by HR while at work
	sleeper  manner = "never plan" // never hands in a plan, which waits for ever
)

// mannerOf gives everybody a manner of their own, the same in every run.
func mannerOf(nip string) manner {
	h := fnv.New32a()
	_, _ = h.Write([]byte(nip))
	switch n := h.Sum32() % 100; {
	case n < 6:
		return twice
	case n < 11:
		return edge
	case n < 16:
		return tardy
	case n < 21:
		return never
	case n < 27:
		return objector
	case n < 33:
		return sentBack
	case n < 36:
		return leaver
	case n < 38:
		return sleeper
	default:
		return punctual
	}
}

// secretWord stands in everything that people write, so that it can be looked for where no prose may be.
const secretWord = "kalimatrahasia"

// task is an open step as the script sees it.
type task struct {
	Step      string
	Kind      appraisal.StepKind
	Appraisal string
	Round     int
	Deadline  time.Time
	Overdue   bool
	Owner     string // e-mail address
	Employee  string // NIP
	OwnerNIP  string
}

// script plays everybody of a cycle until nothing changes any more.
type script struct {
	*office
	cycle     string
	hr        string // session
	committee string
	window    time.Duration
	mission   string
	mu        sync.Mutex
	doing     map[string]bool // steps taken up
	problems  []string
	withdrawn map[string]bool
}

const hands = 12 // people who act at the same time

// play runs until the pipelines that can end have ended, or patience does.
func (s *script) play(ctx context.Context, patience time.Duration) {
	s.t.Helper()
	must(s.t, s.db.QueryRow(ctx, `select id from strategy_item where kind = 'misi' order by code limit 1`).Scan(&s.mission))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	queue := make(chan task, 100_000)
	var workers sync.WaitGroup
	for range hands {
		workers.Go(func() {
			for t := range queue {
				s.attempt(ctx, t)
			}
		})
	}
	for ctx.Err() == nil && !s.over(ctx) {
		s.dispatch(ctx, queue)
		s.lockSessions(ctx)
		time.Sleep(200 * time.Millisecond) // between two looks at who has something to do
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		s.t.Errorf("after %s not everything is where the script leaves it: %s", patience, s.funnel())
	}
}

func (s *script) funnel() string {
	rows, err := s.db.Query(context.Background(), `select stage || ' ' || health || ' ' || waiting_on || ': ' || count(*) from appraisal where cycle_id = $1 group by stage, health, waiting_on order by 1`, s.cycle)
	if err != nil {
		return err.Error()
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return fmt.Sprint(lines, err)
}

// over reports whether everybody is closed or withdrawn but those who never plan.
func (s *script) over(ctx context.Context) bool {
	rows, err := s.db.Query(ctx, `select e.nip, a.stage from appraisal a join employee e on e.person_id = a.employee_id
		where a.cycle_id = $1 and a.ended_at is null`, s.cycle)
	if err != nil {
		return false
	}
	type left struct{ NIP, Stage string }
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[left])
	if err != nil {
		return false
	}
	for _, l := range list {
		if mannerOf(l.NIP) != sleeper || l.Stage != string(appraisal.StageTargets) {
			return false
		}
	}
	var launched bool
	err = s.db.QueryRow(ctx, `select status = 'running' or status = 'closed' from cycle where id = $1`, s.cycle).Scan(&launched)
	return err == nil && launched
}

// dispatch hands out the steps whose people act now.
func (s *script) dispatch(ctx context.Context, queue chan<- task) {
	rows, err := s.db.Query(ctx, `select s.id::text, s.kind, s.appraisal_id::text, s.round, s.deadline, s.overdue, p.email, e.nip, coalesce(o.nip, 'official')
		from step s join appraisal a on a.id = s.appraisal_id join employee e on e.person_id = a.employee_id
		join person p on p.id = s.owner_id left join employee o on o.person_id = s.owner_id
		where a.cycle_id = $1 and s.state = 'open' order by s.deadline`, s.cycle)
	if err != nil {
		return // the database was killed; the next look finds it again
	}
	tasks, err := pgx.CollectRows(rows, pgx.RowToStructByPos[task])
	if err != nil {
		return
	}
	for _, t := range tasks {
		s.mu.Lock()
		ready := !s.doing[t.Step] && s.acts(t)
		if ready {
			s.doing[t.Step] = true
		}
		s.mu.Unlock()
		if ready {
			queue <- t
		}
	}
}

// acts reports whether whoever owns the step acts on it now.
func (s *script) acts(t task) bool {
	own := t.OwnerNIP == t.Employee
	m := mannerOf(t.OwnerNIP)
	if t.Kind == appraisal.StepPeerAnswer { // a peer in four never answers
		h := fnv.New32a()
		_, _ = h.Write([]byte(t.OwnerNIP + t.Employee))
		return h.Sum32()%4 != 0
	}
	if !own { // superiors do their duty, the tardy ones when it is overdue
		return m != tardy || t.Overdue || t.Kind != appraisal.StepApprovePlan
	}
	switch m {
	case sleeper:
		return t.Kind != appraisal.StepDraftPlan
	case never:
		return t.Kind == appraisal.StepDraftPlan // which would wait for ever
	case tardy:
		return t.Overdue || t.Kind != appraisal.StepDraftPlan
	case edge:
		return time.Until(t.Deadline) < 300*time.Millisecond || t.Overdue
	default:
		return true
	}
}

// attempt lets the owner do the step, and says what went wrong.
func (s *script) attempt(ctx context.Context, t task) {
	m := mannerOf(t.Employee)
	if m == leaver && t.Kind == appraisal.StepSelfReview {
		s.withdraw(ctx, t)
		return
	}
	act, outcome, body, err := s.answer(ctx, t)
	if err != nil {
		s.complain(ctx, t, err)
		return
	}
	if m == edge && t.OwnerNIP == t.Employee {
		time.Sleep(time.Until(t.Deadline)) // the very moment
	}
	key := t.Step + "-" + act
	if m == twice && t.OwnerNIP == t.Employee {
		s.doubled(ctx, t, act, outcome, key, body)
		return
	}
	a, err := s.act(ctx, t.Owner, t.Step, act, outcome, key, body)
	switch {
	case err != nil:
		s.complain(ctx, t, err)
	case a.ok():
	case a.code() == "wrong_stage": // the deadline was faster
	case (t.Kind == appraisal.StepNominatePeers || t.Kind == appraisal.StepApprovePeers) && a.status == http.StatusUnprocessableEntity: // somebody was asked by others meanwhile
		s.mu.Lock()
		delete(s.doing, t.Step)
		s.mu.Unlock()
	default:
		s.complain(ctx, t, fmt.Errorf("%d %s", a.status, a.body))
	}
}

// doubled sends the same act twice at once. Both answers have to be the same.
func (s *script) doubled(ctx context.Context, t task, act, outcome, key string, body any) {
	var answers [2]answer
	var errs [2]error
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() { answers[i], errs[i] = s.act(ctx, t.Owner, t.Step, act, outcome, key, body) })
	}
	both.Wait()
	for i := range answers {
		if errs[i] != nil {
			s.complain(ctx, t, errs[i])
			return
		}
	}
	if answers[0].status != answers[1].status || string(answers[0].body) != string(answers[1].body) && answers[0].ok() {
		s.complain(ctx, t, fmt.Errorf("the same act with the same key was answered %d %s and %d %s",
			answers[0].status, answers[0].body, answers[1].status, answers[1].body))
	}
}

func (s *script) withdraw(ctx context.Context, t task) {
	a, err := s.call(ctx, s.hr, http.MethodPost, "/appraisals/"+t.Appraisal+"/withdrawal", "withdraw-"+t.Appraisal, map[string]string{"reason": "Mutasi ke instansi lain. " + secretWord})
	if err != nil || !a.ok() {
		s.complain(ctx, t, fmt.Errorf("withdraw: %v %d %s", err, a.status, a.body))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.withdrawn[t.Appraisal] = true
}

func (s *script) complain(ctx context.Context, t task, err error) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf("%s round %d (%s): %v", t.Kind, t.Round, mannerOf(t.OwnerNIP), err))
}

// lockSessions lets the committee lock every session that is open, changing one rating in each of the larger ones.
func (s *script) lockSessions(ctx context.Context) {
	rows, err := s.db.Query(ctx, `select id::text from cohort where cycle_id = $1 and status = 'open'`, s.cycle)
	if err != nil {
		return
	}
	cohorts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return
	}
	for _, id := range cohorts {
		a, err := s.call(ctx, s.committee, http.MethodGet, "/cohorts/"+id, "", nil)
		if err != nil || !a.ok() {
			continue
		}
		var cohort struct {
			Version int64
			Round   int
			Members []struct {
				Appraisal string
				Ready     bool
				Before    *struct{ WorkResult, Behaviour string }
			}
		}
		if err := json.Unmarshal(a.body, &cohort); err != nil {
			s.complain(ctx, task{}, err)
			return
		}
		for _, m := range cohort.Members {
			if m.Ready && m.Before != nil && len(cohort.Members) > 6 {
				_, _ = s.call(ctx, s.committee, http.MethodPost, "/cohorts/"+id+"/changes", fmt.Sprintf("change-%s-%d", m.Appraisal, cohort.Round), map[string]string{
					"appraisal": m.Appraisal, "work_result": "above", "behaviour": "above", "reason": "Bukti tambahan. " + secretWord})
				break
			}
		}
		a, err = s.call(ctx, s.committee, http.MethodPost, "/cohorts/"+id+"/lock", fmt.Sprintf("lock-%s-%d", id, cohort.Round), map[string]string{"justification": "Wajar. " + secretWord})
		if err != nil || !a.ok() && a.code() != "wrong_stage" && a.code() != "conflict" {
			s.complain(ctx, task{Kind: appraisal.StepCalibrate}, fmt.Errorf("lock: %v %d %s", err, a.status, a.body))
		}
	}
}
