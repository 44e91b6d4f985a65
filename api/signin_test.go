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
	o.account(bearer)
	o.ask(bearer, 204, "DELETE", "/sessions/current", nil)
	o.ask(bearer, 401, "GET", "/me", nil)
}

// account looks at one's sessions, makes a token and takes it back, and signs somebody else out.
func (o *office) account(bearer string) {
	o.t.Helper()
	contains(o.t, o.ask(bearer, 200, "GET", "/me/sessions", nil), `"current":true`, `"means":"link"`)
	other := o.value(`select s.id::text from session s join person p on p.id = s.person_id where p.name = 'Maya' and s.token_digest = sha256('Maya')`)
	o.ask(bearer, 204, "DELETE", "/me/sessions/"+other, nil)
	o.ask(bearer, 404, "DELETE", "/me/sessions/"+other, nil)
	o.ask(bearer, 404, "DELETE", "/me/sessions/"+o.value(`select s.id::text from session s join person p on p.id = s.person_id where p.name = 'Wati'`), nil)
	contains(o.t, o.ask(bearer, 200, "DELETE", "/me/sessions", nil), `"ended":0`)

	o.ask(bearer, 422, "POST", "/me/tokens", object{"name": "", "scopes": []string{"everything"}, "days": 366})
	made := o.ask(bearer, 201, "POST", "/me/tokens", object{"name": "Laporan", "scopes": []string{"read"}, "days": 30})
	token := made.body["token"].(string)
	listed := o.ask(bearer, 200, "GET", "/me/tokens", nil)
	contains(o.t, listed, `"name":"Laporan"`)
	if strings.Contains(listed.raw, token) {
		o.t.Error("the token is told twice")
	}
	contains(o.t, o.ask(token, 200, "GET", "/me", nil), `"name":"Maya"`)
	for _, path := range []string{"/me/tokens", "/me/sessions"} {
		o.ask(token, 403, "GET", path, nil)
	}
	contains(o.t, o.ask(token, 403, "POST", "/me/tokens", object{"name": "Lagi", "scopes": []string{"read"}, "days": 30}), "not made for that")
	o.ask(token, 403, "PUT", "/me/language", object{"language": "id"})
	o.ask(token, 403, "DELETE", "/sessions/current", nil)
	o.ask("", 401, "GET", "/me", nil, "Cookie", "telaah_session="+token)
	o.ask(bearer, 204, "DELETE", "/me/tokens/"+made.body["id"].(string), nil)
	contains(o.t, o.ask(token, 401, "GET", "/me", nil), "sudah dicabut")

	o.ask(bearer, 403, "POST", "/access/sign-out", object{"email": "lina@desa.test"})
	o.exec(`insert into role_grant (person_id, role) select id, 'administrator' from person where name = 'Tono'`)
	o.ask("Tono", 404, "POST", "/access/sign-out", object{"email": "nobody@desa.test"})
	contains(o.t, o.ask("Tono", 200, "POST", "/access/sign-out", object{"email": "lina@desa.test"}), `"ended":1`)
	o.ask("Lina", 401, "GET", "/me", nil)
}
