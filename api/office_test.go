package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/report"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/testdb"
)

// office is a village office on a database of its own, reached over HTTP: a head whom the regent appraises, the head's
// secretary with four staff, and those who run the appraisal.
type office struct {
	t       *testing.T
	engine  http.Handler
	service *service.Service
	pool    *pgxpool.Pool
	doc     *openapi3.T
	cycle   string
	checked map[string]bool // operations whose success was compared with the description
}

const officeRows = `
insert into unit (code, name) values ('DESA', 'Pemerintah Desa');
insert into unit (code, name, parent_id) select 'SEKRETARIAT', 'Sekretariat', id from unit;
insert into person (kind, name, full_name, email) select kind, name, name, lower(name) || '@desa.test' from (values
	('official', 'Bupati'), ('employee', 'Kades'), ('employee', 'Sekdes'), ('employee', 'Wati'), ('employee', 'Tono'),
	('employee', 'Rudi'), ('employee', 'Lina'), ('employee', 'Maya'), ('employee', 'Personalia'), ('employee', 'Panitia'),
	('account', 'Pemeriksa')) v (kind, name);
insert into official (person_id, code, post, unit_id)
	select p.id, 'BUPATI', 'Bupati', u.id from person p, unit u where p.name = 'Bupati' and u.code = 'DESA';
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '19900101201501100' || v.ordinal, 'male', '1990-01-01', 'pns', v.kind, 'Jabatan ' || v.ordinal, u.id, s.id
	from (values (0, 'Kades', 'administrator', 'DESA', null), (1, 'Sekdes', 'pengawas', 'SEKRETARIAT', 'Kades'),
		(2, 'Wati', 'pelaksana', 'SEKRETARIAT', 'Sekdes'), (3, 'Tono', 'pelaksana', 'SEKRETARIAT', 'Sekdes'),
		(4, 'Rudi', 'pelaksana', 'SEKRETARIAT', 'Sekdes'), (5, 'Lina', 'pelaksana', 'SEKRETARIAT', 'Sekdes'),
		(6, 'Maya', 'pelaksana', 'SEKRETARIAT', 'Sekdes'), (7, 'Personalia', 'pengawas', 'DESA', 'Kades'),
		(8, 'Panitia', 'pengawas', 'DESA', 'Kades')) v (ordinal, who, kind, unit, superior)
	join person p on p.name = v.who join unit u on u.code = v.unit left join person s on s.name = v.superior;
insert into role_grant (person_id, role) select id, role
	from (values ('Personalia', 'hr'), ('Panitia', 'committee'), ('Pemeriksa', 'auditor')) v (who, role) join person on name = who;
insert into strategy_item (code, kind, statement, unit_id) select 'S', 'sasaran', 'Surat warga terbit pada hari yang sama', id from unit where code = 'DESA';
insert into competency (code, name, kind) values ('INT', 'Integritas', 'managerial'), ('PEL', 'Pelayanan publik', 'managerial');
insert into competency_standard (position_kind, competency, level)
	select k, c, 3 from unnest(array['pelaksana', 'pengawas', 'administrator']) k, unnest(array['INT', 'PEL']) c;
insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends) values
	('T-PEL', 'Pelayanan prima', 'PEL', 2, 'classroom', 'course', 24, 20, 0, current_date + 400, current_date + 402);
insert into measurement (person_id, month, received, completed, on_time, mean_days, source_file, source_row)
	select id, '2026-02-01', 40, 38, 36, 2.5, 'pengukuran.csv', 2 from person where name = 'Wati';
insert into survey_response (unit_id, day, answers, ordinal)
	select id, '2026-02-10', '{4,4,4,4,4,4,4,4,4}', 1 from unit;`

func openOffice(t *testing.T) *office {
	t.Helper()
	pool, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	o := &office{t: t, pool: pool, checked: map[string]bool{}}
	o.exec(officeRows)
	for _, who := range []string{"Bupati", "Kades", "Sekdes", "Wati", "Tono", "Rudi", "Lina", "Maya", "Personalia", "Panitia", "Pemeriksa"} {
		digest := sha256.Sum256([]byte(who))
		o.exec(`insert into session (token_digest, person_id, created_at, seen_at, expires_at)
			select $1, id, now(), now(), now() + interval '1 day' from person where name = $2`, digest[:], who)
	}
	zone := time.FixedZone("WIB", 7*60*60)
	o.service = service.New(service.Options{
		DB: application, Policies: appraisal.Embedded(), Zone: zone, Press: report.New("http://telaah.test", zone),
	})
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	engine, err := api.New(api.Options{Service: o.service, BaseURL: "http://telaah.test", Ready: pool.Ping, Log: log})
	o.must(err)
	o.engine = engine
	source, err := os.ReadFile("rest/openapi.yaml")
	o.must(err)
	o.doc, err = openapi3.NewLoader().LoadFromData(source)
	o.must(err)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) exec(sql string, args ...any) {
	o.t.Helper()
	_, err := o.pool.Exec(o.t.Context(), sql, args...)
	o.must(err)
}

func (o *office) value(sql string, args ...any) string {
	o.t.Helper()
	var v string
	if err := o.pool.QueryRow(o.t.Context(), sql, args...).Scan(&v); err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// reply is an answer whose body has been read.
type reply struct {
	header http.Header
	body   map[string]any
	raw    string
}

// ask sends a request as somebody (nobody when empty), compares request and answer with the description, and fails unless
// the status is the wanted one.
func (o *office) ask(who string, want int, method, path string, body any, headers ...string) reply {
	o.t.Helper()
	var content []byte
	if body != nil {
		var err error
		content, err = json.Marshal(body)
		o.must(err)
		headers = append(headers, "Content-Type", "application/json")
	}
	return o.send(who, want, method, path, content, headers...)
}

// upload sends one file, beside fields with their values.
func (o *office) upload(who string, want int, path, field, name, content string, fields ...string) reply {
	o.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile(field, name)
	o.must(err)
	_, err = io.WriteString(part, content)
	o.must(err)
	for i := 0; i < len(fields); i += 2 {
		o.must(w.WriteField(fields[i], fields[i+1]))
	}
	o.must(w.Close())
	return o.send(who, want, "POST", path, form.Bytes(), "Content-Type", w.FormDataContentType())
}

func (o *office) send(who string, want int, method, path string, content []byte, headers ...string) reply {
	o.t.Helper()
	request := func() *http.Request {
		r := httptest.NewRequestWithContext(o.t.Context(), method, "/api/v1"+path, bytes.NewReader(content))
		if who != "" {
			r.Header.Set("Authorization", "Bearer "+who)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return r
	}
	w := httptest.NewRecorder()
	o.engine.ServeHTTP(w, request())
	if w.Code != want {
		o.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, w.Code, want, w.Body)
	}
	o.compare(request(), w)
	got := reply{header: w.Header(), raw: w.Body.String()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		o.must(json.Unmarshal(w.Body.Bytes(), &got.body))
	}
	return got
}

var variable = regexp.MustCompile(`\\\{([a-z]+)\\\}`)

// compare holds an answer, and the request where it was accepted, against the description.
func (o *office) compare(r *http.Request, w *httptest.ResponseRecorder) {
	o.t.Helper()
	for template, item := range o.doc.Paths.Map() {
		pattern := regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(template), "(?P<$1>[^/]+)") + "$")
		match := pattern.FindStringSubmatch(r.URL.Path)
		operation := item.GetOperation(r.Method)
		if match == nil || operation == nil {
			continue
		}
		in := &openapi3filter.RequestValidationInput{
			Request: r, PathParams: map[string]string{},
			Route: &routers.Route{Spec: o.doc, Path: template, PathItem: item, Method: r.Method, Operation: operation},
			Options: &openapi3filter.Options{
				MultiError:         true,
				AuthenticationFunc: func(context.Context, *openapi3filter.AuthenticationInput) error { return nil },
			},
		}
		for i, name := range pattern.SubexpNames() {
			if name != "" {
				in.PathParams[name] = match[i]
			}
		}
		if w.Code < 300 {
			o.must(openapi3filter.ValidateRequest(o.t.Context(), in))
			o.checked[operation.OperationID] = true
		}
		answer := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: in, Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
			Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true},
		}
		if err := openapi3filter.ValidateResponse(o.t.Context(), answer); err != nil {
			o.t.Errorf("%s %s is not answered as described: %v", r.Method, template, err)
		}
		return
	}
	o.t.Fatalf("%s %s is not described", r.Method, r.URL.Path)
}

// task finds, among somebody's tasks, the step of a kind about somebody.
func (o *office) task(who string, kind appraisal.StepKind, about string) string {
	o.t.Helper()
	for _, item := range o.ask(who, 200, "GET", "/tasks", nil).body["items"].([]any) {
		if task := item.(map[string]any); task["kind"] == string(kind) && task["appraisee"] == about {
			return task["step"].(string)
		}
	}
	o.t.Fatalf("%s has no task %s about %s", who, kind, about)
	return ""
}

// do carries out an act on a step as whoever has to do it.
func (o *office) do(who string, kind appraisal.StepKind, about, act string, body any) reply {
	o.t.Helper()
	got := o.ask(who, 200, "POST", "/tasks/"+o.task(who, kind, about)+"/"+act, body)
	o.look(about)
	return got
}

// enter moves somebody's pipeline to a stage, as its workflow would.
func (o *office) enter(who string, stage appraisal.Stage) {
	o.t.Helper()
	_, err := o.service.EnterStage(o.t.Context(), o.of(who), stage)
	o.must(err)
}

// look lets somebody's pipeline look again, as a wake would.
func (o *office) look(who string) {
	o.t.Helper()
	_, err := o.service.Look(o.t.Context(), o.of(who))
	o.must(err)
}

// of returns somebody's appraisal.
func (o *office) of(who string) appraisal.AppraisalID {
	o.t.Helper()
	return appraisal.AppraisalID(o.value(`select a.id::text from appraisal a join person p on p.id = a.employee_id
		where p.name = $1 and a.cycle_id::text = $2`, who, o.cycle))
}

func (o *office) person(who string) string {
	o.t.Helper()
	return o.value(`select id::text from person where name = $1`, who)
}

// launch prepares and launches a cycle over HTTP and enrols everybody as its workflow would.
func (o *office) launch(code string) {
	o.t.Helper()
	o.cycle = o.ask("Personalia", 201, "POST", "/cycles", object{
		"code": code, "name": "Kinerja " + code, "period_start": "2026-01-01", "period_end": "2026-12-31",
		"policy": "permen6-2022", "template_name": "peragaan",
	}).body["id"].(string)
	o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/launch", nil)
	_, err := o.service.Enrol(o.t.Context(), appraisal.CycleID(o.cycle))
	o.must(err)
	o.must(o.service.MarkRunning(o.t.Context(), appraisal.CycleID(o.cycle)))
}

// object is a JSON object.
type object = map[string]any

func contains(t *testing.T, got reply, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(got.raw, w) {
			t.Errorf("%q is missing in %.400s", w, got.raw)
		}
	}
}
