package postgres

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/testdb"
)

// keptOtherwise are the tables in which the retention schedule destroys nothing, and why.
var keptOtherwise = map[string]string{
	"goose_db_version": "no data", "installation": "no data", "unit": "the organisation", "holiday": "the calendar", "strategy_item": "the organisation's aims",
	"competency": "a catalogue", "competency_standard": "a catalogue", "training": "a catalogue", "library_entry": "a catalogue",
	"person": "the roster, which the personnel office keeps", "employee": "the roster", "official": "the roster", "role_grant": "ended by whoever grants",
	"passkey": "ended by its owner or an administrator", "federated_identity": "ended by an administrator", "first_administrator_link": "one line, used up",
	"former_session_token": "goes with its session", "cycle": "names nobody", "cohort": "names nobody", "organisation_rating": "of a unit", "pulse": "counts", "survey_response": "anonymous", "payload_key": "destroyed with its cycle",
	"appraisal": "stays, to say what became of it", "stage_entry": "says when a stage was entered", "wake": "delivered within seconds", "evidence_content": "goes with its evidence", "evidence_loose": "gone within a minute",
	"audit_event": "the chain, which verifies for ever", "audit_head": "the chain", "audit_seal": "the chain", "audit_unsealed": "the chain", "audit_root": "the chain",
	"audit_root_head": "the chain", "audit_destroyed": "the chain",
	"destruction": "certificates", "destroyed_appraisal": "certificates",
}

func TestTheRetentionScheduleKnowsEveryTable(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t, Migrate)
	tables, err := scalars[string](t.Context(), pool, `select tablename::text from pg_tables where schemaname = current_schema order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"audit_content"}
	for _, list := range shelves {
		for _, s := range list {
			known = append(known, s.table)
		}
	}
	for _, list := range folders {
		for _, f := range list {
			known = append(known, f.table)
		}
	}
	for _, table := range tables {
		switch reason, kept := keptOtherwise[table]; {
		case kept && slices.Contains(known, table):
			t.Errorf("%s is destroyed, and kept because it is %s", table, reason)
		case !kept && !slices.Contains(known, table):
			t.Errorf("nothing says when %s is destroyed: give it a place in retention.go or retention_due.go, or a reason here", table)
		}
	}
	for table := range keptOtherwise {
		if !slices.Contains(tables, table) {
			t.Errorf("there is no table %s", table)
		}
	}
}
