package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/auth"
	"github.com/marelan/telaah/internal/service"
)

// openKeyedClinic is the clinic at an address for which browsers keep passkeys.
func openKeyedClinic(t *testing.T) (*clinic, string) {
	t.Helper()
	k := openClinic(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.engine.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	passkeys, err := auth.NewPasskeys(address)
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("WIB", 7*60*60)
	k.service = service.New(service.Options{DB: k.pool, Policies: appraisal.Embedded(), Zone: zone, Authenticators: passkeys})
	pages, err := web.New(web.Options{Service: k.service, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	if k.engine, err = api.New(api.Options{Service: k.service, Pages: pages, BaseURL: address, Ready: k.pool.Ping}); err != nil {
		t.Fatal(err)
	}
	return k, address
}

func TestWithoutAScriptThePasskeyPagesSayWhatToDo(t *testing.T) {
	t.Parallel()
	k, _ := openKeyedClinic(t)
	ani := k.as("Ani")
	page := ani.ask(200, "GET", "/akun/kunci", nil)
	contains(t, text(page.Find("[data-passkey-plain]")), "memerlukan skrip")
	if _, hidden := page.Find("form[data-passkey]").Attr("hidden"); !hidden {
		t.Error("a form that does nothing without a script is shown")
	}
	nobody := &visitor{clinic: k, jar: map[string]string{}}
	page = nobody.ask(200, "GET", "/masuk", nil)
	contains(t, text(page.Find("[data-passkey-plain]")), "tautan yang kami kirim")
	if page.Find("form[action='/masuk'] [name=email]").Length() != 1 {
		t.Error("a mailed link is not offered")
	}
}

func TestAnOldSessionChangesNoPasskeysAndLeadsToSigningInAgain(t *testing.T) {
	t.Parallel()
	k, _ := openKeyedClinic(t)
	ani := k.as("Ani")
	k.exec(`insert into passkey (person_id, credential_id, credential, name, created_at) select id, '\x01', '{}', 'Ponsel', now() from person where name = 'Ani'`)
	key := k.value(`select id::text from passkey`)
	k.exec(`update session set created_at = now() - interval '16 minutes'`)
	page := ani.ask(200, "GET", "/akun/kunci", nil)
	if page.Find("form[data-passkey], form[action$='/hapus']").Length() != 0 {
		t.Error("the page offers what is refused")
	}
	again := ani.ask(200, "GET", page.Find("main a.button").AttrOr("href", ""), nil)
	if again.Find("form[action='/masuk'] [name=next]").AttrOr("value", "") != "/akun/kunci" {
		t.Errorf("led to %q", text(again.Find("main")))
	}
	contains(t, text(ani.ask(403, "POST", "/akun/kunci/"+key+"/hapus", url.Values{}).Find("main")), "dalam 15 menit sesudah masuk")
	if n := k.value(`select count(*)::text from passkey`); n != "1" {
		t.Errorf("%s passkeys are left", n)
	}
}

func TestABrowserAddsAPasskeyAndSignsInWithIt(t *testing.T) {
	t.Parallel()
	k, address := openKeyedClinic(t)
	ani := k.as("Ani")
	browser := openBrowser(t)
	said := complaints(t, browser)
	must := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(browser, actions...); err != nil {
			shown, _ := chromedp.Run(browser, chromedp.Evaluate[string](`location.href + ": " + document.body.innerText`))
			t.Fatalf("%v at %s", err, shown)
		}
	}
	press := func(selector string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(selector)) }
	status := func(sentence string) chromedp.Action[chromedp.Void] {
		return arrives(`document.querySelector("form[data-passkey] [data-status]")?.textContent.includes("` + sentence + `")`)
	}
	call := func(f func(ctx context.Context, tab *chromedp.Target) error) chromedp.Action[chromedp.Void] {
		return chromedp.Func(f)
	}

	must(chromedp.EmulateViewport(360, 800), call(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: session.CookieName, Value: ani.token, URL: address}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	}))
	named := chromedp.CSS(`form[data-passkey] [name=name]`)
	add := `form[data-passkey="add"] button`
	must(chromedp.Navigate(address+"/akun/kunci"), press(add), status("wajib"))
	must(chromedp.SendKeys(named, "Ponsel saya"), press(add), arrives(`document.querySelector("[role=status]")?.textContent.includes("Kunci sandi ditambahkan")`))
	must(arrives(`document.querySelector(".keys li strong").textContent === "Ponsel saya"`))
	must(chromedp.SendKeys(named, "Ponsel lagi"), press(add), status("sudah punya kunci sandi"))

	enter := `form[data-passkey="sign-in"] button`
	in := arrives(`location.pathname === "/riwayat" && document.querySelector(".who .name")?.textContent === "Ani"`)
	must(press(`form[action="/keluar"] button`), arrives(`location.pathname === "/masuk"`), chromedp.Navigate(address+"/masuk?next=/riwayat"))
	must(press(enter), in)
	if used := k.value(`select (used_at is not null)::text from passkey`); used != "true" {
		t.Error("it is not known that the passkey was used")
	}
	wide, err := chromedp.Run(browser, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`))
	if err != nil || wide > 360 {
		t.Errorf("the page is %.0f px wide, %v", wide, err)
	}
	must(chromedp.Navigate(address+"/akun/kunci"), press(`form[action$="/hapus"] button`),
		arrives(`document.querySelector("[role=status]")?.textContent.includes("Kunci sandi dihapus")`))
	must(press(`form[action="/keluar"] button`), arrives(`location.pathname === "/masuk"`), press(enter), status("not known here")) // the language of the browser
	for _, complaint := range said() {
		if !strings.Contains(complaint, "status of 4") { // what was refused
			t.Errorf("the browser complains: %s", complaint)
		}
	}
}
