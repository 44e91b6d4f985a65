package api_test

// measure reads how fast units work and how content their citizens are.
func (o *office) measure() {
	o.t.Helper()
	contains(o.t, o.ask("Personalia", 200, "GET", "/service?unit=DESA&from=2026-01&to=2026-12", nil), `"code":"SEKRETARIAT"`, `"received":40`, `"on_time_percent":"94.74"`)
	o.ask("Personalia", 422, "GET", "/service?from=Januari", nil)
	o.ask("Personalia", 404, "GET", "/service?unit=KOTA", nil)
	o.ask("Wati", 403, "GET", "/service", nil)
}
