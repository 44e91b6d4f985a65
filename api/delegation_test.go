package api_test

// delegate has the superior of the staff delegate, HR look on, and the delegate give the duties back.
func (o *office) delegate() {
	o.t.Helper()
	from, until := o.value(`select (current_date + 2)::text`), o.value(`select (current_date + 9)::text`)
	in := object{"delegate": "panitia@desa.test", "from": from, "until": until}
	o.ask("Wati", 422, "POST", "/delegations", in)
	o.ask("Sekdes", 422, "POST", "/delegations", object{"delegate": "panitia@desa.test", "from": from, "until": from[:7]})
	o.ask("Sekdes", 200, "POST", "/delegations", in)
	contains(o.t, o.ask("Sekdes", 422, "POST", "/delegations", in), "delegation.error.clash")
	contains(o.t, o.ask("Personalia", 200, "GET", "/delegations", nil), `"for_hr":true`, `"state":"coming"`)
	id := o.value(`select id::text from delegation`)
	o.ask("Tono", 404, "POST", "/delegations/"+id+"/revocation", nil)
	o.ask("Panitia", 200, "POST", "/delegations/"+id+"/revocation", nil)
	o.ask("Panitia", 409, "POST", "/delegations/"+id+"/revocation", nil)
	contains(o.t, o.ask("Panitia", 200, "GET", "/delegations", nil), `"state":"revoked"`)
}
