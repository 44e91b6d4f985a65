package service

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/testdb"
)

// system is the command line: no person, but HR's rights.
var system = appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleHR}}

// demoFiles are the demonstration's, as internal/demo orders them; that package cannot be imported from here.
var demoFiles = map[ImportKind][]string{
	ImportRoster:       {"unit-organisasi.csv", "pegawai.csv", "pejabat-luar.csv"},
	ImportHolidays:     {"hari-libur.csv"},
	ImportStrategy:     {"rencana-strategis.csv"},
	ImportCompetencies: {"kompetensi.csv", "standar-kompetensi.csv", "penilaian-kompetensi.csv"},
	ImportTrainings:    {"katalog-pelatihan.csv"},
	ImportMeasurements: {"ukuran-layanan.csv"},
	ImportSurvey:       {"skm-responden.csv"},
	ImportLibrary:      {"pustaka-hasil-kerja.csv"},
}

// office is an empty record and a service on the day on which the demonstration's files were exported.
func office(t testing.TB) *bundle {
	t.Helper()
	zone := time.FixedZone("WIB", 7*60*60)
	pool, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	b := &bundle{pool: pool, clock: &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, zone)}}
	b.Service = New(Options{DB: application, Policies: appraisal.Embedded(), Zone: zone, Now: b.clock.Now})
	return b
}

func demo(t testing.TB, kind ImportKind) []roster.File {
	t.Helper()
	var files []roster.File
	for _, name := range demoFiles[kind] {
		content, err := os.ReadFile(filepath.Join("..", "demo", "data", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, roster.File{Name: name, Data: content})
	}
	return files
}

// imports carries an import out and expects no fault.
func (b *bundle) imports(t testing.TB, kind ImportKind, files []roster.File, options ...ImportOption) ImportReport {
	t.Helper()
	report, faults, err := b.Import(t.Context(), system, kind, files, false, options...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f.Line(locale.English))
	}
	if len(faults) > 0 {
		t.FailNow()
	}
	return report
}

// counts are those of one kind of thing: added, changed, unchanged, missing.
type counts [4]int

func countsOf(r ImportReport) map[string]counts {
	m := map[string]counts{}
	for _, e := range r.Entities {
		m[e.Entity] = counts{e.Added, e.Changed, e.Unchanged, e.Missing}
	}
	return m
}

func TestImportOfTheDemonstrationTakesEveryRowAndASecondTimeChangesNothing(t *testing.T) {
	t.Parallel()
	b := office(t)
	sizes := map[string]int{
		"unit": 68, "employee": 590, "official": 1, "holiday": 41, "strategy_item": 17, "competency": 17, "competency_standard": 79,
		"competency_assessment": 1810, "training": 136, "measurement": 1900, "survey_response": 640, "survey_day": 511, "library_entry": 22,
	}
	for _, kind := range ImportKinds {
		for entity, got := range countsOf(b.imports(t, kind, demo(t, kind))) {
			if want := (counts{sizes[entity], 0, 0, 0}); got != want {
				t.Errorf("first import of %s: %v, want %v", entity, got, want)
			}
			if n := query[int](t, b, `select count(*) from `+entity); n != sizes[entity] {
				t.Errorf("the record holds %d of %s, want %d", n, entity, sizes[entity])
			}
		}
	}
	for _, kind := range ImportKinds {
		before := query[string](t, b, fingerprint)
		for entity, got := range countsOf(b.imports(t, kind, demo(t, kind))) {
			if want := (counts{0, 0, sizes[entity], 0}); got != want {
				t.Errorf("second import of %s: %v, want %v", entity, got, want)
			}
		}
		if query[string](t, b, fingerprint) != before {
			t.Errorf("the second import of %s wrote to the record", kind)
		}
	}
}

// fingerprint changes with every row that is written anew, even with the same content.
const fingerprint = `select md5(string_agg(x, ',' order by x)) from (
	select 'unit' || xmin || ctid as x from unit union all select 'person' || xmin || ctid from person
	union all select 'employee' || xmin || ctid from employee union all select 'official' || xmin || ctid from official
	union all select 'holiday' || xmin || ctid from holiday union all select 'strategy' || xmin || ctid from strategy_item
	union all select 'measurement' || xmin || ctid from measurement union all select 'survey' || xmin || ctid from survey_response
	union all select 'competency' || xmin || ctid from competency union all select 'standard' || xmin || ctid from competency_standard
	union all select 'assessment' || xmin || ctid from competency_assessment union all select 'training' || xmin || ctid from training
	union all select 'library' || xmin || ctid from library_entry) r`
