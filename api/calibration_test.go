package api_test

import (
	"github.com/marelan/telaah/internal/appraisal"
)

func (o *office) calibrate(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageCalibration)
	cohort := o.value(`select cohort_id::text from appraisal where id = $1`, o.of(who))
	o.exec(`update cohort set deadline = now() - interval '1 second' where id = $1`, cohort)
	_, err := o.service.LookAtCohort(o.t.Context(), appraisal.CohortID(cohort))
	o.must(err)
	rating := object{"unit": "SEKRETARIAT", "rating": "baik", "evidence": "LKjIP 2026, halaman 12"}
	o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/unit-ratings", rating)
	contains(o.t, o.ask("Personalia", 200, "GET", "/cycles/"+o.cycle+"/unit-ratings", nil), `"evidence":"LKjIP 2026, halaman 12"`, `"number":1`)
	o.ask("Panitia", 403, "GET", "/cycles/"+o.cycle+"/unit-ratings", nil)
	contains(o.t, o.ask("Panitia", 200, "GET", "/cycles/"+o.cycle+"/cohorts", nil), cohort)
	contains(o.t, o.ask("Panitia", 200, "GET", "/cohorts/"+cohort, nil), `"name":"`+who+`"`)
	o.ask(who, 403, "GET", "/cohorts/"+cohort, nil)
	o.sit(who, "/cohorts/"+cohort)
	o.look(who)
}

// sit holds a session: a committee of two takes part, hears the appraiser, confirms what one of them proposed, and locks it.
func (o *office) sit(who, session string) {
	o.t.Helper()
	o.exec(`insert into role_grant (person_id, role) select id, 'committee' from person where name in ('Kades', 'Sekdes')`)
	about := string(o.of(who))
	change := object{"appraisal": about, "work_result": "meets", "behaviour": "above", "reason": "Setara dengan rekan seangkatan"}
	agreement := object{"appraisal": about, "stance": "agree"}
	o.ask(who, 403, "POST", session+"/attendance", nil)
	contains(o.t, o.ask("Kades", 200, "POST", session+"/attendance", nil), `"next":"committee"`)
	o.ask("Kades", 422, "POST", session+"/opinions", agreement)
	o.ask("Panitia", 200, "POST", session+"/changes", change)
	o.ask("Kades", 200, "POST", session+"/opinions", agreement)
	o.ask("Sekdes", 422, "POST", session+"/opinions", agreement)
	o.ask("Sekdes", 200, "POST", session+"/opinions", object{"appraisal": about, "stance": "explain", "words": "Baru sejak Juni"})
	contains(o.t, o.ask("Panitia", 200, "GET", session+"/members/"+about, nil), `"words":"Baru sejak Juni"`, `"behaviour":"above"`)
	o.ask(who, 403, "GET", session+"/members/"+about, nil)

	lock := object{"justification": "Kelompok kecil"}
	contains(o.t, o.ask("Panitia", 409, "POST", session+"/lock", lock), "2")
	o.ask("Kades", 200, "POST", session+"/confirmation", nil)
	contains(o.t, o.ask("Panitia", 200, "GET", session, nil), `"confirmed":1`)
	o.ask("Panitia", 200, "POST", session+"/lock", lock)
	o.ask("Kades", 409, "POST", session+"/confirmation", nil)
}

// spread reads what the session and the objection made of the one rating that is released.
func (o *office) spread() {
	o.t.Helper()
	path := "/cycles/" + o.cycle + "/spread"
	contains(o.t, o.ask("Personalia", 200, "GET", path, nil),
		`"reviewed":{"baik":1}`, `"calibrated":{"baik":1}`, `"final":{"sangat_baik":1}`, `"by_objection":1`)
	o.ask("Wati", 403, "GET", path, nil)
}
