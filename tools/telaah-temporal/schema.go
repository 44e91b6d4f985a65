package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/iancoleman/strcase"
	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

// sqlConfig describes a store to the server, which opens a pool of its own for each of its four services.
// The connections come from pgx's reading of the address, so that sockets, TLS and passwords work as they do in telaah.
func sqlConfig(store *pgx.ConnConfig, maxConns int) *config.SQL {
	return &config.SQL{
		PluginName:      postgresql.PluginNamePGX,
		DatabaseName:    store.Database,
		ConnectAddr:     fmt.Sprintf("%s:%d", store.Host, store.Port),
		ConnectProtocol: "tcp",
		Connect: func(*config.SQL) (*sqlx.DB, error) {
			db := sqlx.NewDb(stdlib.OpenDB(*store), "pgx")
			db.SetMaxOpenConns(maxConns)
			db.SetMaxIdleConns(maxConns)
			db.SetConnMaxIdleTime(time.Minute)
			db.MapperFunc(strcase.ToSnake) // the server's queries name their columns this way
			if err := db.Ping(); err != nil {
				_ = db.Close()
				return nil, err
			}
			return db, nil
		},
	}
}

// updateSchema creates the tables of an empty store and updates those of an older one. A newer one is left as it is.
func updateSchema(store *pgx.ConnConfig, name string) error {
	logger := log.NewNoopLogger()
	conn, err := sql.NewConnection(sqlConfig(store, 1), logger)
	if err != nil {
		return explain(err, store)
	}
	defer conn.Close()
	err = schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run()
	if err == nil {
		err = schema.NewUpdateSchemaTask(repeatable{conn}, &schema.UpdateConfig{SchemaName: name}, logger).Run()
	}
	if err != nil {
		return fmt.Errorf("update the tables of %s: %w", store.Database, err)
	}
	return nil
}

// repeatable lets an update that was killed half way run again: the server's own tool passes over what already exists,
// this one also over what is already gone and rows that are already there.
type repeatable struct{ *sql.Connection }

func (r repeatable) Exec(statement string, args ...any) error {
	err := r.Connection.Exec(statement, args...)
	switch {
	case strings.Contains(statement, "DROP") &&
		hasCode(err, pgerrcode.UndefinedTable, pgerrcode.UndefinedColumn, pgerrcode.UndefinedObject):
		return nil
	case strings.HasPrefix(statement, "INSERT") && hasCode(err, pgerrcode.UniqueViolation):
		return nil
	}
	return err
}
