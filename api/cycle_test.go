package api_test

import (
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
)

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
	contains(o.t, o.ask("Personalia", 200, "GET", "/policies", nil), `"permen6-2022@1"`)
	o.ask("Wati", 403, "GET", "/policies", nil)
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
