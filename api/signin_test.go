package api_test

import "strings"

// signInAndOut asks for a link, signs in with it once, speaks another language and leaves.
// trace reads what the trail says about somebody, as they and as an auditor do.
func (o *office) trace(who string) {
	o.t.Helper()
	contains(o.t, o.ask(who, 200, "GET", "/trail?limit=200", nil), `"action":"read_cohort"`)
	contains(o.t, o.ask("Pemeriksa", 200, "GET", "/audit?person="+who, nil), `"action":"acknowledge_result"`)
	contains(o.t, o.ask("Pemeriksa", 422, "GET", "/audit?from=kemarin", nil), `"field":"from"`)
	contains(o.t, o.ask("Pemeriksa", 200, "GET", "/audit/status", nil), `"waiting":`)
	o.ask("Personalia", 403, "GET", "/audit", nil)
}

func (o *office) signInAndOut(who string) {
	o.t.Helper()
	email := strings.ToLower(who) + "@desa.test"
	known := o.ask("", 202, "POST", "/sessions/link", object{"email": email, "next": "/tugas"})
	unknown := o.ask("", 202, "POST", "/sessions/link", object{"email": "nobody@desa.test"})
	if len(known.raw) != len(unknown.raw) || known.body["request"] == unknown.body["request"] {
		o.t.Errorf("an address that somebody has is answered %q, any other %q", known.raw, unknown.raw)
	}
	request := known.body["request"]
	contains(o.t, o.ask("", 422, "POST", "/sessions/link", object{"email": "not an address"}), `"field":"email"`)

	token := o.value(`select args ->> 'token' from mail where kind = 'sign_in' and address = $1`, email)
	o.ask("", 401, "POST", "/sessions", object{"token": "made-up"})
	o.ask("", 422, "POST", "/sessions", object{"token": ""})
	o.ask("", 403, "POST", "/sessions", object{"token": token})
	o.ask("", 403, "POST", "/sessions", object{"token": token, "request": unknown.body["request"]})
	o.ask("", 422, "POST", "/sessions", object{"token": token, "code": "7K2M-9QXD", "request": request})
	o.ask("", 422, "POST", "/sessions", object{"code": "7K2M-9QXD", "request": request})
	session := o.ask("", 201, "POST", "/sessions", object{"token": token, "request": request})
	contains(o.t, session, `"name":"`+who+`"`, `"next":"/tugas"`)
	o.ask("", 401, "POST", "/sessions", object{"token": token, "request": request})

	bearer := session.body["token"].(string)
	o.ask(bearer, 204, "PUT", "/me/language", object{"language": "en"})
	o.ask(bearer, 422, "PUT", "/me/language", object{"language": "de"})
	contains(o.t, o.ask(bearer, 404, "GET", "/appraisals/none", nil), "does not exist")
	o.ask(bearer, 204, "DELETE", "/sessions/current", nil)
	o.ask(bearer, 401, "GET", "/me", nil)
}
