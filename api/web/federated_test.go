package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/auth"
	"github.com/marelan/telaah/internal/oidctest"
	"github.com/marelan/telaah/internal/service"
)

// gateway is the clinic behind an address of its own, with a real provider of identities beside it.
type gateway struct {
	*clinic
	url      string
	provider *oidctest.Server
	late     time.Duration // of the office's clock
	log      *strings.Builder
}

func openGateway(t *testing.T, claim appraisal.IdentityClaim) *gateway {
	t.Helper()
	g := &gateway{clinic: openClinic(t), log: &strings.Builder{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.engine.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	g.url = server.URL
	g.provider = oidctest.Start(t, g.url+web.FederatedReturnPath)
	var mu sync.Mutex
	log := slog.New(slog.NewTextHandler(lockedWriter{&mu, io.MultiWriter(g.log, t.Output())}, nil))
	zone := time.FixedZone("WIB", 7*60*60)
	g.service = service.New(service.Options{
		DB: g.pool, Policies: appraisal.Embedded(), Zone: zone, Log: log, Now: func() time.Time { return time.Now().Add(g.late) },
		Provider: auth.NewProvider(auth.ProviderOptions{
			Name: "SSO BKN", Issuer: g.provider.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret,
			Scopes: []string{"profile", "email"}, Claim: claim, ReturnURL: g.url + web.FederatedReturnPath,
		}),
	})
	pages, err := web.New(web.Options{Service: g.service, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	g.engine, err = api.New(api.Options{Service: g.service, Pages: pages, BaseURL: g.url, Ready: g.pool.Ping, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// guest is somebody at a browser without a script, with real cookies.
type guest struct {
	*gateway
	client *http.Client
	passed []string // addresses that led to the last page
}

func (g *gateway) guest() *guest {
	g.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.t.Fatal(err)
	}
	v := &guest{gateway: g, client: &http.Client{Jar: jar}}
	v.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		v.passed = append(v.passed, r.URL.String())
		return nil
	}
	return v
}

// shownPage is a page that a guest has come to.
type shownPage struct {
	*goquery.Document
	status int
	at     *url.URL
}

func (v *guest) fetch(method, address string, form url.Values) shownPage {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.url + address
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	v.passed = nil
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	d, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return shownPage{d, answer.StatusCode, answer.Request.URL}
}

// choose goes to the provider and presses a button there; it returns where that leads.
func (v *guest) choose(next, button, value string) shownPage {
	v.t.Helper()
	there := v.fetch("GET", "/masuk/sso?next="+url.QueryEscape(next), nil)
	if there.at.Path != "/login" {
		v.t.Fatalf("led to %s with %d: %s", there.at, there.status, text(there.Selection))
	}
	return v.fetch("POST", there.at.String(), url.Values{"id": {there.Find("[name=id]").AttrOr("value", "")}, button: {value}})
}

// enter signs in with an account and wants the status and the sentence.
func (v *guest) enter(account string, status int, sentence string) {
	v.t.Helper()
	v.wants(v.choose("/riwayat", "account", account), status, sentence)
}

func (v *guest) wants(p shownPage, status int, sentence string) {
	v.t.Helper()
	if p.status != status {
		v.t.Errorf("answered %d at %s, want %d: %s", p.status, p.at, status, text(p.Find("main")))
	}
	contains(v.t, text(p.Find("main")), sentence)
	if (status == http.StatusOK) != v.isIn() {
		v.t.Errorf("with status %d somebody is signed in: %t", p.status, v.isIn())
	}
	if status != http.StatusOK && p.Find("main form[action='/masuk'] [name=email]").Length() != 1 {
		v.t.Error("a mailed link is not offered")
	}
}

func (v *guest) isIn() bool {
	u, _ := url.Parse(v.url)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == session.CookieName {
			return true
		}
	}
	return false
}

// trail lists what was audited about somebody's sign-ins.
func (g *gateway) trail(who string) string {
	g.t.Helper()
	return g.value(`select coalesce(string_agg(e.action || ' ' || coalesce(d.content->>'cause', d.content->>'means', ''), ', ' order by e.id), '')
		from audit_event e left join audit_content d on d.event_id = e.id join person p on e.subject = 'person/' || p.id where p.name = $1`, who)
}

const aniNIP = "198501012010012002"

func TestAPersonSignsInWithAnAccountElsewhereAndGoesOnToTheWantedPage(t *testing.T) {
	t.Parallel()
	for _, claim := range []appraisal.IdentityClaim{appraisal.ClaimNIP, appraisal.ClaimEmail} {
		for _, kept := range []bool{false, true} {
			g := openGateway(t, claim)
			g.provider.Know(oidctest.Account{Subject: "a-1", NIP: aniNIP, Email: "ANI@pkm.test", Verified: true})
			if kept {
				g.provider.KeepClaims()
			}
			v := g.guest()
			start := v.fetch("GET", "/masuk?next="+url.QueryEscape("/riwayat?x=1"), nil)
			link := start.Find("main a.button")
			if link.Length() != 1 || !strings.Contains(text(link), "Masuk dengan SSO BKN") {
				t.Fatalf("the sign-in page offers %q", text(start.Find("main")))
			}
			there := v.fetch("GET", link.AttrOr("href", ""), nil)
			for _, wanted := range []string{"code_challenge_method=S256", "response_type=code", "nonce=", "state=", "scope=openid+profile+email"} {
				contains(t, v.passed[0], wanted)
			}
			back := v.fetch("POST", there.at.String(), url.Values{"id": {there.Find("[name=id]").AttrOr("value", "")}, "account": {"a-1"}})
			if back.status != http.StatusOK || back.at.RequestURI() != "/riwayat?x=1" {
				t.Errorf("%s: came to %s with %d", claim, back.at, back.status)
			}
			contains(t, text(back.Find(".who")), "Ani")
			if got := g.trail("Ani"); got != "sign_in openid" {
				t.Errorf("audited %q", got)
			}
			if left := g.value(`select count(*)::text from federated_flow`); left != "0" {
				t.Errorf("%s flows are left", left)
			}
			g.guest().enter("a-1", 200, "")
			if links := g.value(`select string_agg(issuer || ' ' || subject, ',') from federated_identity`); links != g.provider.URL+" a-1" {
				t.Errorf("remembered %q", links)
			}
		}
	}
}

func TestOnlyWhoIsHereAndWhoseAccountItHasAlwaysBeenIsLetIn(t *testing.T) {
	t.Parallel()
	g := openGateway(t, appraisal.ClaimEmail)
	account := func(subject, email string) {
		g.provider.Know(oidctest.Account{Subject: subject, Email: email, Verified: true})
	}
	g.provider.Know(oidctest.Account{Subject: "unverified", Email: "ani@pkm.test"})
	g.guest().enter("unverified", 403, "belum diverifikasi")
	account("stranger", "nobody@pkm.test")
	g.guest().enter("stranger", 403, "tidak cocok dengan pegawai mana pun")

	account("a-1", "ani@pkm.test")
	g.guest().enter("a-1", 200, "")
	account("thief", "ani@pkm.test") // another account claims Ani's address
	g.guest().enter("thief", 403, "tidak cocok dengan pemilik")
	if got := g.trail("Ani"); got != "sign_in openid, refuse_sign_in conflict" {
		t.Errorf("Ani's trail is %q", got)
	}
	account("a-1", "beni@pkm.test") // Ani's account claims Beni's address
	g.guest().enter("a-1", 403, "tidak cocok dengan pemilik")
	if got := g.trail("Beni"); got != "refuse_sign_in conflict" {
		t.Errorf("Beni's trail is %q", got)
	}
	account("b-1", "beni@pkm.test")
	g.guest().enter("b-1", 200, "")

	account("b-2", "beni@pkm.test") // Beni's account was replaced
	g.guest().enter("b-2", 403, "memutuskan hubungan akun yang lama")
	if n, err := g.service.UnlinkAccounts(t.Context(), appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}, " BENI@pkm.test"); n != 1 || err != nil {
		t.Errorf("forgot %d accounts: %v", n, err)
	}
	g.guest().enter("b-2", 200, "")
	g.guest().enter("b-1", 403, "tidak cocok dengan pemilik")
	if _, err := g.service.UnlinkAccounts(t.Context(), appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}, "nobody@pkm.test"); appraisal.CodeOf(err) != appraisal.CodeNotFound {
		t.Errorf("forgot the accounts of nobody: %v", err)
	}
	account("a-1", "ani.baru@pkm.test") // an address that nobody else has: still Ani's account
	v := g.guest()
	v.enter("a-1", 200, "")
	contains(t, text(v.fetch("GET", "/", nil).Find(".who")), "Ani")

	account("c-1", "cici@pkm.test")
	g.exec(`update person set active = false where name in ('Ani', 'Cici')`)
	g.guest().enter("a-1", 403, "tidak lagi bertugas")
	g.guest().enter("c-1", 403, "tidak lagi bertugas")
	if got := g.trail("Cici"); got != "refuse_sign_in departed" {
		t.Errorf("Cici's trail is %q", got)
	}
}

func TestANIPIsTakenOnlyAsItsEighteenDigits(t *testing.T) {
	t.Parallel()
	g := openGateway(t, appraisal.ClaimNIP)
	for _, nip := range []any{"19850101 201001 2 002", aniNIP + " ", aniNIP[1:], "", aniNIP + "0", "1985010120100120O2", 198501012010012002.0, []string{aniNIP}, nil} {
		g.provider.Know(oidctest.Account{Subject: "a-1", NIP: aniNIP})
		g.provider.Misbehave(oidctest.Claiming(func(claims map[string]any) { claims["nip"] = nip }))
		g.guest().enter("a-1", 403, "18 angka")
	}
	g.provider.Misbehave(nil)
	g.provider.Know(oidctest.Account{Subject: "a-1", NIP: "198501012010012999"})
	g.guest().enter("a-1", 403, "tidak cocok dengan pegawai mana pun")
	g.provider.Know(oidctest.Account{Subject: "a-1", NIP: aniNIP})
	g.guest().enter("a-1", 200, "")
}

func TestOfTwoAccountsThatClaimAPersonAtTheSameMomentOneIsLetIn(t *testing.T) {
	t.Parallel()
	g := openGateway(t, appraisal.ClaimEmail)
	g.provider.Know(oidctest.Account{Subject: "a-1", Email: "ani@pkm.test", Verified: true})
	g.provider.Know(oidctest.Account{Subject: "a-2", Email: "ani@pkm.test", Verified: true})
	statuses := make([]int, 2)
	var wg sync.WaitGroup
	for i, account := range []string{"a-1", "a-2"} {
		v := g.guest()
		wg.Go(func() { statuses[i] = v.choose("/", "account", account).status })
	}
	wg.Wait()
	if statuses[0]+statuses[1] != 200+403 {
		t.Errorf("answered %v", statuses)
	}
}

func TestAnUnreachableProviderStopsNothingAndIsAskedAgain(t *testing.T) {
	t.Parallel()
	g := openGateway(t, appraisal.ClaimEmail)
	g.provider.Know(oidctest.Account{Subject: "a-1", Email: "ani@pkm.test", Verified: true})
	g.provider.Stop()
	v := g.guest()
	v.wants(v.fetch("GET", "/masuk/sso?next=/riwayat", nil), 503, "SSO BKN sedang tidak dapat dihubungi")
	contains(t, g.log.String(), "ask "+g.provider.URL)

	g.provider.Resume()
	deadline := time.Now().Add(patience)
	for v.fetch("GET", "/masuk/sso", nil).at.Path != "/login" {
		if time.Now().After(deadline) {
			t.Fatal("the provider is back and nobody asks it")
		}
	}
	there := v.fetch("GET", "/masuk/sso?next=/riwayat", nil)
	form := url.Values{"id": {there.Find("[name=id]").AttrOr("value", "")}, "account": {"a-1"}}
	v.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), g.url) {
			g.provider.Stop() // after the browser has its code
		}
		return nil
	}
	v.wants(v.fetch("POST", there.at.String(), form), 503, "sedang tidak dapat dihubungi")
}

func TestInAnOfficeWithoutAProviderThereIsNoDoorToIt(t *testing.T) {
	t.Parallel()
	v := openClinic(t).as("Ani")
	v.jar = map[string]string{}
	page := v.ask(200, "GET", "/masuk", nil)
	if n := page.Find("main a.button").Length(); n != 0 {
		t.Errorf("%d buttons lead elsewhere", n)
	}
	v.ask(404, "GET", "/masuk/sso", nil)
	v.ask(404, "GET", "/masuk/sso/kembali?state=x&code=y", nil)
}

func TestABrowserSignsInThroughTheProvidersPages(t *testing.T) {
	t.Parallel()
	g := openGateway(t, appraisal.ClaimEmail)
	g.provider.Know(oidctest.Account{Subject: "a-1", Email: "ani@pkm.test", Verified: true})
	browser := openBrowser(t)
	said := complaints(t, browser)
	if err := chromedp.Do(browser, chromedp.Navigate(g.url+"/masuk?next=/riwayat")); err != nil {
		t.Fatal(err)
	}
	if c := said(); len(c) > 0 {
		t.Errorf("the browser complains: %v", c)
	}
	err := chromedp.Do(browser,
		chromedp.Click(chromedp.CSS("main a.button")), arrives(`document.querySelector("button[value='a-1']") !== null`),
		chromedp.Click(chromedp.CSS(`button[value="a-1"]`)), arrives(`document.querySelector("form[action='/keluar'] .name") !== null`),
	)
	if err != nil {
		t.Fatal(err)
	}
	at, err := chromedp.Run(browser, chromedp.Evaluate[string](`location.href + " " + document.querySelector(".who .name").textContent`))
	if err != nil || at != g.url+"/riwayat Ani" {
		t.Errorf("came to %q, %v", at, err)
	}
}

// arrives waits for a condition that pages on the way may break off the asking about.
func arrives(condition string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			found, err := cdp.Call(ctx, tab, runtime.Evaluate, runtime.EvaluateParams{Expression: condition})
			if err == nil && string(found.Result.Value) == "true" {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("waiting for %s: %w", condition, ctx.Err())
			case <-tick.C:
			}
		}
	})
}
