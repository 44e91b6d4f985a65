package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/rest"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/report"
	"github.com/marelan/telaah/internal/service"
)

// rater is somebody who gives an opinion, with everything by which they, or their answer, could be recognised.
type rater struct {
	who      string
	answer   any
	identity []string // id, name, address, NIP, invitation
	tokens   []string // comment, scores
}

// round is a round of anonymous answers: in it nobody's answer may be told from anybody else's.
type round struct {
	name     string
	raters   []rater // in the order in which they answered
	withheld bool    // nothing of it may be anywhere
}

// panel is an office with a round of eight opinions that was published, one of two that was withheld, and a pulse of six.
type panel struct {
	*office
	at     time.Time
	log    *lockedBuffer
	routes []route.Route
	rounds []round
	told   []any           // what the pipelines told their workflows
	tired  map[string]bool // questions that were asked too often to be answered

	answered map[string]bool // routes that somebody has read
	unpacked map[[sha256.Size]byte][]piece
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// leakyPages are the pages with a route more.
type leakyPages struct {
	*web.Pages
	more []route.Route
}

func (p leakyPages) Routes() []route.Route { return append(slices.Clip(p.Pages.Routes()), p.more...) }

// Eight colleagues beside those of the office, one of leadership, and an administrator.
const panelRows = `
insert into person (kind, name, full_name, email) select 'employee', n, n, lower(n) || '@desa.test'
	from unnest(array['Agus', 'Bayu', 'Cahya', 'Dian', 'Endah', 'Farid', 'Gita', 'Hadi', 'Pimpinan', 'Pengelola']) n;
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '1991010120150110' || (10 + row_number() over (order by p.name)), 'male', '1991-01-01', 'pns',
		case when p.name in ('Pimpinan', 'Pengelola') then 'pengawas' else 'pelaksana' end, 'Jabatan', u.id, s.id
	from person p, unit u, person s where u.code = 'SEKRETARIAT' and s.name = 'Sekdes' and not exists (select from employee e where e.person_id = p.id) and p.kind = 'employee';
insert into role_grant (person_id, role) select id, case name when 'Pimpinan' then 'leadership' else 'administrator' end
	from person where name in ('Pimpinan', 'Pengelola');`

var panelRaters = []string{"Agus", "Bayu", "Cahya", "Dian", "Endah", "Farid", "Gita", "Hadi"}

// readers are one of each role, two of those who answer, one who only looks on, and who has not signed in.
var readers = []string{"Wati", "Rudi", "Sekdes", "Kades", "Bupati", "Agus", "Hadi", "Maya", "Personalia", "Panitia", "Pimpinan", "Pengelola", "Pemeriksa", ""}

func openPanel(t *testing.T, more ...route.Route) *panel {
	t.Helper()
	p := &panel{office: openOffice(t), at: time.Now().UTC().Truncate(time.Second), log: &lockedBuffer{}, tired: map[string]bool{},
		answered: map[string]bool{}, unpacked: map[[sha256.Size]byte][]piece{}}
	p.exec(panelRows)
	for _, who := range append(slices.Clone(panelRaters), "Pimpinan", "Pengelola") {
		digest := sha256.Sum256([]byte(who))
		p.exec(`insert into session (token_digest, person_id, created_at, seen_at, expires_at)
			select $1, id, now(), now(), now() + interval '90 days' from person where name = $2`, digest[:], who)
	}
	p.exec(`update session set expires_at = now() + interval '90 days'`)
	p.exec(`insert into sign_in_link (token_digest, person_id, created_at, expires_at) select sha256('tautan'), id, now(), 'infinity' from person where name = 'Wati'`)
	p.exec(`insert into first_administrator_link (token_digest, expires_at) values (sha256('tautan'), 'infinity')`)
	p.serve(more...)
	p.launch("2026")
	p.plan("Maya")
	p.printPlan("Maya")
	p.enter("Maya", appraisal.StageExecution)
	p.work("Wati")
	p.destroy()
	return p
}

// serve builds the engine from the real tables, and perhaps a route more.
func (p *panel) serve(more ...route.Route) {
	p.t.Helper()
	log := slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := func() time.Time { return p.at }
	zone := time.FixedZone("WIB", 7*60*60)
	p.service = service.New(service.Options{
		DB: p.pool, Policies: appraisal.Embedded(), Zone: zone, Now: now, Log: log, Press: report.New("http://telaah.test", zone),
	})
	pages, err := web.New(web.Options{Service: p.service, Now: now, Zone: zone})
	p.must(err)
	leaky := leakyPages{pages, more}
	p.engine, err = api.New(api.Options{Service: p.service, Pages: leaky, BaseURL: "http://telaah.test", Ready: p.pool.Ping, Log: log})
	p.must(err)
	p.routes = append(rest.Routes(p.service), leaky.Routes()...)
}

// opinionOf is an answer that nobody else gives.
func opinionOf(about string, i int) appraisal.PeerAnswer {
	scores, digits := make([]int, appraisal.Behaviours), sha256.Sum256(fmt.Append(nil, about, i))
	for b := range scores {
		scores[b] = 1 + int(digits[b]%4)
	}
	return appraisal.PeerAnswer{Scores: scores, Comment: fmt.Sprintf("KATA-%s-%c%d-RAHASIA", strings.ToUpper(about), 'Q'+i, 7*i)}
}

func (p *panel) rater(who, step string, answer any, comment string, scores []int) rater {
	r := rater{who: who, answer: answer, tokens: []string{comment}, identity: []string{
		p.person(who), who, strings.ToLower(who) + "@desa.test", p.value(`select nip from employee e join person p on p.id = e.person_id where p.name = $1`, who)}}
	if step != "" {
		r.identity = append(r.identity, step)
	}
	if scores != nil {
		raw, _ := json.Marshal(scores)
		list := strings.Trim(string(raw), "[]")
		r.tokens = append(r.tokens, list, strings.ReplaceAll(list, ",", ", "), strings.ReplaceAll(list, ",", " "))
	}
	return r
}

// look keeps what the workflow is told.
func (p *panel) look(who string) service.View {
	p.t.Helper()
	view, err := p.service.Look(p.t.Context(), p.of(who))
	p.must(err)
	p.told = append(p.told, view)
	return view
}

// work brings somebody to the opinions, with the plan printed and attached as evidence.
func (p *panel) work(who string) {
	p.t.Helper()
	p.plan(who)
	p.printPlan(who)
	p.enter(who, appraisal.StageExecution)
	path := "/appraisals/" + string(p.of(who))
	p.upload(who, 200, path+"/files", "file", "skp.pdf", p.ask(who, 200, "GET", path+"/documents/plan", nil).raw, "purpose", "progress")
	p.ask(who, 200, "POST", path+"/progress", object{"indicator": p.indicator(who), "value": "91.5", "note": "Berkas menumpuk di awal bulan"})
	p.do(who, appraisal.StepRecordProgress, who, "execution-completion", nil)
	p.reviewSelf(who)
}

// release brings somebody from the opinions to the result.
func (p *panel) release(who string) {
	p.t.Helper()
	p.enter(who, appraisal.StageAppraiserReview)
	p.do("Sekdes", appraisal.StepAppraiserReview, who, "review", object{
		"work_result": "meets", "behaviour": "meets", "comment": "Sesuai rencana",
		"competencies": []object{{"competency": "INT", "level": 3}, {"competency": "PEL", "level": 1}},
	})
	if now := time.Now().UTC().Truncate(time.Second); now.After(p.at) { // the session's deadline is set by the database's clock
		p.at = now
	}
	p.calibrate(who)
	p.enter(who, appraisal.StageResult)
}

// choose has opinion-givers nominated and approved.
func (p *panel) choose(about string, peers []string) {
	p.t.Helper()
	p.enter(about, appraisal.StagePeerReview)
	ids := []string{}
	for _, who := range peers {
		ids = append(ids, p.person(who))
	}
	p.do(about, appraisal.StepNominatePeers, about, "peer-nomination", object{"peers": ids})
	p.do("Sekdes", appraisal.StepApprovePeers, about, "peer-decision", object{"approve": true})
}

// answer hands an opinion in as somebody does: a draft first, then the act with its key.
func (p *panel) answer(r *round, about, who string) {
	p.t.Helper()
	opinion := opinionOf(about, slices.Index(panelRaters, who))
	step := p.task(who, appraisal.StepPeerAnswer, about)
	p.office.ask(who, 200, "PUT", "/tasks/"+step+"/draft", opinion)
	p.office.ask(who, 200, "POST", "/tasks/"+step+"/peer-answer", opinion, "Idempotency-Key", "pendapat-"+step)
	r.raters = append(r.raters, p.rater(who, step, opinion, opinion.Comment, opinion.Scores))
	p.at = p.at.Add(time.Second)
}

// pulse lets six people answer about their results, which are final, and closes it.
func (p *panel) pulse() {
	p.t.Helper()
	r := round{name: "pulse"}
	p.exec(`insert into pulse (cycle_id, opened_at) values ($1, $2) on conflict (cycle_id) do update set opened_at = excluded.opened_at`, p.cycle, p.at)
	for i, who := range panelRaters[:6] {
		p.exec(`update appraisal set stage = 'development' where id = $1`, p.of(who))
		p.exec(`insert into stage_entry (appraisal_id, stage, entered_at, outcome) values ($1, 'result', $2, 'acknowledged')`, p.of(who), p.at)
		answer := appraisal.PulseAnswer{Understandable: 1 + i%5, Fair: 1 + (i+2)%5, Comment: fmt.Sprintf("SUARA-%c%d-RAHASIA", 'K'+i, i*11)}
		p.office.ask(who, 200, "POST", "/appraisals/"+string(p.of(who))+"/pulse", answer, "Idempotency-Key", "suara-"+who)
		voice := p.rater(who, "", answer, answer.Comment, nil)
		voice.identity = append(voice.identity, string(p.of(who)))
		r.raters = append(r.raters, voice)
		p.at = p.at.Add(time.Second)
	}
	p.at = p.at.Add(31 * 24 * time.Hour)
	_, err := p.service.LookAtCycle(p.t.Context(), appraisal.CycleID(p.cycle))
	p.must(err)
	p.exec(`update session set seen_at = $1`, p.at) // a month unused signs people out, and nobody would be answered
	p.rounds = append(p.rounds, r)
}

// play runs both rounds and the pulse to their publication.
func (p *panel) play() {
	p.t.Helper()
	full, few := round{name: "Wati"}, round{name: "Rudi", withheld: true}
	p.choose("Wati", panelRaters)
	for _, i := range []int{4, 1, 6, 3, 0, 7, 2, 5} {
		p.answer(&full, "Wati", panelRaters[i])
	}
	p.look("Wati")
	p.release("Wati")
	p.choose("Rudi", []string{"Bayu", "Cahya", "Gita"})
	p.answer(&few, "Rudi", "Cahya")
	p.answer(&few, "Rudi", "Bayu")
	for range 5 { // the extension passes unused
		p.at = p.at.Add(10 * time.Minute)
		if p.look("Rudi").Settled {
			break
		}
	}
	p.rounds = []round{full, few}
	p.pulse()
}

func TestNoRouteLogLinePayloadOrRowTiesAnAnswerToItsRater(t *testing.T) {
	t.Parallel()
	p := openPanel(t)
	p.play()
	if published := p.value(`select answers::text || ' ' || withheld from peer_aggregate where appraisal_id = $1 and category = 'peer'`, p.of("Wati")); published != "8 false" {
		t.Fatalf("the round was published as %s", published)
	}
	all := p.walk()
	for _, finding := range slices.Concat(p.inAnswers(all), p.inLog(), p.inPayloads(), p.inRecord()) {
		t.Error(finding)
	}
	for _, path := range p.unanswered() {
		t.Errorf("nobody has read %s: the walk says nothing about it", path)
	}
	for what, reached := range map[string]func(s seen) bool{
		"an opinion that was published": func(s seen) bool { return anyIn(s.body, p.rounds[0].raters[0].tokens[:1]) },
		"an answer of the pulse":        func(s seen) bool { return anyIn(s.body, p.rounds[2].raters[0].tokens[:1]) },
		"a paper with a rating": func(s seen) bool {
			return strings.Contains(s.path, "/dokumen/evaluasi") && strings.Contains(s.body, "Sesuai rencana")
		},
		"a paper in an archive": func(s seen) bool {
			return strings.Contains(s.path, "/archive?unit=") && strings.HasSuffix(s.path, ".pdf")
		},
		"a sheet of a workbook":              func(s seen) bool { return strings.Contains(s.path, "/xlsx!") && strings.Contains(s.body, "Wati\t") },
		"the second page of a list":          func(s seen) bool { return strings.Contains(s.path, "after=") },
		"the second page of a list to click": func(s seen) bool { return strings.Contains(s.path, "sesudah=") },
	} {
		if !slices.ContainsFunc(all, reached) {
			t.Errorf("nobody has read %s", what)
		}
	}
}

func TestWhileARoundIsOpenNobodyButTheRaterCanSeeThatTheyHaveAnswered(t *testing.T) {
	t.Parallel()
	p := openPanel(t)
	var open round
	p.choose("Wati", panelRaters)
	p.answer(&open, "Wati", "Endah")
	p.walk() // leaves lines in the trail about who has read whom, the next one none
	before := p.walk()
	at := p.at
	p.answer(&open, "Wati", "Bayu")
	p.at = at
	after := p.walk()
	if len(after) < 200 {
		t.Fatalf("only %d answers were read", len(after))
	}
	for _, difference := range p.differences(before, after) {
		t.Error(difference)
	}
	p.rounds = []round{{name: "open", raters: open.raters, withheld: true}}
	for _, finding := range p.inAnswers(after) {
		t.Error(finding)
	}
}
