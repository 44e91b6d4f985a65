package api_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// strangeDays are days that calendars have and nobody means.
var strangeDays = []string{"0000-01-01", "0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "2026-02-30"}

func TestADayBeyondEveryCalendarIsTheSendersFault(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	b.exec(`insert into role_grant (person_id, role) select p.id, r from person p, unnest(array['leadership', 'administrator']) r where p.name = 'Bupati'`)
	ids := b.someIDs()
	instants := []string{"-9223372036854775808", "-9000000000000000000", "9223372036854775807", "-62167219200000001", "253402300800000000"}
	for _, r := range b.routes {
		if r.Method != http.MethodGet || r.Asset {
			continue
		}
		for _, who := range []string{"Personalia", "Bupati", "Pemeriksa"} {
			for _, day := range strangeDays {
				if strings.HasSuffix(r.Path, "/service") || strings.HasSuffix(r.Path, "/layanan") {
					day = day[:strings.LastIndex(day, "-")]
				}
				b.peek(who, b.fill(r.Path, ids), url.Values{"from": {day}, "dari": {day}})
				b.peek(who, b.fill(r.Path, ids), url.Values{"to": {day}, "until": {day}, "sampai": {day}})
			}
			for _, at := range instants {
				mark := base64.RawURLEncoding.EncodeToString([]byte(at + "/" + b.person("Wati")))
				b.peek(who, b.fill(r.Path, ids), url.Values{"after": {mark}, "sesudah": {mark}})
			}
		}
	}
	for _, day := range strangeDays {
		for who, act := range map[string][2]string{
			"Wati":       {"/api/v1/me/trainings", `{"title":"Seminar","hours":6,"finished":"` + day + `","evidence":"https://data.desa.test/a"}`},
			"Personalia": {"/api/v1/cycles", `{"code":"C` + day + `","name":"Aneh","period_start":"` + day + `","period_end":"2026-12-31"}`},
			"Sekdes":     {"/api/v1/delegations", `{"delegate":"` + b.person("Kades") + `","from":"` + day + `","until":"` + day + `"}`},
		} {
			if w := b.throw(who, http.MethodPost, act[0], "application/json", []byte(act[1])); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s with %s is answered with %d %s", act[0], day, w.Code, w.Body)
			}
		}
	}
}

// peek asks with a query.
func (b *besieged) peek(who, path string, q url.Values) {
	b.t.Helper()
	b.throw(who, http.MethodGet, path+"?"+q.Encode(), "", nil)
}
