package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Demonstration says what a database holds.
type Demonstration struct {
	Demonstration bool // the demonstration government, and nothing else
	Loaded        bool
	People        int
}

// DemonstrationState reads it.
func DemonstrationState(ctx context.Context, q Querier) (Demonstration, error) {
	return one[Demonstration](ctx, q, `select demonstration, demonstration_loaded_at is not null as loaded,
		(select count(*)::int from person) as people from installation`)
}

// BeginDemonstration marks an empty database as a demonstration.
func BeginDemonstration(ctx context.Context, q Querier) error {
	_, err := exec(ctx, q, `update installation set demonstration = true`)
	return err
}

// ClearDemonstration empties a database in which loading the demonstration was broken off. It touches no other.
func ClearDemonstration(ctx context.Context, q Querier) error {
	_, err := exec(ctx, q, `do $$
		begin
			if (select demonstration and demonstration_loaded_at is null from installation) then
				perform set_config('telaah.destroys', 'demonstration', true);
				execute (select 'truncate ' || string_agg(format('%I', tablename), ', ') from pg_tables
					where schemaname = current_schema and tablename <> 'goose_db_version');
				insert into installation (demonstration) values (true);
			end if;
		end $$`)
	return err
}

// FinishDemonstration records that loading is complete.
func FinishDemonstration(ctx context.Context, q Querier, at time.Time) error {
	_, err := exec(ctx, q, `update installation set demonstration_loaded_at = $1`, at)
	return err
}

// HeadOf returns the head of a unit.
func HeadOf(ctx context.Context, q Querier, unit string) (appraisal.PersonID, error) {
	return scalar[appraisal.PersonID](ctx, q, `select head_id from unit where code = $1 and head_id is not null`, unit)
}

// OfficialOf returns the external official of a unit.
func OfficialOf(ctx context.Context, q Querier, unit string) (appraisal.PersonID, error) {
	return scalar[appraisal.PersonID](ctx, q, `select o.person_id from official o join unit u on u.id = o.unit_id where u.code = $1 order by o.code limit 1`, unit)
}

// SomebodyWith returns whoever has the most open steps of a kind.
func SomebodyWith(ctx context.Context, q Querier, kind appraisal.StepKind) (appraisal.PersonID, error) {
	return scalar[appraisal.PersonID](ctx, q, `select owner_id from step where kind = $1 and state = 'open' and owner_id is not null
		group by owner_id order by count(*) desc, owner_id limit 1`, kind)
}

// Participant is one appraisal of a cycle with what its story depends on.
type Participant struct {
	ID           appraisal.AppraisalID
	EmployeeID   appraisal.PersonID
	AppraiserID  appraisal.PersonID
	CohortID     appraisal.CohortID
	PositionKind appraisal.PositionKind
	Agency       string // code of the unit below the root
	Depth        int    // of the person below the top
}

// Participants returns everybody of a cycle, superiors before their people.
func Participants(ctx context.Context, q Querier, cycle appraisal.CycleID) ([]Participant, error) {
	return all[Participant](ctx, q, `with recursive tree as (
			select person_id, 0 as depth from employee where superior_id is null
			union all select e.person_id, t.depth + 1 from employee e join tree t on e.superior_id = t.person_id
		)
		select a.id, a.employee_id, a.appraiser_id, a.cohort_id, a.position_kind, split_part(u.code, '.', 1) as agency, t.depth
		from appraisal a join unit u on u.id = a.unit_id join tree t on t.person_id = a.employee_id
		where a.cycle_id = $1 order by t.depth, u.code, a.id`, cycle)
}
