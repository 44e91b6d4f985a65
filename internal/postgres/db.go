// Package postgres holds all SQL, a file for each aggregate. Its functions take the transaction of the act that calls them;
// only this file opens pools and transactions.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/marelan/telaah/internal/appraisal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

// Open connects a pool of at most conns connections.
func Open(ctx context.Context, url string, conns int) (*pgxpool.Pool, error) {
	return open(ctx, url, conns, nil)
}

// OpenHasty is Open for what is begun anew if it is broken off: no commit waits for the disk.
func OpenHasty(ctx context.Context, url string, conns int) (*pgxpool.Pool, error) {
	return open(ctx, url, conns, map[string]string{"synchronous_commit": "off"})
}

func open(ctx context.Context, url string, conns int, settings map[string]string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("TELAAH_DATABASE_URL: %w", err)
	}
	cfg.MaxConns = int32(conns)
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "telaah"
	maps.Copy(cfg.ConnConfig.RuntimeParams, settings)
	cfg.ConnConfig.RuntimeParams["jit"] = "off" // compiling takes longer than any query of ours, and recursive ones look dear enough for it
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return pool, nil
}

func migrator(url string) (*goose.Provider, func(), error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, fmt.Errorf("database address: %w", err)
	}
	db := stdlib.OpenDB(*cfg)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, subFS{})
	if err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, func() { _ = db.Close() }, nil
}

// Migrate brings the schema to this binary's version, as the owner, and grants the other roles what they may. Running it again changes nothing; two at once wait for each other.
func Migrate(ctx context.Context, url string) error {
	pool, err := Open(ctx, url, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(727365)`); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(727365)`) }()
	provider, done, err := migrator(url)
	if err != nil {
		return err
	}
	defer done()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	if err := grant(ctx, conn.Conn()); err != nil {
		return fmt.Errorf("grant the roles what they may: %w", err)
	}
	return nil
}

// CheckSchema refuses a database whose schema is not this binary's.
func CheckSchema(ctx context.Context, url string) error {
	provider, done, err := migrator(url)
	if err != nil {
		return err
	}
	defer done()
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	sources := provider.ListSources()
	want := sources[len(sources)-1].Version
	if current != want {
		return fmt.Errorf("the database has schema %d and this binary needs %d: run `telaah migrate`", current, want)
	}
	return nil
}

// InTx runs f in one transaction and runs it again when PostgreSQL broke it off for the sake of another.
func InTx(ctx context.Context, pool *pgxpool.Pool, f func(tx pgx.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := pgx.BeginFunc(ctx, pool, f)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01") && attempt < 5 {
			continue
		}
		return Mapped(err)
	}
}

// InSnapshot runs f on one unchanging picture of the database, so that what several queries find belongs together.
func InSnapshot(ctx context.Context, pool *pgxpool.Pool, f func(q Querier) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return Mapped(pgx.BeginTxFunc(ctx, pool, options, func(tx pgx.Tx) error { return f(tx) }))
}

// Mapped gives a database error the domain's code: the one place where that is decided. Errors of the domain pass
// through unchanged.
func Mapped(err error) error {
	var known *appraisal.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return &appraisal.Error{Code: appraisal.CodeNotFound, Key: "error.not_found", Err: err}
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if !unreachable(err) {
			return err
		}
		return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "error.unavailable", Err: err}
	}
	switch {
	case pg.Code == "23505":
		return &appraisal.Error{Code: appraisal.CodeConflict, Key: "error.exists", Err: err}
	case pg.Code == "22021" || pg.Code == "22P05": // a character that no text can hold, for example U+0000
		return &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.text_form", Err: err}
	case pg.Code == "22P02" || pg.Code == "23503":
		return &appraisal.Error{Code: appraisal.CodeNotFound, Key: "error.not_found", Err: err}
	case pg.Code[:2] == "08" || pg.Code[:2] == "57" || pg.Code[:2] == "53":
		return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "error.unavailable", Err: err}
	default:
		return err
	}
}

// unreachable tells that the database did not answer from every other fault, which is ours and must not pass for one that heals.
func unreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// one reads exactly one row into T by column names.
func one[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		var zero T
		return zero, Mapped(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	return v, Mapped(err)
}

// optional reads one row or none.
func optional[T any](ctx context.Context, q Querier, sql string, args ...any) (*T, error) {
	list, err := all[T](ctx, q, sql, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// all reads every row into T by column names.
func all[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, Mapped(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return list, Mapped(err)
}

// scalars reads a single column.
func scalars[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, Mapped(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	return list, Mapped(err)
}

// scalar reads a single value.
func scalar[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	var v T
	err := q.QueryRow(ctx, sql, args...).Scan(&v)
	return v, Mapped(err)
}

// exec runs a statement and returns how many rows it changed.
func exec(ctx context.Context, q Querier, sql string, args ...any) (int64, error) {
	tag, err := q.Exec(ctx, sql, args...)
	return tag.RowsAffected(), Mapped(err)
}
