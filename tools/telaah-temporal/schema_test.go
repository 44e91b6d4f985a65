package main

import (
	"go/version"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/schema"
	tool "go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

func TestAnUpdateKilledBeforeItWasRecordedIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for i, name := range []string{"postgresql/v12/temporal", "postgresql/v12/visibility"} {
		p.exec(t, "CREATE DATABASE "+p.databases()[i])
		conn := p.connect(t, p.databases()[i])
		before := "0.0"
		for _, version := range versions(t, name) {
			updateTo(t, conn.Config(), name, version)
			if _, err := conn.Exec(t.Context(), "UPDATE schema_version SET curr_version = $1", before); err != nil {
				t.Fatal(err)
			}
			updateTo(t, conn.Config(), name, version)
			before = version
		}
		if err := updateSchema(conn.Config(), name); err != nil {
			t.Errorf("an up-to-date %s is not left alone: %v", name, err)
		}
	}
}

func updateTo(t *testing.T, store *pgx.ConnConfig, name, version string) {
	t.Helper()
	conn, err := sql.NewConnection(sqlConfig(store, 1), log.NewNoopLogger())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	setup := &tool.SetupConfig{InitialVersion: "0.0"}
	if err := tool.NewSetupSchemaTask(conn, setup, log.NewNoopLogger()).Run(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	update := &tool.UpdateConfig{SchemaName: name, TargetVersion: version}
	if err := tool.NewUpdateSchemaTask(repeatable{conn}, update, log.NewNoopLogger()).Run(); err != nil {
		t.Fatalf("%s to %s: %v", name, version, err)
	}
}

// versions lists the updates that the server brings, oldest first.
func versions(t *testing.T, name string) []string {
	t.Helper()
	entries, err := fs.ReadDir(schema.Assets(), name+"/versioned")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, strings.TrimPrefix(entry.Name(), "v"))
	}
	slices.SortFunc(found, func(a, b string) int { return version.Compare("go"+a, "go"+b) })
	return found
}
