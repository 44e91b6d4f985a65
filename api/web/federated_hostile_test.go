package web_test

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/oidctest"
)

func openGatewayWithAni(t *testing.T) *gateway {
	t.Helper()
	g := openGateway(t, appraisal.ClaimEmail)
	g.provider.Know(oidctest.Account{Subject: "a-1", Email: "ani@pkm.test", Verified: true})
	return g
}

func in(d time.Duration) float64 { return float64(time.Now().Add(d).Unix()) }

func TestATokenThatIsNotMeantForUsLetsNobodyIn(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	set := func(name string, value any) oidctest.Forgery {
		return oidctest.Claiming(func(claims map[string]any) { claims[name] = value })
	}
	for name, forgery := range map[string]oidctest.Forgery{
		"another's audience":         set("aud", "another"),
		"no audience":                set("aud", []string{}),
		"issued to another":          set("azp", "another"),
		"many audiences, no party":   oidctest.Claiming(func(c map[string]any) { c["aud"] = []string{oidctest.ClientID, "another"}; delete(c, "azp") }),
		"another's nonce":            set("nonce", "another"),
		"no nonce":                   oidctest.Claiming(func(c map[string]any) { delete(c, "nonce") }),
		"another issuer":             set("iss", "https://evil.example"),
		"expired":                    set("exp", in(-5*time.Minute)),
		"from the future":            set("iat", in(time.Hour)),
		"not yet valid":              set("nbf", in(time.Hour)),
		"no account":                 set("sub", ""),
		"an endless account":         set("sub", strings.Repeat("x", 256)),
		"claims that are no claims":  set("email_verified", []int{1}),
		"signed by another":          oidctest.SignedByAnother,
		"signed with the secret":     oidctest.SignedWithTheSecret,
		"unsigned":                   oidctest.Unsigned,
		"no token at all":            func(map[string]any, *rsa.PrivateKey) (string, error) { return "", nil },
		"something that is no token": func(map[string]any, *rsa.PrivateKey) (string, error) { return "a.b.c", nil },
	} {
		t.Run(name, func(t *testing.T) {
			g.provider.Misbehave(forgery)
			v := g.guest()
			page := v.choose("/riwayat", "account", "a-1")
			if page.status != http.StatusUnauthorized && page.status != http.StatusForbidden || v.isIn() {
				t.Errorf("answered %d: %s", page.status, text(page.Find("main")))
			}
		})
	}
	if n := g.value(`select count(*)::text from federated_identity`); n != "0" {
		t.Errorf("%s accounts are remembered", n)
	}
	contains(t, g.log.String(), "expected audience")
	for _, leak := range []string{oidctest.ClientSecret, "eyJ"} {
		if strings.Contains(g.log.String(), leak) {
			t.Errorf("the log tells %q", leak)
		}
	}
}

func TestClocksThatDifferByAMinuteAreForgiven(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	g.provider.Misbehave(oidctest.Claiming(func(c map[string]any) { c["exp"], c["iat"] = in(-time.Minute), in(-6*time.Minute) }))
	g.guest().enter("a-1", 200, "")
	g.provider.Misbehave(oidctest.Claiming(func(c map[string]any) { c["iat"], c["nbf"] = in(time.Minute), in(time.Minute) }))
	g.guest().enter("a-1", 200, "")
}

func TestAnAnswerWorksOnceInTheBrowserThatAskedAndNotForLong(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	v := g.guest()
	if p := v.choose("/riwayat", "account", "a-1"); p.status != 200 {
		t.Fatalf("answered %d", p.status)
	}
	answer := v.passed[len(v.passed)-2]
	contains(t, answer, "/masuk/sso/kembali?code=")
	again := g.guest()
	again.client.Jar = v.client.Jar
	if p := again.fetch("GET", answer, nil); p.status != 401 || !strings.Contains(text(p.Find("main")), "sudah dipakai") {
		t.Errorf("the same answer again is answered %d", p.status)
	}

	// A used code with a state that is fresh.
	used, _ := url.Parse(answer)
	w := g.guest()
	w.fetch("GET", "/masuk/sso", nil)
	asked, _ := url.Parse(w.passed[0])
	w.wants(w.fetch("GET", "/masuk/sso/kembali?"+url.Values{"code": {used.Query().Get("code")}, "state": {asked.Query().Get("state")}}.Encode(), nil), 401, "sudah dipakai")

	// Somebody else's browser, and then the right one, which has two tabs on their way.
	mine, other := g.guest(), g.guest()
	there := mine.fetch("GET", "/masuk/sso", nil)
	mine.fetch("GET", "/masuk/sso", nil) // in another tab
	other.fetch("GET", "/masuk/sso", nil)
	follow := mine.client.CheckRedirect
	mine.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), g.url) {
			answer = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	mine.fetch("POST", there.at.String(), url.Values{"id": {there.Find("[name=id]").AttrOr("value", "")}, "account": {"a-1"}})
	mine.client.CheckRedirect = follow
	other.wants(other.fetch("GET", answer, nil), 401, "peramban lain")
	mine.wants(mine.fetch("GET", answer, nil), 200, "")

	// Too late.
	late := g.guest()
	late.fetch("GET", "/masuk/sso", nil)
	g.late = 11 * time.Minute
	asked, _ = url.Parse(late.passed[0])
	late.wants(late.fetch("GET", "/masuk/sso/kembali?code=x&state="+asked.Query().Get("state"), nil), 401, "sepuluh menit")
}

func TestWhatTheProviderRefusesIsToldWithAWayOut(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	v := g.guest()
	v.wants(v.choose("/riwayat", "error", "access_denied"), 401, "membatalkan")
	for refusal, want := range map[string]struct {
		status   int
		sentence string
	}{
		"login_required":              {401, "belum selesai"},
		"temporarily_unavailable":     {503, "sedang tidak dapat dihubungi"},
		"invalid_scope":               {503, "setelan di antara keduanya"},
		`"><script>alert(1)</script>`: {503, "setelan di antara keduanya"},
	} {
		v := g.guest()
		page := v.choose("/riwayat", "error", refusal)
		v.wants(page, want.status, want.sentence)
		if page.Find("main [name=next]").AttrOr("value", "") != "/riwayat" {
			t.Error("the wanted page is forgotten")
		}
		if html, _ := page.Html(); strings.Contains(html, "alert(1)") || strings.Contains(html, "state=") {
			t.Error("the page repeats what came in its address")
		}
	}
	v.wants(v.fetch("GET", "/masuk/sso/kembali", nil), 401, "sudah dipakai")
	v.wants(v.fetch("GET", "/masuk/sso/kembali?error=access_denied&state="+strings.Repeat("x", 5000), nil), 401, "sudah dipakai")
}

func TestAnAnswerInTheNameOfAnotherProviderIsRefused(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	g.provider.NameInAnswers("https://evil.example")
	g.guest().enter("a-1", 401, "tidak dapat dipercaya")
	for _, path := range g.provider.Asked() {
		if path == "/oauth/token" {
			t.Error("the code was handed on")
		}
	}
	g.provider.NameInAnswers(g.provider.URL)
	g.guest().enter("a-1", 200, "")
}

func TestAProviderLeadsOnToPagesOfOursOnly(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/\n/evil"} {
		if p := g.guest().choose(next, "account", "a-1"); p.at.String() != g.url+"/" || p.status != 200 {
			t.Errorf("%q led to %s", next, p.at)
		}
	}
}

func TestWhoIsSignedInAndGoesToTheProviderAgainIsAskedAnewThere(t *testing.T) {
	t.Parallel()
	g := openGatewayWithAni(t)
	v := g.guest()
	v.enter("a-1", 200, "")
	if strings.Contains(v.passed[0], "prompt=") {
		t.Errorf("whoever only comes to work is asked anew: %s", v.passed[0])
	}
	remembered := func() string { return g.value(`select remembered::text from session order by created_at desc limit 1`) }
	if remembered() != "true" {
		t.Error("a session that a provider may have begun by itself counts as one in which somebody was asked who they are")
	}
	session := func() string { return g.value(`select id::text from session order by created_at desc limit 1`) }
	first := session()
	asked := func(at float64) oidctest.Forgery {
		return oidctest.Claiming(func(c map[string]any) { c["auth_time"] = at })
	}
	for name, forgery := range map[string]oidctest.Forgery{
		"asked an hour ago": asked(in(-time.Hour)),
		"asked never":       oidctest.Claiming(func(c map[string]any) { delete(c, "auth_time") }),
	} {
		g.provider.Misbehave(forgery)
		if page := v.choose("/akun/kunci", "account", "a-1"); page.status != http.StatusUnauthorized || session() != first {
			t.Errorf("%s: answered %d with another session: %t", name, page.status, session() != first)
		}
	}
	g.provider.Misbehave(asked(in(0)))
	there := v.fetch("GET", "/masuk/sso?next=/akun/kunci", nil)
	for _, wanted := range []string{"prompt=login", "max_age=0"} {
		contains(t, v.passed[0], wanted)
	}
	back := v.fetch("POST", there.at.String(), url.Values{"id": {there.Find("[name=id]").AttrOr("value", "")}, "account": {"a-1"}})
	if back.at.Path != "/akun/kunci" || session() == first || remembered() != "false" {
		t.Errorf("came to %s with %d, with another session: %t", back.at, back.status, session() != first)
	}
}
