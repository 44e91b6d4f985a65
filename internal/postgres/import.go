package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// MostImportDetails bounds how many keys an import lists, of those changed and of those missing each.
const MostImportDetails = 500

// Imported says what an import did to one table.
type Imported struct {
	Entity                             string
	Added, Changed, Unchanged, Missing int
	Changes                            []ImportChange // the first MostImportDetails
	MissingKeys                        []string       // the first MostImportDetails
}

// ImportChange is a row that the record had already and the file says otherwise.
type ImportChange struct {
	Key    string
	Fields []string
}

// importTable tells how the rows of a file meet the record. They are copied into incoming_<entity> (an ordinal and the
// columns), compared into compared_<entity>, and applied by statements over both.
type importTable struct {
	entity  string
	columns []string // name and type
	compare string   // selects ordinal, key, added, fields and what apply needs beside them
	missing string   // selects as key what the record holds and the file does not
	apply   []string
}

// take copies and compares; it changes nothing but temporary tables.
func (t importTable) take(ctx context.Context, q Querier, n int, values func(i int) []any) (Imported, error) {
	done := Imported{Entity: t.entity}
	names := []string{"ordinal"}
	for _, c := range t.columns {
		name, _, _ := strings.Cut(c, " ")
		names = append(names, name)
	}
	incoming, compared := "incoming_"+t.entity, "compared_"+t.entity
	if _, err := exec(ctx, q, `create temporary table `+incoming+` (ordinal integer, `+strings.Join(t.columns, ", ")+`) on commit drop`); err != nil {
		return done, fmt.Errorf("stage %s: %w", t.entity, err)
	}
	rows := pgx.CopyFromSlice(n, func(i int) ([]any, error) { return append([]any{int32(i)}, values(i)...), nil })
	if _, err := q.CopyFrom(ctx, pgx.Identifier{incoming}, names, rows); err != nil {
		return done, fmt.Errorf("copy %s: %w", t.entity, err)
	}
	for _, statement := range []string{
		`analyze ` + incoming,
		`create temporary table ` + compared + ` on commit drop as ` + t.compare,
		`analyze ` + compared,
	} {
		if _, err := exec(ctx, q, statement); err != nil {
			return done, fmt.Errorf("compare %s: %w", t.entity, err)
		}
	}
	err := q.QueryRow(ctx, `select count(*) filter (where added), count(*) filter (where not added and fields <> '{}'),
		count(*) filter (where not added and fields = '{}'), (select count(*) from (`+t.missing+`) m) from `+compared).
		Scan(&done.Added, &done.Changed, &done.Unchanged, &done.Missing)
	if err != nil {
		return done, fmt.Errorf("count %s: %w", t.entity, err)
	}
	if done.Changed > 0 {
		done.Changes, err = all[ImportChange](ctx, q, `select key, fields from `+compared+`
			where not added and fields <> '{}' order by ordinal limit $1`, MostImportDetails)
	}
	if err == nil && done.Missing > 0 {
		done.MissingKeys, err = scalars[string](ctx, q, `select key from (`+t.missing+`) m order by key limit $1`, MostImportDetails)
	}
	if err != nil {
		return done, fmt.Errorf("list the changes of %s: %w", t.entity, err)
	}
	return done, nil
}

// settle applies what take compared, unless there is nothing to apply.
func (t importTable) settle(ctx context.Context, q Querier, done Imported) error {
	if done.Added+done.Changed == 0 {
		return nil
	}
	for _, statement := range t.apply {
		if _, err := exec(ctx, q, statement); err != nil {
			return fmt.Errorf("apply %s: %w", t.entity, err)
		}
	}
	return nil
}

// importRows takes and settles a table that nothing else of the import interferes with.
func importRows[T any](ctx context.Context, q Querier, t importTable, rows []T, values func(T) []any) (Imported, error) {
	done, err := t.take(ctx, q, len(rows), func(i int) []any { return values(rows[i]) })
	if err == nil {
		err = t.settle(ctx, q, done)
	}
	return done, err
}

// LockImports lets one import run at a time, until the transaction ends.
func LockImports(ctx context.Context, q Querier) error {
	_, err := exec(ctx, q, `select pg_advisory_xact_lock(727366)`)
	return err
}

// ImportRun is an import as the record keeps it.
type ImportRun struct {
	Kind   string
	Files  string
	Actor  *appraisal.PersonID // nil: the system
	At     time.Time
	Report []byte // JSON
}

// InsertImportRun keeps an import and returns its id.
func InsertImportRun(ctx context.Context, q Querier, r ImportRun) (string, error) {
	return scalar[string](ctx, q, `insert into import_run (kind, files, actor_id, at, report) values ($1, $2, $3, $4, $5) returning id`,
		r.Kind, r.Files, r.Actor, r.At, r.Report)
}
