package stack

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/config"
)

// asSuperuser connects over the socket, as nobody but the user who runs the server may.
func asSuperuser(t *testing.T, s *Server) *pgx.Conn {
	t.Helper()
	return connect(t, fmt.Sprintf("postgres:///postgres?host=%s&port=%d&user=postgres", url.QueryEscape(s.postgres.socket), s.postgres.Port))
}

// told is every database address that a process was given, in its arguments or its environment.
func told(t *testing.T, pid int) []string {
	t.Helper()
	var all string
	for _, file := range []string{"cmdline", "environ"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			t.Fatal(err)
		}
		all += string(raw)
	}
	return regexp.MustCompile(`postgres(?:ql)?://[^\x00]+`).FindAllString(all, -1)
}

// startOfAnEarlierRelease leaves in dir what a release left whose Temporal acted as the owner of the product's database.
func startOfAnEarlierRelease(t *testing.T, dir string) {
	t.Helper()
	s, err := StartPostgres(t.Context(), throwaway(dir))
	if err != nil {
		t.Fatal(err)
	}
	superuser := asSuperuser(t, s)
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS telaah_temporal", "DROP DATABASE IF EXISTS telaah_temporal_visibility", "DROP ROLE IF EXISTS telaah_temporal",
		"GRANT CONNECT ON DATABASE telaah TO PUBLIC", "REVOKE CONNECT ON DATABASE telaah FROM telaah_app, telaah_read",
	} {
		if _, err := superuser.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := connect(t, s.URL("telaah")).Exec(t.Context(), "CREATE TABLE appraisal (rating text); INSERT INTO appraisal VALUES ('baik')"); err != nil {
		t.Fatal(err)
	}
	number, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	temporal, err := StartTemporal(t.Context(), TemporalOptions{
		Bin: temporalBin(t), DatabaseURL: s.URL("telaah"), Listen: fmt.Sprintf("127.0.0.1:%d", number), Namespace: "telaah",
		Log: filepath.Join(dir, "earlier-temporal.log"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := temporal.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestTemporalOwnsItsDatabasesAndIsToldNothingThatOpensTheRecord(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	startOfAnEarlierRelease(t, dir)
	r := up(t, settings(t, dir))
	r.awaitReady(1)

	addresses := told(t, r.child("temporal").PID)
	if raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", r.child("temporal").PID)); err != nil || strings.Contains(string(raw), "TELAAH_PAYLOAD_KEY") {
		t.Errorf("it was told where the key is that encrypts what it keeps (%v)", err)
	}
	if len(addresses) == 0 {
		t.Fatal("it was told no address at all")
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/telaah"
		record, err := pgx.Connect(t.Context(), u.String())
		if err != nil {
			continue
		}
		t.Errorf("it was told how to enter the record as %s", u.User.Username())
		if _, err := record.Exec(t.Context(), "SELECT rating FROM appraisal"); err == nil {
			t.Errorf("%s reads appraisals", u.User.Username())
		}
		record.Close(t.Context())
	}
	for _, database := range []string{"telaah_temporal", "telaah_temporal_visibility"} {
		u, err := url.Parse(addresses[0])
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + database
		conn := connect(t, u.String())
		owners := text(t, conn, `SELECT string_agg(DISTINCT pg_get_userbyid(o), ' ') FROM (
			SELECT datdba FROM pg_database WHERE datname = current_database()
			UNION SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
			UNION SELECT proowner FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
				AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')) owned (o)`)
		if owners != u.User.Username() {
			t.Errorf("what is in %s belongs to %s", database, owners)
		}
		if got := text(t, conn, "SELECT rolsuper::text || rolcreatedb::text || rolcreaterole::text FROM pg_roles WHERE rolname = current_user"); got != "falsefalsefalse" {
			t.Errorf("Temporal's role is superuser, may create databases, roles: %s", got)
		}
	}
	if log := readFrom(filepath.Join(dir, "logs", "temporal.log"), 0); strings.Contains(log, "permission denied") {
		t.Error("Temporal was refused what it needs in its own databases")
	}
}

func TestTheOwnerOfAServerOfYourOwnLetsTemporalInAndKeepsItOutOfTheRecord(t *testing.T) {
	t.Parallel()
	s := start(t, throwaway(openDir(t)))
	if _, err := asSuperuser(t, s).Exec(t.Context(), "ALTER ROLE telaah SUPERUSER"); err != nil {
		t.Fatal(err)
	}
	owner := connect(t, s.URL("telaah"))
	for _, statement := range []string{
		"CREATE DATABASE kota", "CREATE DATABASE kota_temporal", "GRANT CONNECT ON DATABASE kota TO telaah_app",
	} {
		if _, err := owner.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	const earlier = `CREATE EXTENSION btree_gin; CREATE TABLE executions (id bigserial, word text); CREATE VIEW open AS SELECT id FROM executions;
		CREATE SEQUENCE apart; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO executions (word) VALUES ('berjalan')`
	if _, err := connect(t, s.URL("kota_temporal")).Exec(t.Context(), earlier); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s.URL("kota_temporal"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("kota_conductor", "it's")
	for range 2 {
		if err := AdmitTemporal(t.Context(), s.URL("kota"), u.String()); err != nil {
			t.Fatal(err)
		}
	}
	conn := connect(t, u.String())
	for _, statement := range []string{
		"ALTER TABLE executions ADD COLUMN more text", "INSERT INTO executions (word) VALUES ('baru')", "DROP VIEW open", "DROP SEQUENCE apart",
		"DROP FUNCTION one()", "CREATE TABLE later (id int)",
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	u.Path = "/kota_temporal_visibility"
	if got := text(t, connect(t, u.String()), "SELECT pg_get_userbyid(datdba)::text || datcollate FROM pg_database WHERE datname = current_database()"); got != "kota_conductorC" {
		t.Errorf("the second database is %s", got)
	}
	u.Path = "/kota"
	if intruder, err := pgx.Connect(t.Context(), u.String()); err == nil {
		intruder.Close(t.Context())
		t.Error("Temporal's role enters the record")
	}
	connect(t, s.postgres.url(applicationRole, "kota"))
	if got := text(t, owner, "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE pg_get_userbyid(datdba) = 'telaah'"); got != "kota telaah" {
		t.Errorf("the owner's databases are %s", got)
	}
}

func TestAnOwnerWhoMayMakeNoRolesIsToldWhereTheStatementsStand(t *testing.T) {
	t.Parallel()
	s := start(t, throwaway(openDir(t)))
	u, err := url.Parse(s.URL("kota_temporal"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("kota_conductor", "rahasia")
	if err := AdmitTemporal(t.Context(), s.URL("telaah"), u.String()); err == nil || !strings.Contains(err.Error(), "docs/temporal.md tells what a superuser types") {
		t.Errorf("got %v", err)
	}
}

func TestWhoSeparatesTheOwnerSeparatesTemporal(t *testing.T) {
	t.Parallel()
	const owner, application, own = "postgres://telaah@h/kota", "postgres://telaah_app@h/kota", "postgres://t@elsewhere/kota_temporal"
	for _, tc := range []struct {
		name            string
		owner, temporal config.Secret
		want            stores
		fault           string
	}{
		{"the application is the owner", "", "", stores{application, "kota"}, ""},
		{"the owner is apart", owner, "", stores{}, "set TELAAH_TEMPORAL_DATABASE_URL"},
		{"Temporal is too", owner, own, stores{own, "kota"}, ""},
	} {
		o := Options{Config: config.Config{
			Database: config.Database{URL: application, OwnerURL: tc.owner}, Temporal: config.Temporal{DatabaseURL: tc.temporal},
		}}
		got, err := o.storesElsewhere(t.Context())
		if got != tc.want || (err == nil) != (tc.fault == "") || err != nil && !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: %+v, %v", tc.name, got, err)
		}
	}
}
