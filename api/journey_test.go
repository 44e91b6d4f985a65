package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// journey is a whole cycle over HTTP, with every answer held against the description.
func TestACycleCanBeRunOverHTTPFromPreparationToClosedAndEveryAnswerIsAsDescribed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.importHolidays()
	o.prepare()
	o.plan("Wati")
	o.execute("Wati")
	o.reviewSelf("Wati")
	o.askPeers("Wati", "Tono", "Rudi", "Lina")
	o.review("Wati")
	o.calibrate("Wati")
	o.object("Wati")
	o.develop("Wati")
	o.inspect("Wati")
	o.joinLate()
	o.learn()
	o.acknowledge("Rudi")
	o.end()
	o.signInAndOut("Maya")

	var unseen []string
	for _, item := range o.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if !o.checked[operation.OperationID] && operation.OperationID != "readDescription" {
				unseen = append(unseen, operation.OperationID)
			}
		}
	}
	if slices.Sort(unseen); len(unseen) > 0 {
		t.Errorf("no successful answer was seen of %v", unseen)
	}
}

func (o *office) importHolidays() {
	o.t.Helper()
	const holidays = "tanggal;keterangan\n17-08-2026;Hari Kemerdekaan\n"
	o.upload("Sekdes", 403, "/imports/holidays", "files", "libur.csv", holidays)
	o.upload("Personalia", 404, "/imports/lunches", "files", "libur.csv", holidays)
	contains(o.t, o.upload("Personalia", 422, "/imports/holidays", "files", "libur.csv", "tanggal;keterangan\n32-08-2026;x\n"),
		`"field":"libur.csv:2:tanggal"`)
	dry := o.upload("Personalia", 200, "/imports/holidays?dry_run=true", "files", "libur.csv", holidays)
	contains(o.t, dry, `"dry_run":true`, `"added":1`)
	contains(o.t, o.upload("Personalia", 200, "/imports/holidays", "files", "libur.csv", holidays), `"added":1`)
	contains(o.t, o.upload("Personalia", 200, "/imports/holidays", "files", "libur.csv", holidays), `"unchanged":1`)
}

func (o *office) prepare() {
	o.t.Helper()
	contains(o.t, o.ask("Personalia", 200, "GET", "/templates", nil), `"peragaan"`)
	o.ask("Personalia", 422, "POST", "/cycles", object{"code": "!", "name": "", "period_start": "x", "period_end": "y", "policy": "z"})
	o.launch("2026")
	cycle := "/cycles/" + o.cycle
	contains(o.t, o.ask("Personalia", 200, "GET", cycle+"/preview", nil), `"included":9`)
	contains(o.t, o.ask("Personalia", 200, "GET", "/cycles", nil), `"code":"2026"`)
	version := o.ask("Personalia", 200, "GET", cycle, nil).header.Get("ETag")
	o.ask("Personalia", 409, "POST", cycle+"/pause", nil, "If-Match", `"999"`)
	contains(o.t, o.ask("Personalia", 200, "POST", cycle+"/pause", object{"reason": "Banjir"}, "If-Match", version), `"status":"paused"`)
	contains(o.t, o.ask("Personalia", 200, "POST", cycle+"/resume", nil), `"status":"running"`)
}

func (o *office) plan(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageTargets)
	step := o.task(who, appraisal.StepDraftPlan, who)
	form := o.ask(who, 200, "GET", "/tasks/"+step, nil)
	contains(o.t, form, "Surat warga terbit pada hari yang sama")
	o.ask(who, 200, "PUT", "/tasks/"+step+"/draft", object{"key_results": []object{{"statement": "Surat"}}})
	contains(o.t, o.ask(who, 200, "GET", "/tasks/"+step, nil), `"draft":{"key_results":[{"statement":"Surat"}]}`)

	o.ask(who, 422, "POST", "/tasks/"+step+"/plan", object{"key_results": []object{}})
	plan, other := o.newPlan("Surat terbit pada hari yang sama"), o.newPlan("Surat terbit besok")
	first := o.ask(who, 200, "POST", "/tasks/"+step+"/plan", plan, "Idempotency-Key", "plan-1", "If-Match", form.header.Get("ETag"))
	again := o.ask(who, 200, "POST", "/tasks/"+step+"/plan", plan, "Idempotency-Key", "plan-1", "If-Match", form.header.Get("ETag"))
	if first.raw != again.raw {
		o.t.Errorf("the repeat was answered %s, the first %s", again.raw, first.raw)
	}
	reused := o.ask(who, 422, "POST", "/tasks/"+step+"/plan", other, "Idempotency-Key", "plan-1", "If-Match", form.header.Get("ETag"))
	contains(o.t, reused, `"code":"key_reused"`)
	contains(o.t, o.ask(who, 409, "POST", "/tasks/"+step+"/plan", plan, "Idempotency-Key", "plan-2"), `"code":"wrong_stage"`)
	o.look(who)

	o.ask(who, 403, "POST", "/tasks/"+o.task("Sekdes", appraisal.StepApprovePlan, who)+"/plan-decision", object{"approve": true})
	o.ask("Tono", 404, "POST", "/tasks/"+o.task("Sekdes", appraisal.StepApprovePlan, who)+"/plan-decision", object{"approve": true})
	o.do("Sekdes", appraisal.StepApprovePlan, who, "plan-decision", object{"approve": false, "comment": "Tambahkan waktunya"})
	o.do(who, appraisal.StepDraftPlan, who, "plan", plan)
	o.do("Sekdes", appraisal.StepApprovePlan, who, "plan-decision", object{"approve": true})
}

func (o *office) newPlan(statement string) object {
	o.t.Helper()
	return object{"key_results": []object{{
		"statement": statement, "serves_strategy": o.value(`select id::text from strategy_item`),
		"indicators": []object{{
			"aspect": "quality", "description": "Surat tepat waktu", "target": "95", "measure": "persen", "direction": "more",
		}},
	}}}
}

func (o *office) indicator(who string) string {
	o.t.Helper()
	return o.value(`select i.id::text from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1 order by p.number desc limit 1`, o.of(who))
}

func (o *office) execute(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageExecution)
	o.ask(who, 200, "POST", "/appraisals/"+string(o.of(who))+"/progress", object{
		"indicator": o.indicator(who), "value": "91.5", "note": "Berkas menumpuk di awal bulan",
	})
	o.support(who)
	o.do(who, appraisal.StepRecordProgress, who, "execution-completion", nil)
}

// support talks about the work and brings evidence.
func (o *office) support(who string) {
	o.t.Helper()
	path := "/appraisals/" + string(o.of(who))
	said := o.ask("Sekdes", 200, "POST", path+"/feedback", object{"kind": "comment", "text": "Antrean makin pendek", "key_result": o.value(
		`select k.id::text from key_result k join plan p on p.id = k.plan_id where p.appraisal_id = $1 order by p.number desc limit 1`, o.of(who))})
	o.ask("Tono", 404, "POST", path+"/feedback", object{"kind": "comment", "text": "Halo"})
	o.ask("Sekdes", 422, "POST", path+"/feedback", object{"kind": "coaching", "text": "Membahas antrean"})
	o.ask(who, 403, "POST", path+"/feedback/"+said.body["id"].(string)+"/withdrawal", nil)
	o.ask("Sekdes", 200, "POST", path+"/feedback/"+said.body["id"].(string)+"/withdrawal", nil)
	o.ask("Sekdes", 200, "POST", path+"/feedback", object{"kind": "coaching", "text": "Membahas antrean", "agreed": "Ikut kelas", "come_back": time.Now().AddDate(0, 0, 7).Format(time.DateOnly)})

	o.ask(who, 422, "POST", path+"/links", object{"purpose": "progress", "link": "javascript:alert(1)"})
	link := o.ask(who, 200, "POST", path+"/links", object{"purpose": "progress", "link": "https://desa.test/rekap"})
	o.ask(who, 200, "DELETE", path+"/evidence/"+link.body["id"].(string), nil)
	o.ask(who, 404, "DELETE", path+"/evidence/"+link.body["id"].(string), nil)

	const content = "%PDF-1.7\n%%EOF\n"
	file := func(who string, want int, name, content string) reply {
		return o.upload(who, want, path+"/files", "file", name, content, "purpose", "progress")
	}
	contains(o.t, file(who, 422, "rekap.pdf", "MZ\x90\x00"), `"evidence.error.type"`)
	contains(o.t, file(who, 422, "rekap.pdf", strings.Repeat("a", 10<<20+1)), `"evidence.error.large"`)
	file(who, 413, "rekap.pdf", strings.Repeat("a", 65<<20))
	o.ask(who, 415, "POST", path+"/files", object{})
	o.upload(who, 422, path+"/files", "file", "a.pdf", content, "purpose", "peer_answer")
	file("Sekdes", 403, "a.pdf", content)
	file("Tono", 404, "a.pdf", content)
	added := file(who, 200, "Rekap \u202efdp.pdf", content).body["id"].(string)
	o.ask("Sekdes", 404, "GET", path+"/files/"+added, nil)
	o.ask(who, 200, "POST", path+"/progress", object{"indicator": o.indicator(who), "value": "92"})
	o.ask(who, 409, "DELETE", path+"/evidence/"+added, nil)
	got := o.ask("Sekdes", 200, "GET", path+"/files/"+added, nil)
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Length": "15", "Content-Disposition": `attachment; filename="Rekap fdp.pdf"; filename*=UTF-8''Rekap%20fdp.pdf`,
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		if is := got.header.Get(name); is != want {
			o.t.Errorf("%s is %q, want %q", name, is, want)
		}
	}
	if got.raw != content {
		o.t.Errorf("it reads %q", got.raw)
	}
	missing := o.ask("Tono", 404, "GET", path+"/files/"+string(o.of(who)), nil)
	if foreign := o.ask("Tono", 404, "GET", path+"/files/"+added, nil); o.faultOf(foreign) != o.faultOf(missing) {
		o.t.Errorf("a file that one may not read is %s, a missing one %s", foreign.raw, missing.raw)
	}
}

// faultOf is what an answer says of a fault, without the request that it answers.
func (o *office) faultOf(r reply) string {
	return strings.ReplaceAll(r.raw, r.header.Get("X-Request-Id"), "")
}

func (o *office) reviewSelf(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageSelfReview)
	o.ask(who, 200, "GET", "/tasks/"+o.task(who, appraisal.StepSelfReview, who), nil)
	o.do(who, appraisal.StepSelfReview, who, "self-review", object{
		"achievements": "Hampir semua surat terbit pada harinya", "development": "Belajar arsip digital",
		"realisations": []object{{"indicator": o.indicator(who), "value": "97"}},
	})
}

func (o *office) askPeers(who string, peers ...string) {
	o.t.Helper()
	o.enter(who, appraisal.StagePeerReview)
	var ids []string
	for _, p := range peers {
		ids = append(ids, o.person(p))
	}
	o.ask(who, 200, "GET", "/tasks/"+o.task(who, appraisal.StepNominatePeers, who), nil)
	o.do(who, appraisal.StepNominatePeers, who, "peer-nomination", object{"peers": ids})
	o.do("Sekdes", appraisal.StepApprovePeers, who, "peer-decision", object{"approve": true, "peers": ids})
	scores := slices.Repeat([]int{3}, appraisal.Behaviours)
	for _, p := range peers {
		step := o.task(p, appraisal.StepPeerAnswer, who)
		o.ask(p, 200, "GET", "/tasks/"+step, nil)
		o.ask(who, 404, "GET", "/tasks/"+step, nil)
		o.do(p, appraisal.StepPeerAnswer, who, "peer-answer", object{"scores": scores, "comment": "Rekan yang sabar"})
	}
}

func (o *office) review(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageAppraiserReview)
	contains(o.t, o.ask("Sekdes", 200, "GET", "/tasks/"+o.task("Sekdes", appraisal.StepAppraiserReview, who), nil), "Rekan yang sabar")
	o.do("Sekdes", appraisal.StepAppraiserReview, who, "review", object{
		"work_result": "meets", "behaviour": "meets", "comment": "Sesuai rencana",
		"competencies": []object{{"competency": "INT", "level": 3}, {"competency": "PEL", "level": 1}},
	})
}

func (o *office) calibrate(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageCalibration)
	cohort := o.value(`select cohort_id::text from appraisal where id = $1`, o.of(who))
	o.exec(`update cohort set deadline = now() - interval '1 second' where id = $1`, cohort)
	_, err := o.service.LookAtCohort(o.t.Context(), appraisal.CohortID(cohort))
	o.must(err)
	o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/unit-ratings", object{
		"unit": "SEKRETARIAT", "rating": "baik", "evidence": "LKjIP 2026, halaman 12",
	})
	contains(o.t, o.ask("Personalia", 200, "GET", "/service?from=2026-01&to=2026-03", nil), `"on_time_percent":"94.74"`)
	contains(o.t, o.ask("Panitia", 200, "GET", "/cycles/"+o.cycle+"/cohorts", nil), cohort)
	contains(o.t, o.ask("Panitia", 200, "GET", "/cohorts/"+cohort, nil), `"name":"`+who+`"`)
	o.ask(who, 403, "GET", "/cohorts/"+cohort, nil)
	o.ask("Panitia", 200, "POST", "/cohorts/"+cohort+"/changes", object{
		"appraisal": string(o.of(who)), "work_result": "meets", "behaviour": "above", "reason": "Setara dengan rekan seangkatan",
	})
	o.ask("Panitia", 200, "GET", "/cohorts/"+cohort, nil)
	o.ask("Panitia", 200, "POST", "/cohorts/"+cohort+"/lock", object{"justification": "Kelompok kecil"})
	o.look(who)
}

func (o *office) object(who string) {
	o.t.Helper()
	path := "/appraisals/" + string(o.of(who))
	if before := o.ask(who, 200, "GET", path, nil); before.body["rating"] != nil {
		o.t.Errorf("the rating is told before its release: %v", before.body["rating"])
	}
	o.enter(who, appraisal.StageResult)
	if after := o.ask(who, 200, "GET", path, nil); after.body["rating"] == nil {
		o.t.Error("the released rating is not told")
	}
	o.do(who, appraisal.StepAcknowledgeResult, who, "objection", object{"reasons": "Perilaku saya di atas harapan"})
	o.enter(who, appraisal.StageObjection)
	o.do("Sekdes", appraisal.StepAnswerObjection, who, "objection-answer", object{"answer": "Sudah saya pertimbangkan"})
	o.do("Kades", appraisal.StepDecideObjection, who, "objection-decision", object{
		"change": true, "work_result": "above", "behaviour": "above", "reason": "Buktinya kuat",
	})
}

func (o *office) acknowledge(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageResult)
	contains(o.t, o.do(who, appraisal.StepAcknowledgeResult, who, "acknowledgement", nil), `"outcome":"acknowledged"`)
}

func (o *office) develop(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageDevelopment)
	contains(o.t, o.ask("Sekdes", 200, "GET", "/tasks/"+o.task("Sekdes", appraisal.StepApproveDevelopment, who), nil), "T-PEL")
	o.do("Sekdes", appraisal.StepApproveDevelopment, who, "development-approval", object{"trainings": []string{"T-PEL"}})
	voice := "/appraisals/" + string(o.of(who)) + "/pulse"
	contains(o.t, o.ask(who, 200, "GET", voice, nil), `"open":true`)
	o.ask("Sekdes", 404, "GET", voice, nil)
	o.ask(who, 422, "POST", voice, object{"understandable": 6, "fair": 0})
	o.ask(who, 200, "POST", voice, object{"understandable": 4, "fair": 3, "comment": "Jelas"})
	o.ask("Panitia", 403, "GET", "/cycles/"+o.cycle+"/pulse", nil)
	contains(o.t, o.ask("Personalia", 200, "GET", "/cycles/"+o.cycle+"/pulse", nil), `"state":"open"`, `"answers":0`)
	contains(o.t, o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/pulse-window", object{"days": 14}), `"days":14`)
	o.enter(who, appraisal.StageClosed)
}

func (o *office) inspect(who string) {
	o.t.Helper()
	cycle := "/cycles/" + o.cycle
	for _, reader := range []string{who, "Sekdes", "Kades", "Personalia", "Panitia"} {
		contains(o.t, o.ask(reader, 200, "GET", "/appraisals/"+string(o.of(who)), nil), `"stage":"closed"`, `"predikat":"sangat_baik"`)
		o.ask(reader, 200, "GET", "/me", nil)
	}
	o.ask("Tono", 404, "GET", "/appraisals/"+string(o.of(who)), nil)
	contains(o.t, o.ask("Personalia", 200, "GET", cycle+"/funnel", nil), `"stage":"closed"`)
	contains(o.t, o.ask("Personalia", 200, "GET", cycle+"/appraisals?stage=closed", nil), who)

	for _, name := range []string{"Stage", "Health"} {
		for _, word := range o.doc.Components.Schemas[name].Value.Enum {
			o.ask("Personalia", 200, "GET", cycle+"/appraisals?"+strings.ToLower(name)+"="+word.(string), nil)
		}
	}
	seen := map[string]bool{}
	for path := cycle + "/appraisals?limit=4"; path != ""; {
		page := o.ask("Personalia", 200, "GET", path, nil)
		for _, item := range page.body["items"].([]any) {
			seen[item.(object)["employee"].(string)] = true
		}
		path = ""
		if link := page.header.Get("Link"); link != "" {
			path = strings.TrimPrefix(strings.TrimSuffix(link, `>; rel="next"`), "</api/v1")
		}
	}
	if len(seen) != 9 {
		o.t.Errorf("the pages show %d people: %v", len(seen), seen)
	}
}

func (o *office) end() {
	o.t.Helper()
	o.enter("Tono", appraisal.StageTargets)
	o.ask("Personalia", 200, "POST", "/appraisals/"+string(o.of("Tono"))+"/withdrawal", object{"reason": "Pindah instansi"})
	contains(o.t, o.ask("Personalia", 200, "GET", "/mails?limit=200", nil), `"state":"queued"`)
	mail := o.value(`select id::text from mail order by created_at limit 1`)
	o.exec(`update mail set state = 'failed', error = '550 unknown' where id = $1`, mail)
	contains(o.t, o.ask("Personalia", 200, "GET", "/mails?state=failed", nil), "550 unknown")
	o.ask("Personalia", 200, "POST", "/mails/"+mail+"/resend", nil)

	o.exec(`update appraisal set health = 'no_appraiser' where id = $1`, o.of("Rudi"))
	contains(o.t, o.ask("Personalia", 200, "GET", "/stalled", nil), `"cause":"no_appraiser"`)

	o.ask("Personalia", 409, "POST", "/cycles/"+o.cycle+"/close", nil)
	o.exec(`update appraisal set stage = 'withdrawn', ended_at = now() where ended_at is null`)
	contains(o.t, o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/close", nil), `"status":"closed"`)

	o.launch("2027")
	contains(o.t, o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/cancel", object{"reason": "Salah periode"}), `"status":"cancelled"`)
}
