package api_test

import (
	"strings"
	"time"
)

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
