package worker_test

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/testdb"
	"github.com/marelan/telaah/worker"
)

// mostEvents is the bar for a pipeline in which everybody is on time, with three peers.
const mostEvents = 110

const office = `
insert into unit (code, name) values ('KANTOR', 'Kantor');
insert into person (kind, name, full_name, email) select 'employee', n, n, n || '@kantor.test'
	from unnest(array['kepala', 'ani', 'budi', 'citra', 'dodi', 'hr', 'komite']) n;
insert into person (kind, name, full_name, email) values ('official', 'bupati', 'bupati', 'bupati@kantor.test');
insert into official (person_id, code, post, unit_id) select p.id, 'KDH', 'Bupati', u.id from person p, unit u where p.name = 'bupati';
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '1990010120150110' || lpad((row_number() over (order by p.name))::text, 2, '0'), 'male', '1990-01-01', 'pns',
		case when p.name = 'kepala' then 'jpt_pratama' else 'pelaksana' end, p.name, u.id, case when p.name <> 'kepala' then s.id end
	from person p, unit u, person s where s.name = 'kepala' and p.kind = 'employee';
insert into role_grant (person_id, role) select id, case name when 'hr' then 'hr' else 'committee' end from person where name in ('hr', 'komite');
insert into strategy_item (code, kind, statement) values ('M1', 'misi', 'Melayani');
insert into competency (code, name, kind) values ('INT', 'Integritas', 'managerial');
insert into competency_standard (position_kind, competency, level) values ('pelaksana', 'INT', 3), ('jpt_pratama', 'INT', 4);
insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends)
	select 'T' || n, 'Integritas ' || n, 'INT', n, 'non_classroom', 'e_learning', 8, 100, 0, current_date + 60, current_date + 61 from generate_series(2, 4) n;
`

// system is the real thing in small: PostgreSQL, Temporal, a worker, and people who act through the service.
type system struct {
	*service.Service
	db       *pgxpool.Pool // of the owner; what is tested has the application's
	limited  *pgxpool.Pool
	temporal client.Client
	worker   client.Client // through which the worker works
	codec    *payload.Codec
	people   map[string]appraisal.Actor
	cycle    appraisal.CycleID
	rest     func() // stops the worker until it is started again
}

func start(t *testing.T) *system {
	t.Helper()
	s := prepare(t, newMaster(t))
	s.work(t)
	return s
}

// prepare is start without a worker. What Temporal keeps is encrypted with keys that the master key wraps.
func prepare(t *testing.T, master []byte) *system {
	t.Helper()
	url := testdb.URL(t, postgres.Migrate)
	db, err := postgres.Open(t.Context(), url, 20)
	must(t, err)
	t.Cleanup(db.Close)
	_, err = db.Exec(t.Context(), office)
	must(t, err)
	application, err := postgres.Open(t.Context(), testdb.As(url, postgres.RoleApplication), 20)
	must(t, err)
	t.Cleanup(application.Close)
	codec, _ := openKeys(t, application, master)
	temporal := dial(t, codec.Apply)
	conductor := &worker.Conductor{Temporal: temporal, BaseURL: "http://pages.test"}
	log := slog.New(slog.DiscardHandler)
	dispatcher := worker.NewDispatcher(application, conductor, log)
	t.Cleanup(dispatcher.Close)
	s := &system{db: db, limited: application, temporal: temporal, worker: dial(t, codec.ApplyToWorker), codec: codec, people: map[string]appraisal.Actor{}}
	s.Service = service.New(service.Options{DB: application, Policies: appraisal.Embedded(), Zone: time.UTC, Waker: dispatcher, Log: log})
	rows, err := db.Query(t.Context(), `select name, id::text, array(select role from role_grant where person_id = p.id) from person p`)
	must(t, err)
	for rows.Next() {
		var a appraisal.Actor
		must(t, rows.Scan(&a.Name, &a.ID, &a.Roles))
		s.people[a.Name] = a
	}
	must(t, rows.Err())
	return s
}

func dial(t *testing.T, with func(*client.Options)) client.Client {
	t.Helper()
	options, err := envconfig.LoadDefaultClientOptions()
	must(t, err)
	options.Logger, options.Identity = quiet{}, "worker"
	with(&options)
	temporal, err := client.Dial(options)
	must(t, err)
	t.Cleanup(temporal.Close)
	return temporal
}

// work starts a worker, which works until the test ends or s.rest is called.
func (s *system) work(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, worker.Options{Temporal: s.temporal, Conducting: s.worker, DB: s.limited, Service: s.Service, Post: idle{}, BaseURL: "http://pages.test",
			Log: slog.New(slog.DiscardHandler)})
	}()
	s.rest = sync.OnceFunc(func() { stop(); must(t, <-ended) })
	t.Cleanup(s.rest)
}

// idle is a post office with nothing to do.
type idle struct{}

func (idle) Drain(ctx context.Context, beat func(int)) (int, error) {
	for {
		beat(0)
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is how long a condition may take to become true on a busy machine.
const patience = 90 * time.Second

func await[T any](t *testing.T, what string, check func() (T, bool)) T {
	t.Helper()
	deadline := time.After(patience)
	for {
		if v, ok := check(); ok {
			return v
		}
		select {
		case <-deadline:
			t.Fatalf("waited %s in vain for %s", patience, what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *system) launch(t *testing.T, template string) {
	t.Helper()
	hr := s.people["hr"]
	today := time.Now()
	c, err := s.CreateCycle(t.Context(), hr, service.Call{}, service.NewCycle{Code: "uji", Name: "Uji", TemplateName: template,
		PeriodStart: today.AddDate(0, -6, 0).Format(time.DateOnly), PeriodEnd: today.AddDate(0, 6, 0).Format(time.DateOnly)})
	must(t, err)
	s.cycle = c.ID
	_, err = s.Launch(t.Context(), hr, service.Call{}, c.ID)
	must(t, err)
}

// step waits until somebody has an open step of a kind in an appraisal.
func (s *system) step(t *testing.T, about, owner string, kind appraisal.StepKind) appraisal.StepID {
	t.Helper()
	return await(t, fmt.Sprintf("%s of %s about %s", kind, owner, about), func() (appraisal.StepID, bool) {
		var id appraisal.StepID
		err := s.db.QueryRow(t.Context(), `select s.id from step s join appraisal a on a.id = s.appraisal_id join person p on p.id = a.employee_id
			join person o on o.id = s.owner_id where p.name = $1 and o.name = $2 and s.kind = $3 and s.state = 'open'`, about, owner, kind).Scan(&id)
		return id, err == nil
	})
}

func (s *system) stage(t *testing.T, who string) appraisal.Stage {
	t.Helper()
	var stage appraisal.Stage
	must(t, s.db.QueryRow(t.Context(), `select stage from appraisal a join person p on p.id = a.employee_id where p.name = $1`, who).Scan(&stage))
	return stage
}

func (s *system) plan(t *testing.T, who string) []appraisal.KeyResult {
	t.Helper()
	var mission string
	must(t, s.db.QueryRow(t.Context(), `select id from strategy_item`).Scan(&mission))
	aspect := appraisal.AspectQuantity
	if who == "kepala" { // a JPT plans by perspectives
		aspect = appraisal.PerspectiveProcess
	}
	return []appraisal.KeyResult{{Statement: "Berkas selesai", ServesStrategy: mission, Indicators: []appraisal.Indicator{
		{Aspect: aspect, Description: "Berkas", Target: "100", Measure: "berkas", Direction: appraisal.DirectionMore}}}}
}

// throughPlanning takes somebody from the first stage to the end of target setting.
func (s *system) throughPlanning(t *testing.T, who, appraiser string) {
	t.Helper()
	_, err := s.SubmitPlan(t.Context(), s.people[who], service.Call{}, s.step(t, who, who, appraisal.StepDraftPlan), s.plan(t, who))
	must(t, err)
	_, err = s.DecidePlan(t.Context(), s.people[appraiser], service.Call{}, s.step(t, who, appraiser, appraisal.StepApprovePlan), service.PlanDecision{Approve: true})
	must(t, err)
}

// toCalibration takes somebody from the execution window to the wait for the session.
func (s *system) toCalibration(t *testing.T, who, appraiser string, peers ...string) {
	t.Helper()
	ctx := t.Context()
	_, err := s.CompleteExecution(ctx, s.people[who], service.Call{}, s.step(t, who, who, appraisal.StepRecordProgress))
	must(t, err)
	_, err = s.SubmitSelfReview(ctx, s.people[who], service.Call{}, s.step(t, who, who, appraisal.StepSelfReview), appraisal.SelfReview{Achievements: "Selesai."})
	must(t, err)
	var ids []appraisal.PersonID
	for _, p := range peers {
		ids = append(ids, s.people[p].ID)
	}
	_, err = s.NominatePeers(ctx, s.people[who], service.Call{}, s.step(t, who, who, appraisal.StepNominatePeers), service.Nomination{Peers: ids})
	must(t, err)
	_, err = s.DecidePeers(ctx, s.people[appraiser], service.Call{}, s.step(t, who, appraiser, appraisal.StepApprovePeers), service.PeersDecision{Approve: true, Peers: ids})
	must(t, err)
	for _, p := range peers {
		scores := make([]int, appraisal.Behaviours)
		for i := range scores {
			scores[i] = 3
		}
		_, err = s.AnswerPeer(ctx, s.people[p], service.Call{}, s.step(t, who, p, appraisal.StepPeerAnswer), appraisal.PeerAnswer{Scores: scores})
		must(t, err)
	}
	_, err = s.SubmitReview(ctx, s.people[appraiser], service.Call{}, s.step(t, who, appraiser, appraisal.StepAppraiserReview), appraisal.Review{
		WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Comment: "Baik.",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 2}}})
	must(t, err)
	await(t, who+" in calibration", func() (bool, bool) { return true, s.stage(t, who) == appraisal.StageCalibration })
}

// lockEveryCohort has the committee end its sessions. Whoever of it is rated in one may not see that its ratings keep to the
// guideline, and has to justify the lock whether they do or not.
func (s *system) lockEveryCohort(t *testing.T) {
	t.Helper()
	rows, err := s.db.Query(t.Context(), `select id::text from cohort where status = 'open'`)
	must(t, err)
	var ids []appraisal.CohortID
	for rows.Next() {
		var id appraisal.CohortID
		must(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	must(t, rows.Err())
	for _, id := range ids {
		_, err := s.LockCohort(t.Context(), s.people["komite"], service.Call{}, id, service.Lock{Justification: "Kelompok kecil."})
		must(t, err)
	}
}

func (s *system) history(t *testing.T, workflow string) []*historypb.HistoryEvent {
	t.Helper()
	it := s.temporal.GetWorkflowHistory(t.Context(), workflow, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var events []*historypb.HistoryEvent
	for it.HasNext() {
		e, err := it.Next()
		must(t, err)
		events = append(events, e)
	}
	return events
}

func TestAPipelineOnTimeWithThreePeersKeepsItsEventBudget(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	everybody := []string{"kepala", "ani", "budi", "citra", "dodi", "hr", "komite"}
	appraiserOf := func(who string) string {
		if who == "kepala" {
			return "bupati"
		}
		return "kepala"
	}
	for _, who := range everybody {
		s.throughPlanning(t, who, appraiserOf(who))
	}
	for _, who := range everybody {
		s.toCalibration(t, who, appraiserOf(who), others(who)...)
	}
	s.lockEveryCohort(t)
	for _, who := range everybody {
		_, err := s.AcknowledgeResult(t.Context(), s.people[who], service.Call{}, s.step(t, who, who, appraisal.StepAcknowledgeResult))
		must(t, err)
		_, err = s.ApproveDevelopment(t.Context(), s.people[appraiserOf(who)], service.Call{},
			s.step(t, who, appraiserOf(who), appraisal.StepApproveDevelopment), service.DevelopmentDecision{})
		must(t, err)
	}
	await(t, "the cycle to close by itself", func() (bool, bool) {
		var status string
		must(t, s.db.QueryRow(t.Context(), `select status from cycle`).Scan(&status))
		return true, status == postgres.CycleClosed
	})
	id := appraisal.PipelineID(s.cycle, s.people["ani"].ID)
	events := s.history(t, id)
	s.record(t, "on-time", id)
	t.Logf("%d events: %s", len(events), byKind(events))
	if len(events) > mostEvents {
		t.Errorf("a pipeline on time took %d events, more than %d", len(events), mostEvents)
	}
}

func byKind(events []*historypb.HistoryEvent) string {
	counts := map[string]int{}
	for _, e := range events {
		counts[e.GetEventType().String()]++
	}
	lines := make([]string, 0, len(counts))
	for kind, n := range counts {
		lines = append(lines, fmt.Sprintf("%d %s", n, kind))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(lines)))
	return strings.Join(lines, ", ")
}
