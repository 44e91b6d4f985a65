package postgres_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// crowd is 8,000 people in 400 units, each with an appraisal and lines of the trail.
var crowd = []string{
	`insert into unit (code, name) select 'U' || n, 'Unit ' || n from generate_series(0, 399) n`,
	`insert into person (kind, name, full_name, email) select 'employee', 'Pegawai', 'Pegawai ' || n, 'p' || n || '@pemda.test' from generate_series(0, 7999) n`,
	`insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id)
		select p.id, lpad(ltrim(split_part(p.email, '@', 1), 'p'), 18, '0'), 'female', '1990-01-01', 'pns', 'pelaksana', 'Analis', u.id
		from person p join unit u on u.code = 'U' || (ltrim(split_part(p.email, '@', 1), 'p')::int % 400)`,
	`update employee e set superior_id = h.id from unit u join person h on h.email = 'p' || substr(u.code, 2) || '@pemda.test'
		where u.id = e.unit_id and h.id <> e.person_id`,
	`insert into cycle (code, name, period_start, period_end, policy, policy_version, template, first_stage, created_at, policy_document)
		values ('2026', 'Kinerja 2026', '2026-01-01', '2026-12-31', 'permen6-2022', '1', '{}', 'targets', now(), '{}')`,
	`insert into appraisal (cycle_id, employee_id, unit_id, position_kind, appraiser_id, stage, stage_at)
		select c.id, e.person_id, e.unit_id, 'pelaksana', e.superior_id, 'targets', now() from employee e, cycle c`,
	`insert into audit_event (at, actor_id, action, appraisal_id, digest) select now(), a.employee_id, 'submit_plan', a.id, '' from appraisal a, generate_series(1, 5)`,
	`insert into audit_event (at, actor_id, action, subject, digest) select now(), id, 'sign_in', 'person/' || id, '' from person, generate_series(1, 5)`,
	`insert into training_taken (person_id, title, hours, finished, evidence, recorded_at) select id, 'Pelayanan', 8, '2026-02-01', '-', now() from person`,
	`insert into delegation (delegator_id, delegate_id, from_day, until_day, made_by, made_at)
		select p.id, o.id, '2026-02-01', '2026-02-05', p.id, now() from person p join person o on o.email = 'p' || (ltrim(split_part(p.email, '@', 1), 'p')::int + 1) || '@pemda.test'`,
	`analyze`,
}

// explained asks of each query what it goes through before the query itself.
type explained struct {
	postgres.Querier
	t     *testing.T
	plans []string
}

func (e *explained) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := e.Querier.Query(ctx, "explain (analyze, costs off, timing off, summary off) "+sql, args...)
	must(e.t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(e.t, err)
	e.plans = append(e.plans, strings.Join(lines, "\n"))
	return e.Querier.Query(ctx, sql, args...)
}

func TestLookUpsInALargeOrganisationAreServedByIndexes(t *testing.T) {
	t.Parallel()
	owner := testdb.New(t, postgres.Migrate)
	for _, sql := range crowd {
		exec(t, owner, sql)
	}
	var someone appraisal.PersonID
	must(t, owner.QueryRow(t.Context(), `select id::text from person where email = 'p777@pemda.test'`).Scan(&someone))
	few := []appraisal.PersonID{someone}
	day := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
	whole := regexp.MustCompile(`(rows=|Removed by (Join )?Filter: )\d{4,}`)
	named := func(who string) func(q postgres.Querier) (int, error) {
		return func(q postgres.Querier) (int, error) {
			found, err := postgres.FindPerson(t.Context(), q, who)
			if err == nil && (found == nil || found.ID != someone) {
				t.Errorf("%s is %+v", who, found)
			}
			return 1, err
		}
	}
	for name, look := range map[string]func(q postgres.Querier) (int, error){
		"the trail about people": func(q postgres.Querier) (int, error) {
			found, err := postgres.SearchTrail(t.Context(), q, postgres.AuditFilter{About: few}, nil, 51)
			return len(found), err
		},
		"the trail of actors": func(q postgres.Querier) (int, error) {
			found, err := postgres.SearchTrail(t.Context(), q, postgres.AuditFilter{Actors: few}, &postgres.AuditMark{At: time.Now().Add(time.Hour)}, 51)
			return len(found), err
		},
		"the trail about oneself": func(q postgres.Querier) (int, error) {
			found, err := postgres.TrailAbout(t.Context(), q, someone, nil, 51)
			return len(found), err
		},
		"one's own trail": func(q postgres.Querier) (int, error) {
			found, err := postgres.PersonalTrail(t.Context(), q, someone)
			return len(found), err
		},
		"who has an e-mail address": named("P777@pemda.test"),
		"who has a NIP":             named("000000000000000777"),
		"who has an id":             named(strings.ToUpper(string(someone))),
		"who is near": func(q postgres.Querier) (int, error) {
			found, err := postgres.Colleagues(t.Context(), q, someone, 100)
			return len(found), err
		},
		"delegations of a person": func(q postgres.Querier) (int, error) {
			found, err := postgres.DelegationsInForce(t.Context(), q, someone, day)
			return len(found), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := &explained{Querier: owner, t: t}
			found, err := look(q)
			must(t, err)
			if found == 0 {
				t.Error("nothing is found")
			}
			for _, plan := range q.plans {
				if scan := whole.FindString(plan); scan != "" {
					t.Errorf("a thousand rows or more are gone through (%s) in\n%s", scan, plan)
				}
			}
		})
	}
}
