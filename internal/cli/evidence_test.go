package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/s3test"
	"github.com/marelan/telaah/internal/testdb"
)

// told runs a command on the installation that the environment names.
func told(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := newRoot("test")
	if err := guard(root); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return strings.Join(strings.Fields(out.String()), " "), err
}

// wantTold runs a command and asserts what it says.
func wantTold(t *testing.T, want string, args ...string) {
	t.Helper()
	if said, err := told(t, args...); err != nil || !strings.Contains(said, want) {
		t.Errorf("telaah %s says %q, %v; want %q", strings.Join(args, " "), said, err, want)
	}
}

func TestEvidenceIsCheckedMovedAndSweptByCommand(t *testing.T) {
	server, database := s3test.Start(t), testdb.URL(t, postgres.Migrate)
	for name, value := range map[string]string{
		"TELAAH_DATABASE_URL": database, "TELAAH_EVIDENCE_S3_ENDPOINT": server.Endpoint, "TELAAH_EVIDENCE_S3_BUCKET": s3test.Bucket, "TELAAH_EVIDENCE_S3_TLS": "off",
		"TELAAH_EVIDENCE_S3_ACCESS_KEY": s3test.AccessKey, "TELAAH_EVIDENCE_S3_SECRET_KEY": s3test.SecretKey,
	} {
		t.Setenv(name, value)
	}
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	if _, err := db.Exec(t.Context(), `insert into evidence_loose (key, due_at) values ('00000000-0000-0000-0000-000000000001/00', '-infinity')`); err != nil {
		t.Fatal(err)
	}
	wantTold(t, `"faulty": []`, "evidence", "check")
	wantTold(t, `"moved": 0`, "evidence", "move", "--to", "store")
	wantTold(t, `"removed": 1`, "evidence", "sweep")
	wantTold(t, `"removed": 0`, "evidence", "sweep", "--unknown")
	if _, err := told(t, "evidence", "move", "--to", "cloud"); err == nil || !strings.Contains(err.Error(), "--to store or --to database") {
		t.Errorf("an unknown place: %v", err)
	}
}

func TestRequestsForCorrectionAreListedAndAnsweredByCommand(t *testing.T) {
	database := testdb.URL(t, postgres.Migrate)
	t.Setenv("TELAAH_DATABASE_URL", database)
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	var id string
	if err := db.QueryRow(t.Context(), `with p as (insert into person (kind, name, full_name, email) values ('account', 'Tamu', 'Tamu', 'tamu@pemda.test') returning id)
		insert into correction (person_id, field, recorded, wanted, filed_at, due_at) select id, 'name', 'Tamu', 'Tamu Agung', now(), now() from p returning id::text`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	wantTold(t, `"wanted": "Tamu Agung"`, "correction", "list")
	if _, err := told(t, "correction", "answer", id, "--answer", "Sudah"); err == nil || !strings.Contains(err.Error(), "accept refuse") {
		t.Errorf("neither accepted nor refused: %v", err)
	}
	wantTold(t, `"id": "`+id+`"`, "correction", "answer", id, "--accept", "--answer", "Sudah dibetulkan")
	wantTold(t, `"open": [], "overdue": 0`, "correction", "list")
	if _, err := told(t, "correction", "answer", id, "--refuse", "--answer", "Tidak"); err == nil {
		t.Error("it is answered twice")
	}
}
