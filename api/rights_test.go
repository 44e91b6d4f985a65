package api_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// exercise uses the rights that people have over their data, and destroys what is long over.
func (o *office) exercise(who string) {
	o.t.Helper()
	data := o.ask(who, 200, "GET", "/me/data", nil).body
	if data["format"] != "telaah.personal-data" || data["version"] != 1.0 || len(data["appraisals"].([]any)) == 0 || len(data["trail"].([]any)) == 0 {
		o.t.Errorf("the data are %v", data)
	}
	for _, format := range []string{"json", "pdf", "zip"} {
		o.ask(who, 200, "GET", "/me/data/"+format, nil)
	}
	o.ask(who, 404, "GET", "/me/data/docx", nil)
	wrong := object{"field": "superior", "recorded": "Sekdes", "wanted": "Kades", "reason": "SK 12/2026"}
	first := o.ask(who, 200, "POST", "/me/corrections", wrong, "Idempotency-Key", "koreksi-1").body["id"].(string)
	o.ask(who, 409, "POST", "/me/corrections", wrong, "Idempotency-Key", "koreksi-2")
	o.ask(who, 422, "POST", "/me/corrections", object{"field": "appraiser", "recorded": "a", "wanted": "b"})
	o.ask(who, 403, "POST", "/corrections/"+first+"/decision", object{"accept": true, "answer": "Ya"})
	o.ask("Personalia", 404, "POST", "/corrections/"+first+"/withdrawal", nil)
	if open := o.ask("Personalia", 200, "GET", "/corrections", nil).body["open"].([]any); len(open) != 1 || open[0].(map[string]any)["may_decide"] != true {
		o.t.Errorf("HR's list is %v", open)
	}
	o.ask("Personalia", 422, "POST", "/corrections/"+first+"/decision", object{"accept": true, "answer": " "})
	o.ask("Personalia", 200, "POST", "/corrections/"+first+"/decision", object{"accept": false, "answer": "SK itu milik orang lain"})
	o.ask("Personalia", 409, "POST", "/corrections/"+first+"/decision", object{"accept": true, "answer": "Ya"})
	second := o.ask(who, 200, "POST", "/me/corrections", wrong).body["id"].(string)
	o.ask(who, 200, "POST", "/corrections/"+second+"/withdrawal", nil)
	if mine := o.ask(who, 200, "GET", "/me/corrections", nil).body["items"].([]any); len(mine) != 2 {
		o.t.Errorf("one's own list is %v", mine)
	}
	o.destroy()
}

// destroy has old answers of acts destroyed.
func (o *office) destroy() string {
	o.t.Helper()
	o.exec(`insert into act (idempotency_key, actor_id, name, subject, body_digest, at) select 'lama', id, 'x', 'y', '\x00', now() - interval '1 year' from person where name = 'Maya'`)
	o.ask("Wati", 403, "GET", "/retention", nil)
	o.ask("Personalia", 200, "GET", "/retention", nil)
	o.ask("Personalia", 422, "POST", "/retention/destructions", object{"kind": "semua"})
	o.ask("Personalia", 409, "POST", "/retention/destructions", object{"kind": "outcome"})
	done := o.ask("Personalia", 200, "POST", "/retention/destructions", object{"kind": "repeats"}).body
	if done["records"] != 1.0 || done["finished_at"] == nil {
		o.t.Errorf("destroyed was %v", done)
	}
	id := done["id"].(string)
	o.ask("Personalia", 200, "GET", "/retention/destructions", nil)
	o.ask("Personalia", 200, "GET", "/retention/destructions/"+id, nil)
	if paper := o.ask("Personalia", 200, "GET", "/retention/destructions/"+id+"/certificate", nil).raw; !strings.HasPrefix(paper, "%PDF-") {
		o.t.Error("the certificate is no PDF")
	}
	return id
}

func TestWhoAsksForTheirDataGetsTheirFilesAndPapersAndNobodyElses(t *testing.T) {
	t.Parallel()
	p := openPanel(t)
	p.play()
	raw := p.ask("Wati", 200, "GET", "/me/data/zip", nil).raw
	archive, err := zip.NewReader(bytes.NewReader([]byte(raw)), int64(len(raw)))
	p.must(err)
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
		r, err := f.Open()
		p.must(err)
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	for _, want := range []string{"data.json", "data.pdf", "evaluasi", "skp.pdf"} {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("%s is not among %v", want, names)
		}
	}
	// A rater's own data tell that they were asked, and nothing of what they answered.
	rater := p.ask("Agus", 200, "GET", "/me/data", nil)
	for _, r := range p.rounds {
		for _, one := range r.raters {
			if r.name != "pulse" && anyIn(rater.raw, one.tokens) {
				t.Errorf("Agus's data have an opinion of %s", one.who)
			}
		}
	}
	if asked := rater.body["opinions_asked"].([]any); len(asked) != 1 || asked[0].(map[string]any)["answered"] != true {
		t.Errorf("Agus was asked for %v", asked)
	}
	// Who is rated and not released yet learns nothing of the rating.
	if strings.Contains(p.ask("Rudi", 200, "GET", "/me/data", nil).raw, `"predikat":"baik"`) {
		t.Error("Rudi reads a rating before it is released")
	}
}
