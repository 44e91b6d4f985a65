package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/testdb"
)

// government: a regency with a division of a head and four staff, and below it a section of one, ani, whom the division's head
// appraises too. The regent is no ASN and stands above the secretary.
const government = `
insert into unit (code, name) values ('PEMDA', 'Pemerintah Kabupaten');
insert into unit (code, name, parent_id) select 'BIDANG', 'Bidang Perizinan', id from unit where code = 'PEMDA';
insert into unit (code, name, parent_id) select 'SEKSI', 'Seksi Pelayanan', id from unit where code = 'BIDANG';
insert into person (kind, name, full_name, email)
	select case n when 'bupati' then 'official' else 'employee' end, n, n, n || '@pemda.test'
	from unnest(array['bupati', 'sekda', 'hana', 'komite', 'kabid', 'budi', 'citra', 'dodi', 'eko', 'ani']) n;
insert into official (person_id, code, post, unit_id)
	select p.id, 'BUPATI', 'Bupati', u.id from person p, unit u where p.name = 'bupati' and u.code = 'PEMDA';
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '19900101201501100' || v.ordinal, 'male', '1990-01-01', 'pns', v.kind, v.who, u.id, s.id
	from (values
		(0, 'sekda', 'jpt_pratama', 'PEMDA', null), (1, 'hana', 'pelaksana', 'PEMDA', 'sekda'), (2, 'komite', 'pelaksana', 'PEMDA', 'sekda'),
		(3, 'kabid', 'administrator', 'BIDANG', 'sekda'), (4, 'budi', 'pelaksana', 'BIDANG', 'kabid'), (5, 'citra', 'pelaksana', 'BIDANG', 'kabid'),
		(6, 'dodi', 'pelaksana', 'BIDANG', 'kabid'), (7, 'eko', 'pelaksana', 'BIDANG', 'kabid'), (8, 'ani', 'pelaksana', 'SEKSI', 'kabid')
	) v (ordinal, who, kind, unit, superior)
	join person p on p.name = v.who join unit u on u.code = v.unit left join person s on s.name = v.superior;
insert into role_grant (person_id, role) select id, case name when 'hana' then 'hr' else 'committee' end from person where name in ('hana', 'komite');
insert into strategy_item (code, kind, statement) values ('M1', 'misi', 'Pelayanan yang cepat');
insert into competency (code, name, kind) values ('INT', 'Integritas', 'managerial');
insert into competency_standard (position_kind, competency, level) values ('pelaksana', 'INT', 3), ('administrator', 'INT', 4);
insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends)
	select 'T' || n, 'Integritas ' || n, 'INT', n, 'non_classroom', 'e_learning', 8, 100, 0, '2027-06-01', '2027-06-02' from generate_series(2, 4) n;
insert into holiday (day, description) values ('2026-03-20', 'Idulfitri'), ('2026-12-25', 'Natal'), ('2027-01-01', 'Tahun baru');
`

var jakarta = time.FixedZone("WIB", 7*60*60)

// start is a Monday morning at the office, at which every test begins.
var start = time.Date(2026, 1, 12, 9, 0, 0, 0, jakarta)

// office is the government on a database of its own with the real service, in the time of a test environment.
type office struct {
	*service.Service
	t      *testing.T
	db     *pgxpool.Pool
	people map[string]appraisal.Actor
	cycle  appraisal.CycleID
}

func newOffice(t *testing.T, now func() time.Time, waker service.Waker) *office {
	t.Helper()
	db, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	o := &office{t: t, db: db, people: map[string]appraisal.Actor{}}
	_, err := o.db.Exec(t.Context(), government)
	must(t, err)
	o.Service = service.New(service.Options{DB: application, Policies: appraisal.Embedded(), Zone: jakarta, Now: now, Waker: waker,
		Log: slog.New(slog.DiscardHandler)})
	type person struct {
		Name  string
		ID    appraisal.PersonID
		Roles []appraisal.Role
	}
	for _, p := range rows[person](o, `select name, id, array(select role from role_grant where person_id = p.id) as roles from person p`) {
		o.people[p.Name] = appraisal.Actor{ID: p.ID, Name: p.Name, Roles: p.Roles, Lang: "id"}
	}
	return o
}

// prepare makes a draft cycle of the year 2026 for a unit and all below it.
func (o *office) prepare(template appraisal.Template, unit string, first appraisal.Stage) {
	o.t.Helper()
	c, err := o.CreateCycle(o.t.Context(), o.people["hana"], service.Call{}, service.NewCycle{
		Code: "2026", Name: "Kinerja 2026", PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", Template: &template, Units: []string{unit}, FirstStage: first,
	})
	must(o.t, err)
	o.cycle = c.ID
	_, err = o.Launch(o.t.Context(), o.people["hana"], service.Call{}, c.ID)
	must(o.t, err)
}

// enrol does what the cycle's workflow does before pipelines take over.
func (o *office) enrol() {
	o.t.Helper()
	_, err := o.Enrol(o.t.Context(), o.cycle)
	must(o.t, err)
	must(o.t, o.MarkRunning(o.t.Context(), o.cycle))
}

// of returns somebody's appraisal.
func (o *office) of(who string) appraisal.AppraisalID {
	o.t.Helper()
	return value[appraisal.AppraisalID](o, `select id from appraisal where employee_id = $1`, o.people[who].ID)
}

// stages is the ledger of somebody's pipeline, a line "stage outcome" each.
func (o *office) stages(who string) []string {
	o.t.Helper()
	return values[string](o, `select trim(stage || ' ' || outcome) from stage_entry where appraisal_id = $1 order by entered_at, left_at nulls last, stage`, o.of(who))
}

// steps tells how the steps of somebody's pipeline ended, a line "kind state outcome" each; opinion-givers are counted together.
func (o *office) steps(who string) []string {
	o.t.Helper()
	return values[string](o, `select trim(kind || ' ' || state || ' ' || outcome) || case count(*) when 1 then '' else ' ×' || count(*) end
		from step where appraisal_id = $1 group by kind, round * (kind <> 'peer_answer')::int, state, outcome, opened_at order by opened_at`, o.of(who))
}

// mails counts the notices about somebody's pipeline and its sessions, by "kind to action" with the recipient's name.
func (o *office) mails() map[string]int {
	o.t.Helper()
	type line struct {
		What  string
		Count int
	}
	counts := map[string]int{}
	for _, l := range rows[line](o, `select trim(m.kind || ' ' || p.name || ' ' || coalesce(m.args->>'action', '')) as what, count(*)::int as count
		from mail m join person p on p.id = m.recipient_id group by 1`) {
		counts[l.What] = l.Count
	}
	return counts
}

// standing is what the row of somebody's pipeline says at the moment: stage, health and whom it waits for.
func (o *office) standing(who string) string {
	o.t.Helper()
	return value[string](o, `select stage || ' ' || health || ' ' || waiting_on from appraisal where id = $1`, o.of(who))
}

func rows[T any](o *office, sql string, args ...any) []T {
	o.t.Helper()
	found, err := o.db.Query(context.WithoutCancel(o.t.Context()), sql, args...)
	must(o.t, err)
	list, err := pgx.CollectRows(found, pgx.RowToStructByName[T])
	must(o.t, err)
	return list
}

func values[T any](o *office, sql string, args ...any) []T {
	o.t.Helper()
	found, err := o.db.Query(context.WithoutCancel(o.t.Context()), sql, args...)
	must(o.t, err)
	list, err := pgx.CollectRows(found, pgx.RowTo[T])
	must(o.t, err)
	return list
}

func value[T any](o *office, sql string, args ...any) T {
	o.t.Helper()
	list := values[T](o, sql, args...)
	if len(list) != 1 {
		o.t.Fatalf("%d rows instead of one: %s", len(list), sql)
	}
	return list[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
