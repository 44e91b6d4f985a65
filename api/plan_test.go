package api_test

import (
	"github.com/marelan/telaah/internal/appraisal"
)

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

// changePlan agrees on another plan in the middle of the period, after one proposal was withdrawn and one declined.
func (o *office) changePlan(who string) {
	o.t.Helper()
	path := "/appraisals/" + string(o.of(who)) + "/plan"
	o.ask("Tono", 404, "GET", path, nil)
	history := o.ask(who, 200, "GET", path, nil)
	contains(o.t, history, `"may_propose":true`, `"changes":[]`)
	results := history.body["versions"].([]any)[0].(object)["key_results"].([]any)
	change := object{"reason": "Satu loket ditutup", "effective_on": "2026-06-01", "key_results": results}
	contains(o.t, o.ask(who, 422, "POST", path+"/changes", change), `"field":"key_results"`)
	results[0].(object)["indicators"].([]any)[0].(object)["target"] = "90"
	o.ask("Kades", 403, "POST", path+"/changes", change)

	propose := func() string {
		o.t.Helper()
		return "/plan-changes/" + o.ask(who, 200, "POST", path+"/changes", change).body["id"].(string)
	}
	withdrawn := propose()
	o.ask(who, 409, "POST", path+"/changes", change)
	o.ask("Sekdes", 403, "POST", withdrawn+"/withdrawal", nil)
	o.ask(who, 200, "POST", withdrawn+"/withdrawal", nil)
	o.ask("Sekdes", 409, "POST", withdrawn+"/answer", object{"agree": true})
	declined := propose()
	o.ask("Sekdes", 422, "POST", declined+"/answer", object{"agree": false})
	o.ask("Sekdes", 200, "POST", declined+"/answer", object{"agree": false, "comment": "Tunggu Juni"})
	agreed := propose()
	o.ask(who, 403, "POST", agreed+"/answer", object{"agree": true})
	o.ask("Sekdes", 200, "POST", agreed+"/answer", object{"agree": true})

	after := o.ask("Sekdes", 200, "GET", path, nil)
	contains(o.t, after, `"state":"withdrawn"`, `"state":"declined"`, `"state":"agreed"`, `"target":"95"`, `"target":"90"`)
}

// align reads how far the strategy is carried, and by whom.
func (o *office) align() {
	o.t.Helper()
	path := "/cycles/" + o.cycle + "/alignment"
	carried := o.ask("Personalia", 200, "GET", path, nil)
	contains(o.t, carried, `"objectives":1`, `"carried":1`)
	item := carried.body["items"].([]any)[0].(object)["id"].(string)
	contains(o.t, o.ask("Sekdes", 200, "GET", path+"/key-results?item="+item, nil), "Surat terbit pada hari yang sama")
	o.ask("Tono", 404, "GET", path, nil)
	o.ask("Personalia", 422, "GET", path+"?unit=SEKRETARIAT", nil)
}
