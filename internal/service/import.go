package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

// ImportKind says what files are about.
type ImportKind string

const (
	ImportRoster       ImportKind = "roster"
	ImportStrategy     ImportKind = "strategy"
	ImportMeasurements ImportKind = "measurements"
	ImportSurvey       ImportKind = "survey"
	ImportCompetencies ImportKind = "competencies"
	ImportTrainings    ImportKind = "trainings"
	ImportHolidays     ImportKind = "holidays"
	ImportLibrary      ImportKind = "library"
)

// ImportKinds lists every kind, in an order in which what a file refers to is there.
var ImportKinds = []ImportKind{
	ImportRoster, ImportStrategy, ImportMeasurements, ImportSurvey, ImportCompetencies, ImportTrainings, ImportHolidays,
	ImportLibrary,
}

// Known reports whether k is one of ImportKinds.
func (k ImportKind) Known() bool { return slices.Contains(ImportKinds, k) }

// ImportReport says what an import did, or, of a dry run, what it would do.
type ImportReport struct {
	Kind     ImportKind       `json:"kind"`
	DryRun   bool             `json:"dry_run"`
	Entities []ImportedEntity `json:"entities"`
	Notes    []roster.Fault   `json:"-"` // what was passed over or looks odd, without being wrong
}

// ImportedEntity counts what an import did to one kind of thing. Missing is what the record holds and the file does not: it
// stays as it is. Changes and MissingKeys list at most 500 each.
type ImportedEntity struct {
	Entity      string         `json:"entity"`
	Added       int            `json:"added"`
	Changed     int            `json:"changed"`
	Unchanged   int            `json:"unchanged"`
	Missing     int            `json:"missing"`
	Changes     []ImportChange `json:"changes"`
	MissingKeys []string       `json:"missing_keys"`
}

// ImportChange names the fields in which a file differs from the record.
type ImportChange struct {
	Key    string   `json:"key"`
	Fields []string `json:"fields"`
}

// ImportOption changes how an import is carried out.
type ImportOption func(*importing)

// ImportCall carries the idempotency key of the request.
func ImportCall(call Call) ImportOption { return func(i *importing) { i.call = call } }

// importing is an import under way.
type importing struct {
	kind          ImportKind
	files         []roster.File
	demonstration bool
	actor         *appraisal.PersonID // nil: the system
	network       string
	call          Call
	now           time.Time // in the office's zone
	faults        []roster.Fault
	notes         []roster.Fault
}

// errRolledBack undoes a dry run, and an import that found faults.
var errRolledBack = errors.New("nothing is kept")

// Import reads files of one kind and brings the record in line with them, in one transaction. With faults nothing changes and
// they are returned; a dry run changes nothing either and reports what it would do. Nothing is ever removed:
// a corrected measurement or survey day is a further version beside the one before. Data that are not the demonstration's end its
// sign-in links.
//
// The files of ImportRoster are the units, the employees and the officials, in this order; one without a name was not
// given. Every other kind takes one or several; those of ImportCompetencies are told apart by their headers.
func (s *Service) Import(ctx context.Context, actor appraisal.Actor, kind ImportKind, files []roster.File, dryRun bool,
	options ...ImportOption) (ImportReport, []roster.Fault, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionImport); err != nil {
		return ImportReport{}, nil, err
	}
	im := &importing{kind: kind, files: files, network: actor.Network}
	if actor.ID != "" {
		im.actor = &actor.ID
	}
	for _, option := range options {
		option(im)
	}
	if err := im.check(); err != nil {
		return ImportReport{}, nil, err
	}
	d := deed{name: "import", subject: string(kind), call: im.call, body: im.digest(dryRun)}
	var report ImportReport
	kept, err := perform(ctx, s, actor, d, func(t *tx) (ImportReport, error) {
		im.now, im.faults, im.notes = t.now.In(s.zone), nil, nil
		var err error
		if report, err = s.carryOut(ctx, t, im, dryRun); err == nil && (dryRun || len(im.faults) > 0) {
			err = errRolledBack
		}
		return report, err
	})
	switch {
	case errors.Is(err, errRolledBack) && len(im.faults) > 0:
		return ImportReport{}, im.faults, nil
	case errors.Is(err, errRolledBack):
		return report, nil, nil
	case err != nil:
		return ImportReport{}, nil, err
	}
	if kind == ImportHolidays {
		s.forgetCalendar()
	}
	kept.Notes = im.notes
	return kept, nil, nil
}

// ImportDemonstration imports as Import does and leaves the demonstration's sign-in links alone: what is imported is the
// demonstration itself.
func (s *Service) ImportDemonstration(ctx context.Context, actor appraisal.Actor, kind ImportKind, files []roster.File) (ImportReport, []roster.Fault, error) {
	return s.Import(ctx, actor, kind, files, false, func(im *importing) { im.demonstration = true })
}

// check refuses what is no import at all.
func (im *importing) check() error {
	given := len(im.given())
	right := given > 0 && given == len(im.files)
	if im.kind == ImportRoster {
		right = given > 0 && len(im.files) <= 3
	}
	if !im.kind.Known() {
		return appraisal.Fault(appraisal.CodeNotFound, "import_report.kind_unknown", map[string]any{"kind": string(im.kind)})
	}
	if !right {
		return appraisal.Fault(appraisal.CodeInvalid, "import_report.files_wrong."+string(im.kind), nil)
	}
	return nil
}

// given returns the files that have a name.
func (im *importing) given() []roster.File {
	return slices.DeleteFunc(slices.Clone(im.files), func(f roster.File) bool { return f.Name == "" })
}

// longestName bounds what is kept of a file's name.
const longestName = 120

// baseName is what is kept of a file's name: no folders of somebody's machine, and nothing that a page could not show.
func baseName(f roster.File) string {
	name := f.Name[strings.LastIndexAny(f.Name, `/\`)+1:]
	runes := slices.DeleteFunc([]rune(strings.ToValidUTF8(name, "")), func(r rune) bool { return !unicode.IsPrint(r) })
	return string(runes[:min(len(runes), longestName)])
}

// digest stands for the files where a repeat of the act is compared with the first.
func (im *importing) digest(dryRun bool) []string {
	parts := []string{fmt.Sprint(dryRun)}
	for _, f := range im.files {
		sum := sha256.Sum256(f.Data)
		parts = append(parts, f.Name, hex.EncodeToString(sum[:]))
	}
	return parts
}

func (s *Service) carryOut(ctx context.Context, t *tx, im *importing, dryRun bool) (ImportReport, error) {
	if err := postgres.LockImports(ctx, t); err != nil {
		return ImportReport{}, err
	}
	done, err := importers[im.kind](ctx, t, im)
	if err != nil || len(im.faults) > 0 {
		return ImportReport{}, err
	}
	report := ImportReport{Kind: im.kind, DryRun: dryRun, Notes: im.notes}
	for _, d := range done {
		report.Entities = append(report.Entities, importedEntity(d))
	}
	if dryRun {
		return report, nil
	}
	return report, s.recordImport(ctx, t, im, report)
}

// recordImport keeps the report, writes the trail, which names nobody, and ends the demonstration.
func (s *Service) recordImport(ctx context.Context, t *tx, im *importing, report ImportReport) error {
	stored, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("store the report: %w", err)
	}
	var names []string
	for _, f := range im.given() {
		names = append(names, baseName(f))
	}
	run, err := postgres.InsertImportRun(ctx, t, postgres.ImportRun{
		Kind: string(im.kind), Files: strings.Join(names, ", "), Actor: im.actor, At: t.now, Report: stored,
	})
	if err != nil {
		return err
	}
	detail := map[string]any{"kind": im.kind}
	for _, e := range report.Entities {
		detail[e.Entity] = map[string]int{"added": e.Added, "changed": e.Changed, "unchanged": e.Unchanged, "missing": e.Missing}
	}
	if err := postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: im.actor, Network: im.network, Action: "import", Subject: "import/" + run, Detail: detail}); err != nil {
		return err
	}
	if im.demonstration {
		return nil
	}
	return postgres.RevokeDemonstration(ctx, t)
}

func importedEntity(d postgres.Imported) ImportedEntity {
	e := ImportedEntity{
		Entity: d.Entity, Added: d.Added, Changed: d.Changed, Unchanged: d.Unchanged, Missing: d.Missing,
		Changes: make([]ImportChange, len(d.Changes)), MissingKeys: append([]string{}, d.MissingKeys...),
	}
	for i, c := range d.Changes {
		e.Changes[i] = ImportChange(c)
	}
	return e
}

// forgetCalendar makes the next act read the holidays anew.
func (s *Service) forgetCalendar() {
	s.officeDays.Store(nil)
}
