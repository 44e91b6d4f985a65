package api_test

import (
	"crypto/sha256"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// court is an office in which everybody stands who can stand in some way to one appraisal, Wati's, with everything that an appraisal
// can hold; and Wati's appraisal of the year before, made by a superior who is hers no more.
type court struct {
	*panel
	before string            // the cycle of the year before
	about  map[string]string // what a parameter of a path stands for
	steps  map[string]string // Wati's steps, by kind

	reads   map[string]map[appraisal.Stage]bool // who may read her appraisal at which stage
	reading sync.Mutex                          // of what is unpacked
	ending  sync.Mutex                          // of what one may end of one's own
}

// courtRows add an agency beside the secretariat, and those who hold roles.
const courtRows = `
insert into unit (code, name, parent_id) select 'DINAS', 'Dinas', id from unit where code = 'DESA';
insert into person (kind, name, full_name, email) select 'employee', n, n, lower(n) || '@desa.test'
	from unnest(array['Mantan', 'Kadin', 'Joko', 'Dewi', 'Sri', 'Pimpinan', 'Pengelola', 'Wira', 'Pengganti']) n;
insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
	select p.id, '1991010120150110' || (10 + v.ordinal), 'male', '1991-01-01', 'pns', v.kind, 'Jabatan', u.id, s.id
	from (values (0, 'Mantan', 'pengawas', 'DESA', 'Kades'), (1, 'Kadin', 'pengawas', 'DINAS', 'Kades'), (2, 'Joko', 'pelaksana', 'DINAS', 'Kadin'),
		(3, 'Dewi', 'pelaksana', 'SEKRETARIAT', 'Sekdes'), (4, 'Sri', 'pelaksana', 'DINAS', 'Kadin'), (5, 'Pimpinan', 'pengawas', 'DESA', 'Kades'),
		(6, 'Pengelola', 'pelaksana', 'DINAS', 'Kadin'), (7, 'Wira', 'pengawas', 'DESA', 'Kades'),
		(8, 'Pengganti', 'pengawas', 'DESA', 'Kades')) v (ordinal, who, kind, unit, superior)
	join person p on p.name = v.who join unit u on u.code = v.unit join person s on s.name = v.superior;
insert into role_grant (person_id, role) select id, role
	from (values ('Pimpinan', 'leadership'), ('Pengelola', 'administrator'), ('Wira', 'auditor')) v (who, role) join person on name = who;
insert into role_grant (person_id, role, unit_id) select p.id, 'hr', u.id
	from (values ('Dewi', 'SEKRETARIAT'), ('Sri', 'DINAS')) v (who, unit) join person p on p.name = who join unit u on u.code = v.unit;
insert into delegation (delegator_id, delegate_id, from_day, until_day, made_by, made_at)
	select s.id, p.id, current_date - 1, current_date + 30, s.id, now() from person s, person p where s.name = 'Sekdes' and p.name = 'Pengganti';`

// yearBefore is an ended cycle in which somebody else appraised Wati.
const yearBefore = `
insert into cycle (code, name, period_start, period_end, policy, policy_version, policy_document, template, first_stage, status, created_at,
		launched_at, ended_at)
	select '2025', 'Kinerja 2025', '2025-01-01', '2025-12-31', policy, policy_version, policy_document, template, first_stage, 'closed', now(), now(), now()
	from cycle where code = '2026';
insert into appraisal (cycle_id, employee_id, unit_id, position_kind, appraiser_id, reviewer_id, stage, stage_at, ended_at)
	select c.id, p.id, e.unit_id, e.position_kind, m.id, k.id, 'closed', now(), now()
	from cycle c, person p join employee e on e.person_id = p.id, person m, person k
	where c.code = '2025' and p.name = 'Wati' and m.name = 'Mantan' and k.name = 'Kades';
insert into rating (appraisal_id, number, source, work_result, behaviour, predikat, comment, explanation, rated_by, rated_at)
	select a.id, 1, 'review', 'meets', 'meets', 'baik', 'Tahun yang tenang', '[]', a.appraiser_id, now() from appraisal a join cycle c on c.id = a.cycle_id
	where c.code = '2025';`

// trap lets every act of a person run to its end and then undoes it: what was permitted is told from what was not, and changes
// nothing for whoever asks next.
const trap = `
create function undo() returns trigger language plpgsql as $$ begin raise exception 'permitted, and undone'; end $$;
create trigger trap before update on act for each row execute function undo();`

// itsOwn is the id of a session, an API token and a passkey of Wati's.
const itsOwn = "0a0a0a0a-0b0b-4c0c-8d0d-0e0e0e0e0e0e"

const itsOwnRows = `
with wati as (select id, name from person where name = 'Wati'),
	s as (insert into session (id, token_digest, person_id, created_at, seen_at, expires_at)
		select $1::uuid, sha256('another'), id, now(), now(), now() + interval '1 day' from wati on conflict do nothing),
	t as (insert into api_token (id, person_id, name, token_digest, scopes, created_at, expires_at, demonstration)
		select $1::uuid, id, 'lain', sha256('another token'), '{read}', now(), now() + interval '1 day', false from wati on conflict do nothing)
insert into passkey (id, person_id, credential_id, credential, name, created_at)
	select $1::uuid, id, 'another', '{}', 'lain', now() from wati on conflict do nothing`

// everybody who comes to the appraisal, by what they are to it.
var everybody = map[string]string{
	"employee": "Wati", "colleague": "Tono", "peer": "Rudi", "appraiser": "Sekdes", "reviewer": "Kades", "former": "Mantan", "head": "Kadin",
	"hr": "Personalia", "hr_unit": "Dewi", "hr_other": "Sri", "committee": "Panitia", "leadership": "Pimpinan", "administrator": "Pengelola",
	"auditor": "Wira", "delegate": "Pengganti",
}

func openCourt(t *testing.T) *court {
	t.Helper()
	c := &court{
		panel: &panel{office: openOffice(t), at: time.Now().UTC().Truncate(time.Second), log: &lockedBuffer{}, tired: map[string]bool{},
			answered: map[string]bool{}, unpacked: map[[sha256.Size]byte][]piece{}},
		about: map[string]string{}, steps: map[string]string{},
	}
	c.exec(courtRows)
	for _, who := range everybody {
		c.signIn(who)
	}
	c.pool = metered(t, c.pool)
	c.serve()
	c.launch("2026")
	c.hearWati()
	c.exec(`delete from role_grant where role = 'committee' and person_id in (select id from person where name in ('Kades', 'Sekdes'))`)
	c.exec(yearBefore)
	c.gather()
	c.exec(trap)
	return c
}

func (c *court) signIn(who string) {
	digest := sha256.Sum256([]byte(who))
	c.exec(`insert into session (token_digest, person_id, created_at, seen_at, expires_at)
		select $1, id, now(), now(), now() + interval '90 days' from person where name = $2 on conflict do nothing`, digest[:], who)
}

// hearWati brings Wati's appraisal from its plan to its development, with a word in every place where somebody can write one.
func (c *court) hearWati() {
	c.t.Helper()
	const who = "Wati"
	c.work(who)
	path := "/appraisals/" + string(c.of(who))
	c.choose(who, []string{"Lina", "Maya", "Rudi"})
	for _, peer := range []string{"Lina", "Maya", "Rudi"} {
		c.do(peer, appraisal.StepPeerAnswer, who, "peer-answer", object{"scores": slices.Repeat([]int{3}, appraisal.Behaviours), "comment": "Rekan yang sabar"})
	}
	c.enter(who, appraisal.StageAppraiserReview)
	c.ask("Sekdes", 200, "POST", path+"/feedback", object{"kind": "comment", "text": "Antrean makin pendek"})
	c.ask(who, 200, "POST", "/me/trainings", object{"title": "Seminar arsip", "hours": 6, "finished": c.value(`select (current_date - 400)::text`),
		"evidence": "https://data.desa.test/a"})
	c.at = time.Now().UTC().Truncate(time.Second).Add(time.Minute) // the session's deadline is set by the database's clock
	c.release(who)
	c.do(who, appraisal.StepAcknowledgeResult, who, "objection", object{"reasons": "Perilaku saya di atas harapan"})
	c.enter(who, appraisal.StageObjection)
	c.do("Sekdes", appraisal.StepAnswerObjection, who, "objection-answer", object{"answer": "Sudah saya pertimbangkan"})
	c.do("Kades", appraisal.StepDecideObjection, who, "objection-decision", object{
		"change": true, "work_result": "above", "behaviour": "above", "reason": "Buktinya kuat",
	})
	c.enter(who, appraisal.StageDevelopment)
	c.do("Sekdes", appraisal.StepApproveDevelopment, who, "development-approval", object{"trainings": []string{"T-PEL"}})
	c.exec(`insert into plan_change (appraisal_id, base, proposed_by, proposed_at, reason, effective_on, body)
		select p.appraisal_id, p.number, a.employee_id, now(), 'Satu loket ditutup', '2026-06-01', '[]' from plan p join appraisal a on a.id = p.appraisal_id
		where p.appraisal_id = $1 and p.state = 'approved'`, c.of(who))
	c.exec(`update step set state = 'open', outcome = '', closed_at = null where appraisal_id = $1 and kind = 'record_progress'`, c.of(who))
	c.exec(`insert into correction (person_id, field, recorded, wanted, filed_at, due_at) select employee_id, 'name', 'Wati', 'Wati S.', now(), now()
		from appraisal where id = $1`, c.of(who))
	c.exec(`insert into destruction (kind, keep, source, rules_version, cutoff, scheduled, started_at, finished_at)
		values ('content', '5y', 'uji', 1, now(), true, now(), now())`)
	c.exec(`update mail set state = 'failed' where id = (select id from mail order by created_at limit 1)`)
}

// gather finds what the parameters of paths stand for.
func (c *court) gather() {
	c.t.Helper()
	wati := c.of("Wati")
	c.before = c.value(`select id::text from cycle where code = '2025'`)
	for name, sql := range map[string]string{
		"cohort": `select cohort_id::text from appraisal where id = $1`, "evidence": `select id::text from evidence where appraisal_id = $1 and submitted_at is not null limit 1`,
		"feedback": `select id::text from feedback where appraisal_id = $1 limit 1`, "change": `select id::text from plan_change where appraisal_id = $1`,
		"code": `select code from document where appraisal_id = $1 limit 1`, "person": `select employee_id::text from appraisal where id = $1`,
		"training":   `select t.id::text from training_taken t join appraisal a on a.employee_id = t.person_id where a.id = $1`,
		"correction": `select c.id::text from correction c join appraisal a on a.employee_id = c.person_id where a.id = $1`,
		"delegation": `select d.id::text from delegation d join appraisal a on a.appraiser_id = d.delegator_id where a.id = $1`,
		"earlier":    `select b.id::text from appraisal a join appraisal b on b.employee_id = a.employee_id and b.id <> a.id where a.id = $1`,
	} {
		c.about[name] = c.value(sql, wati)
	}
	c.about["account"] = itsOwn
	c.about["appraisal"], c.about["cycle"] = string(wati), c.cycle
	c.about["unit"] = c.value(`select unit_id::text from appraisal where id = $1`, wati)
	c.about["destruction"] = c.value(`select id::text from destruction`)
	c.about["mail"] = c.value(`select id::text from mail where state = 'failed'`)
	rows, err := c.pool.Query(c.t.Context(), `select distinct on (kind) kind, id::text from step s where appraisal_id = $1
		and (kind <> 'peer_answer' or owner_id = (select id from person where name = 'Rudi')) order by kind, opened_at desc`, wati)
	c.must(err)
	defer rows.Close()
	for rows.Next() {
		var kind, id string
		c.must(rows.Scan(&kind, &id))
		c.steps[kind] = id
	}
	c.must(rows.Err())
}

// stand puts Wati's appraisal at a stage, with all that it holds.
func (c *court) stand(stage appraisal.Stage) {
	c.t.Helper()
	c.exec(`update appraisal set stage = $2, ended_at = case when $2 in ('closed', 'withdrawn') then now() end where id = $1`, c.about["appraisal"], stage)
	c.exec(`delete from stage_entry where appraisal_id = $1 and stage in ('result', 'objection', 'development', 'closed')`, c.about["appraisal"])
	if stage.Order() >= appraisal.StageResult.Order() && stage != appraisal.StageWithdrawn {
		c.exec(`insert into stage_entry (appraisal_id, stage, entered_at) values ($1, 'result', now())`, c.about["appraisal"])
	}
}
