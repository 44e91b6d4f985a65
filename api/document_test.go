package api_test

import "strings"

// printed reads a paper about somebody, and returns its verification code.
func (o *office) printed(reader, about, kind string) string {
	o.t.Helper()
	paper := o.ask(reader, 200, "GET", "/appraisals/"+string(o.of(about))+"/documents/"+kind, nil)
	if !strings.HasPrefix(paper.raw, "%PDF-") {
		o.t.Errorf("the paper begins with %.20q", paper.raw)
	}
	return o.value(`select code from document where appraisal_id = $1 and kind = $2 order by number desc limit 1`, o.of(about), kind)
}

func (o *office) verify(code, state string) {
	o.t.Helper()
	contains(o.t, o.ask("", 200, "GET", "/verifications/"+code, nil), `"state":"`+state+`"`)
}

// printPlan prints a plan that is approved, twice the same, and what is on it is verified by whoever holds it.
func (o *office) printPlan(who string) {
	o.t.Helper()
	papers := "/appraisals/" + string(o.of(who)) + "/documents"
	code := o.printed(who, who, "plan")
	if again := o.printed("Sekdes", who, "plan"); again != code {
		o.t.Errorf("printed again it has the code %s, not %s", again, code)
	}
	o.verify(strings.ToLower(code), "genuine")
	o.verify("ABCD", "mistyped")
	o.ask("Tono", 404, "GET", papers+"/plan", nil)
	o.ask(who, 404, "GET", papers+"/poem", nil)
	o.ask(who, 409, "GET", papers+"/form", nil)
}

// printResult prints the other papers; the plan that was printed before it was changed is no longer in force.
func (o *office) printResult(who string) {
	o.t.Helper()
	before := o.value(`select code from document where appraisal_id = $1 and kind = 'plan'`, o.of(who))
	o.verify(o.printed(who, who, "form"), "genuine")
	o.verify(o.printed("Personalia", who, "evaluation"), "genuine")
	o.verify(o.printed(who, who, "plan"), "genuine")
	o.verify(before, "superseded")
}

// tabulate reads everybody's results as tables, and a unit's papers in one archive.
func (o *office) tabulate(who string) {
	o.t.Helper()
	results := "/cycles/" + o.cycle + "/results/"
	unit := o.value(`select id::text from unit where code = 'SEKRETARIAT'`)
	contains(o.t, o.ask("Personalia", 200, "GET", results+"csv?unit="+unit, nil), who)
	if book := o.ask("Personalia", 200, "GET", results+"xlsx", nil); !strings.HasPrefix(book.raw, "PK") {
		o.t.Errorf("the book begins with %.20q", book.raw)
	}
	if archive := o.ask("Personalia", 200, "GET", "/cycles/"+o.cycle+"/archive?unit="+unit, nil); !strings.HasPrefix(archive.raw, "PK") {
		o.t.Errorf("the archive begins with %.20q", archive.raw)
	}
	o.ask("Personalia", 422, "GET", "/cycles/"+o.cycle+"/archive", nil)
	o.ask("Panitia", 403, "GET", "/cycles/"+o.cycle+"/archive?unit="+unit, nil)
	o.ask("Personalia", 404, "GET", results+"ods", nil)
	o.ask("Personalia", 422, "GET", results+"csv?unit=SEKRETARIAT", nil)
	o.ask("Panitia", 403, "GET", results+"csv", nil)
}
