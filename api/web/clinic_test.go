package web_test

import (
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/testdb"
)

// clinic is a health centre on a database of its own, with the real engine and service: people reach it through pages only.
type clinic struct {
	t       *testing.T
	pool    *pgxpool.Pool
	service *service.Service
	engine  http.Handler
	cycle   appraisal.CycleID
}

// clinicRows: the regency's secretary appraises the head, the head a coordinator, the coordinator six nurses.
const clinicRows = `
insert into unit (code, name) values ('PKM', 'Puskesmas Melati');
insert into person (kind, name, full_name, email) select k, n, n, lower(n) || '@pkm.test' from (values ('official', 'Sekda'),
	('employee', 'Kepala'), ('employee', 'Koordinator'), ('employee', 'Ani'), ('employee', 'Beni'), ('employee', 'Cici'), ('employee', 'Dodi'),
	('employee', 'Evi'), ('employee', 'Feri')) v (k, n);
insert into official (person_id, code, post, unit_id) select p.id, 'SEKDA', 'Sekretaris Daerah', u.id from person p, unit u where p.name = 'Sekda';
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '19850101201001200' || v.n, 'female', '1985-01-01', 'pns', v.kind, 'Jabatan ' || v.n, u.id, s.id
	from (values (0, 'Kepala', 'administrator', null), (1, 'Koordinator', 'pengawas', 'Kepala'), (2, 'Ani', 'pelaksana', 'Koordinator'),
		(3, 'Beni', 'pelaksana', 'Koordinator'), (4, 'Cici', 'pelaksana', 'Koordinator'), (5, 'Dodi', 'pelaksana', 'Koordinator'),
		(6, 'Evi', 'pelaksana', 'Koordinator'), (7, 'Feri', 'pelaksana', 'Koordinator')) v (n, who, kind, superior)
	join person p on p.name = v.who cross join unit u left join person s on s.name = v.superior;
insert into role_grant (person_id, role) select p.id, r from person p join (values ('Evi', 'hr'), ('Feri', 'committee'), ('Evi', 'administrator')) v (n, r) on n = name;
insert into strategy_item (code, kind, statement) values ('V', 'visi', 'Warga sehat');
insert into strategy_item (code, kind, statement, parent_id) select 'S', 'sasaran', 'Bayi diimunisasi lengkap', id from strategy_item;
insert into competency (code, name, kind) values ('K1', 'Ketelitian', 'managerial');
insert into competency_standard (position_kind, competency, level) values ('pelaksana', 'K1', 3);
insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends)
	values ('T1', 'Coaching ketelitian', 'K1', 3, 'non_classroom', 'coaching', 24, 9, 0, current_date + 300, current_date + 301);`

func openClinic(t *testing.T) *clinic {
	t.Helper()
	pool, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	k := &clinic{t: t, pool: pool}
	k.exec(clinicRows)
	zone := time.FixedZone("WIB", 7*60*60)
	k.service = service.New(service.Options{DB: application, Policies: appraisal.Embedded(), Zone: zone})
	pages, err := web.New(web.Options{Service: k.service, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	k.engine, err = api.New(api.Options{
		Service: k.service, Pages: pages, BaseURL: "http://telaah.test", Ready: k.pool.Ping, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *clinic) exec(sql string, args ...any) {
	k.t.Helper()
	if _, err := k.pool.Exec(k.t.Context(), sql, args...); err != nil {
		k.t.Fatalf("%s: %v", sql, err)
	}
}

func (k *clinic) value(sql string, args ...any) string {
	k.t.Helper()
	var v string
	if err := k.pool.QueryRow(k.t.Context(), sql, args...).Scan(&v); err != nil {
		k.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// of returns somebody's appraisal.
func (k *clinic) of(who string) appraisal.AppraisalID {
	k.t.Helper()
	return appraisal.AppraisalID(k.value(`select a.id::text from appraisal a join person p on p.id = a.employee_id where p.name = $1`, who))
}

// enter and look conduct a pipeline as its workflow would.
func (k *clinic) enter(who string, stage appraisal.Stage) {
	k.t.Helper()
	if _, err := k.service.EnterStage(k.t.Context(), k.of(who), stage); err != nil {
		k.t.Fatal(err)
	}
}

func (k *clinic) look(who string) {
	k.t.Helper()
	if _, err := k.service.Look(k.t.Context(), k.of(who)); err != nil {
		k.t.Fatal(err)
	}
}

// visitor is somebody at a browser without a script.
type visitor struct {
	*clinic
	name  string
	token string // of the session
	jar   map[string]string
}

// as signs somebody in.
func (k *clinic) as(who string) *visitor {
	k.t.Helper()
	token := rand.Text()
	digest := sha256.Sum256([]byte(token))
	k.exec(`insert into session (token_digest, person_id, created_at, seen_at, expires_at)
		select $1, id, now(), now(), now() + interval '1 day' from person where name = $2`, digest[:], who)
	return &visitor{clinic: k, name: who, token: token, jar: map[string]string{session.CookieName: token}}
}

// ask sends a request and follows where it leads; whatever is not the wanted status fails.
func (v *visitor) ask(want int, method, path string, form url.Values) *goquery.Document {
	v.t.Helper()
	for range 4 {
		r := httptest.NewRequestWithContext(v.t.Context(), method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range v.jar {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		v.engine.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			v.jar[c.Name] = c.Value
			if c.MaxAge < 0 {
				delete(v.jar, c.Name)
			}
		}
		if w.Code == http.StatusSeeOther {
			path, _, _ = strings.Cut(w.Header().Get("Location"), "#")
			method, form = http.MethodGet, nil
			continue
		}
		if w.Code != want {
			v.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, v.name, w.Code, want, shortened(w.Body.String()))
		}
		d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
		if err != nil {
			v.t.Fatal(err)
		}
		if key := leftKey.FindString(text(d.Find("body"))); key != "" {
			v.t.Errorf("%s: the key %q has no sentence", path, key)
		}
		if w.Body.Len() > 100_000 {
			v.t.Errorf("%s has %d bytes", path, w.Body.Len())
		}
		checkMarkup(v.t, d)
		return d
	}
	v.t.Fatalf("%s leads round and round", path)
	return nil
}

func (v *visitor) open(path string) *goquery.Document {
	return v.ask(http.StatusOK, http.MethodGet, path, nil)
}

// begin opens a task from the first page, found by what it is called and whom it is about.
func (v *visitor) begin(kind appraisal.StepKind, about string) (string, *goquery.Document) {
	v.t.Helper()
	called := locale.Indonesian.Text("term.step."+string(kind), nil)
	path := ""
	v.open("/").Find(".task-card").Each(func(_ int, card *goquery.Selection) {
		whom := about
		if about == v.name {
			whom = "tentang diri Anda"
		}
		if strings.HasPrefix(text(card.Find("a")), called) && strings.Contains(text(card), whom) {
			path = card.Find("a").AttrOr("href", "")
		}
	})
	if path == "" {
		v.t.Fatalf("%s has no task %q about %s", v.name, called, about)
	}
	return path, v.open(path)
}

// complete fills a task in, checks the summary, sends it, and returns the receipt.
func (v *visitor) complete(kind appraisal.StepKind, about string, given url.Values) *goquery.Document {
	v.t.Helper()
	path, page := v.begin(kind, about)
	form := values(page.Find("form.task"), "ringkas")
	for name, value := range given {
		form[name] = value
	}
	summary := v.ask(http.StatusOK, http.MethodPost, path, form)
	receipt := v.ask(http.StatusOK, http.MethodPost, path, values(summary.Find("main form"), "kirim"))
	contains(v.t, text(receipt.Find("h1")), "Sudah diterima")
	v.look(about)
	return receipt
}
