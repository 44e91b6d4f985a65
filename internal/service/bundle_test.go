package service

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// bundle is a small government with a running cycle on a database of its own, and a service over it whose clock the test
// moves.
type bundle struct {
	*Service
	pool    *pgxpool.Pool // of the owner; the service has the application's
	clock   *clock
	cycle   appraisal.CycleID
	people  map[string]appraisal.Actor // by the first word of their name, in lower case
	units   map[string]appraisal.UnitID
	askedBy string // by which the browser is known that asked for a link
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// government: a regency with an agency, in it a division with a head and six staff; beside them who runs the system. The
// regent is no ASN and appraises the secretary.
const government = `
insert into unit (code, name) values ('PEMDA', 'Pemerintah Kabupaten');
insert into unit (code, name, parent_id) select 'DINAS', 'Dinas Pelayanan', id from unit where code = 'PEMDA';
insert into unit (code, name, parent_id) select 'BIDANG', 'Bidang Perizinan', id from unit where code = 'DINAS';

insert into person (kind, name, full_name, email) select kind, name, name, lower(split_part(name, ' ', 1)) || '@pemda.test' from (values
	('official', 'Bupati Hasan'), ('employee', 'Sekda Wahyu'), ('employee', 'Kadis Ratna'), ('employee', 'Kabid Joko'),
	('employee', 'Ani Lestari'), ('employee', 'Budi Santoso'), ('employee', 'Citra Dewi'), ('employee', 'Dodi Pratama'),
	('employee', 'Eko Saputra'), ('employee', 'Fitri Handayani'), ('employee', 'Hana Putri'), ('employee', 'Komite Surya'),
	('employee', 'Operator Yudi'), ('employee', 'Pimpinan Rini')) v (kind, name);
insert into official (person_id, code, post, unit_id)
	select p.id, 'BUPATI', 'Bupati', u.id from person p, unit u where p.email = 'bupati@pemda.test' and u.code = 'PEMDA';
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '19900101201501100' || v.ordinal, 'male', '1990-01-01', 'pns', v.kind, v.position, u.id, s.id
	from (values
		(0, 'sekda', 'jpt_pratama', 'Sekretaris Daerah', 'PEMDA', null), (1, 'kadis', 'jpt_pratama', 'Kepala Dinas', 'DINAS', 'sekda'),
		(2, 'kabid', 'administrator', 'Kepala Bidang', 'BIDANG', 'kadis'), (3, 'ani', 'pelaksana', 'Analis Perizinan', 'BIDANG', 'kabid'),
		(4, 'budi', 'pelaksana', 'Pengolah Data', 'BIDANG', 'kabid'), (5, 'citra', 'pelaksana', 'Pengolah Data', 'BIDANG', 'kabid'),
		(6, 'dodi', 'pelaksana', 'Pengadministrasi', 'BIDANG', 'kabid'), (7, 'eko', 'pelaksana', 'Pengadministrasi', 'BIDANG', 'kabid'),
		(8, 'fitri', 'pelaksana', 'Pengadministrasi', 'BIDANG', 'kabid'), (9, 'hana', 'pelaksana', 'Analis SDM', 'PEMDA', 'sekda'),
		(10, 'komite', 'administrator', 'Kepala Bagian', 'PEMDA', 'sekda'), (11, 'operator', 'pelaksana', 'Pranata Komputer', 'PEMDA', 'komite'),
		(12, 'pimpinan', 'administrator', 'Asisten', 'PEMDA', 'sekda')
	) v (ordinal, who, kind, position, unit, superior)
	join person p on p.email = v.who || '@pemda.test' join unit u on u.code = v.unit
	left join person s on s.email = v.superior || '@pemda.test';
insert into role_grant (person_id, role) select p.id, v.role
	from (values ('hana', 'hr'), ('komite', 'committee'), ('operator', 'administrator'), ('pimpinan', 'leadership')) v (who, role)
	join person p on p.email = v.who || '@pemda.test';

insert into strategy_item (code, kind, statement) values ('V', 'visi', 'Kabupaten yang melayani');
insert into strategy_item (code, kind, statement, parent_id) select 'M', 'misi', 'Pelayanan yang cepat', id from strategy_item where code = 'V';
insert into strategy_item (code, kind, statement, parent_id) select 'S', 'sasaran', 'Izin terbit tepat waktu', id from strategy_item where code = 'M';

insert into competency (code, name, kind) values ('INT', 'Integritas', 'managerial'), ('PEL', 'Pelayanan publik', 'managerial');
insert into competency_standard (position_kind, competency, level)
	select k, c, 3 from unnest(array['pelaksana', 'administrator', 'jpt_pratama']) k, unnest(array['INT', 'PEL']) c;
insert into competency_assessment (person_id, competency, source, day, level)
	select id, 'PEL', 'competency_test', '2026-02-02', 1 from person where email = 'ani@pemda.test';
insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends) values
	('T-PEL', 'Pelayanan prima', 'PEL', 2, 'classroom', 'course', 24, 20, 0, '2027-03-01', '2027-03-03'),
	('T-INT', 'Integritas ASN', 'INT', 3, 'non_classroom', 'e_learning', 10, 100, 0, '2027-04-01', '2027-04-02');

insert into measurement (person_id, month, received, completed, on_time, mean_days, source_file, source_row)
	select id, m.month::date, 40, 38, 36, 2.5, 'pengukuran.csv', m.row
	from person, (values ('2026-02-01', 3), ('2026-01-01', 2), ('2025-12-01', 1)) m (month, row) where email = 'ani@pemda.test';
insert into survey_response (unit_id, day, answers, ordinal)
	select u.id, '2026-02-10', a.answers::smallint[], 1
	from unit u, (values ('{4,4,4,4,4,4,4,4,4}'), ('{3,3,3,3,3,3,3,3,3}'), ('{3,3,3,3,3,3,3,3,0}')) a (answers) where u.code = 'DINAS';
`

// setup returns the government with the cycle of the agency running and everybody still before the first stage.
func setup(t *testing.T) *bundle {
	t.Helper()
	b := setupUnlaunched(t)
	b.launch(t, "peragaan")
	return b
}

// setupUnlaunched returns the government without a cycle.
func setupUnlaunched(t *testing.T) *bundle {
	t.Helper()
	pool, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	if _, err := pool.Exec(t.Context(), government); err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("WIB", 7*60*60)
	b := &bundle{pool: pool, clock: &clock{now: time.Date(2026, 1, 12, 9, 0, 0, 0, zone)}}
	b.Service = New(Options{DB: application, Policies: appraisal.Embedded(), Zone: zone, Now: b.clock.Now})
	b.people = map[string]appraisal.Actor{}
	rows, err := pool.Query(t.Context(), `select split_part(p.email, '@', 1), p.id::text, p.full_name,
		array(select role from role_grant where person_id = p.id order by role) from person p`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var who string
		a := appraisal.Actor{Lang: "id"}
		if err := rows.Scan(&who, &a.ID, &a.Name, &a.Roles); err != nil {
			t.Fatal(err)
		}
		b.people[who] = a
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	units, err := postgres.Units(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	b.units = map[string]appraisal.UnitID{}
	for _, u := range units {
		b.units[u.Code] = u.ID
	}
	return b
}

// launch starts a cycle for the agency as the launching workflow would, up to the point where pipelines take over.
func (b *bundle) launch(t *testing.T, template string) {
	t.Helper()
	b.launchUnder(t, template, "permen6-2022")
}

func (b *bundle) launchUnder(t *testing.T, template, policy string) {
	t.Helper()
	b.start(t, NewCycle{TemplateName: template, Policy: policy})
}

// launchWith starts a cycle by the demonstration's template after a change of it.
func (b *bundle) launchWith(t *testing.T, change func(*appraisal.Template)) {
	t.Helper()
	templates, err := appraisal.Templates()
	must(t, err)
	for _, template := range templates {
		if template.Name == "peragaan" {
			change(&template)
			b.start(t, NewCycle{Template: &template})
		}
	}
}

func (b *bundle) start(t *testing.T, in NewCycle) {
	t.Helper()
	in.Code, in.Name, in.PeriodStart, in.PeriodEnd, in.Units = "2026", "Kinerja 2026", "2026-01-01", "2026-12-31", []string{"DINAS"}
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, in)
	must(t, err)
	b.cycle = c.ID
	_, err = b.Launch(t.Context(), b.as("hana"), Call{}, c.ID)
	must(t, err)
	_, err = b.Enrol(t.Context(), c.ID)
	must(t, err)
	must(t, b.MarkRunning(t.Context(), c.ID))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as returns who is called so: bupati, sekda, kadis, kabid, ani to fitri, hana (HR), komite, operator, pimpinan.
func (b *bundle) as(who string) appraisal.Actor {
	a, ok := b.people[who]
	if !ok {
		panic("nobody is called " + who)
	}
	return a
}

// staff are the six whom kabid appraises: one calibration cohort.
func staff() []string { return []string{"ani", "budi", "citra", "dodi", "eko", "fitri"} }

// of returns somebody's appraisal in the cycle.
func (b *bundle) of(t *testing.T, who string) appraisal.AppraisalID {
	t.Helper()
	return query[appraisal.AppraisalID](t, b, `select id from appraisal where cycle_id = $1 and employee_id = $2`, b.cycle, b.as(who).ID)
}

// enter moves somebody's pipeline to a stage as its workflow would, a moment later.
func (b *bundle) enter(t *testing.T, who string, stage appraisal.Stage) View {
	t.Helper()
	b.clock.advance(time.Millisecond)
	v, err := b.EnterStage(t.Context(), b.of(t, who), stage)
	must(t, err)
	return v
}

// look lets somebody's pipeline look at its steps, as a wake would, a moment later.
func (b *bundle) look(t *testing.T, who string) View {
	t.Helper()
	b.clock.advance(time.Millisecond)
	v, err := b.Look(t.Context(), b.of(t, who))
	must(t, err)
	return v
}

// open returns the open step of a kind in somebody's appraisal.
func (b *bundle) open(t *testing.T, who string, kind appraisal.StepKind) appraisal.StepID {
	t.Helper()
	return query[appraisal.StepID](t, b, `select id from step where appraisal_id = $1 and kind = $2 and state = 'open'`, b.of(t, who), kind)
}

// asked returns the step in which somebody is asked for an opinion about another.
func (b *bundle) asked(t *testing.T, peer, about string) appraisal.StepID {
	t.Helper()
	return query[appraisal.StepID](t, b, `select id from step where appraisal_id = $1 and kind = 'peer_answer' and owner_id = $2`,
		b.of(t, about), b.as(peer).ID)
}

// query reads a single value.
func query[T any](t *testing.T, b *bundle, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := b.pool.QueryRow(context.WithoutCancel(t.Context()), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// wantCode fails the test unless err carries the code.
func wantCode(t *testing.T, err error, code appraisal.Code) {
	t.Helper()
	if err == nil || appraisal.CodeOf(err) != code {
		t.Fatalf("error is %v, want code %s", err, code)
	}
}

// asError returns the domain's error in err's chain.
func asError(err error) *appraisal.Error {
	var e *appraisal.Error
	errors.As(err, &e)
	return e
}
