package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestOpeningASignInLinkDoesNotUseItUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	b.service.signedIn = service.SignedIn{Token: "sesi", Next: "/tugas/s-1"}
	b.service.opened.Here = true
	opened := b.get("/masuk/rahasia")
	page := opened.page(http.StatusOK)
	if opened.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Error("the link would travel on as a referrer")
	}
	if len(b.service.done()) != 0 {
		t.Fatal("opening the link used it up")
	}
	pressed := b.post(page.Find("main form").AttrOr("action", ""), nil)
	if to := pressed.redirect(); to != "/tugas/s-1" {
		t.Errorf("signed in, and then at %s", to)
	}
	contains(t, strings.Join(pressed.Header().Values("Set-Cookie"), "\n"), "telaah_session=sesi")
}

func TestALinkLeadsToPagesOfOursOnly(t *testing.T) {
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "", "/\n/evil"} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.service.signedIn = service.SignedIn{Token: "sesi", Next: next}
			if to := b.post("/masuk/rahasia", nil).redirect(); to != "/" {
				t.Errorf("led to %q", to)
			}
			if to := b.post("/bahasa", url.Values{"lang": {"en"}, "back": {next}}).redirect(); to != "/" {
				t.Errorf("the language switch led to %q", to)
			}
		})
	}
}

func TestAVoidLinkOffersANewOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	b.service.refuse = map[string]error{"redeem": appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.link_void", nil)}
	page := b.post("/masuk/rahasia", nil).page(http.StatusUnauthorized)
	contains(t, text(page.Find("#masalah")), "sudah dipakai")
	if page.Find("main form[action='/masuk'] [name=email]").Length() != 1 {
		t.Error("there is no form for a new link")
	}
}

func TestAnUnknownAddressGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	known := b.post("/masuk", url.Values{"email": {"dewi@marelan.go.id"}, "next": {"/tugas/s-1"}}).page(http.StatusOK)
	contains(t, text(known.Find("main")), "Bila dewi@marelan.go.id terdaftar")
	if done := b.service.done(); len(done) != 1 || done[0].In.(service.LinkRequest).Next != "/tugas/s-1" {
		t.Errorf("asked for %v", done)
	}
}

func TestTheCodeIsTypedOnThePageAfterAskingAndAgainAfterAMistake(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	b.service.signedIn = service.SignedIn{Token: "sesi", Next: "/tugas/s-1"}
	form := b.post("/masuk", url.Values{"email": {"dewi@marelan.go.id"}}).page(http.StatusOK).Find("main form[action='/masuk/kode']")
	b.service.refuse = map[string]error{"redeem_code": &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.invalid",
		Fields: []appraisal.FieldError{{Field: "code", Key: "sign_in.code_wrong", Args: map[string]any{"left": 4}}}}}
	filled := values(form, "")
	filled.Set("code", "aaaa-aaaa")
	again := b.post("/masuk/kode", filled).page(http.StatusUnprocessableEntity)
	contains(t, text(again.Find("main")), "sisa percobaan: 4")
	contains(t, text(again.Find("main")), "Bila dewi@marelan.go.id terdaftar")
	if got := again.Find("[name=code]").AttrOr("value", ""); got != "aaaa-aaaa" {
		t.Errorf("what was typed is %q", got)
	}
	b.service.refuse = nil
	entered := b.post("/masuk/kode", filled)
	if to := entered.redirect(); to != "/tugas/s-1" {
		t.Errorf("signed in, and then at %s", to)
	}
	if done := b.service.done(); done[len(done)-1].In != "penanya" {
		t.Errorf("the browser was known by %v", done[len(done)-1].In)
	}
	contains(t, strings.Join(entered.Header().Values("Set-Cookie"), "\n"), "telaah_session=sesi")
	if b.cookies["telaah_asked"] != "" {
		t.Error("the browser still remembers what it asked for")
	}
	b.service.refuse = map[string]error{"redeem_code": appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.code_void", nil)}
	void := b.post("/masuk/kode", filled).page(http.StatusUnauthorized)
	if got := void.Find("main form[action='/masuk'] [name=email]").AttrOr("value", ""); got != "dewi@marelan.go.id" {
		t.Errorf("the form for another mail has the address %q", got)
	}
}

func TestALinkOpenedElsewhereShowsTheCodeAndNoButton(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	b.service.opened = service.OpenedLink{Code: "7K2M-9QXD"}
	page := b.get("/masuk/rahasia").page(http.StatusOK)
	contains(t, text(page.Find("main")), "7K2M-9QXD")
	if page.Find("main form").Length() != 0 {
		t.Error("the page offers to sign in")
	}
}

func TestWhoIsNotSignedInIsLedToTheirPageAfterSigningIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	to := b.get("/siklus/c-1/penilaian?tahap=targets").redirect()
	if want := "/masuk?next=" + url.QueryEscape("/siklus/c-1/penilaian?tahap=targets"); to != want {
		t.Errorf("led to %s, want %s", to, want)
	}
	page := b.get(to).page(http.StatusOK)
	if got := page.Find("main [name=next]").AttrOr("value", ""); got != "/siklus/c-1/penilaian?tahap=targets" {
		t.Errorf("the form goes on to %q", got)
	}
}

func TestTheLanguageIsRememberedWithThePersonAndInTheBrowser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/siklus?x=1").page(http.StatusOK)
	form := page.Find("form[action='/bahasa']")
	contains(t, text(form), "English")
	a := b.post("/bahasa", values(form, ""))
	if to := a.redirect(); to != "/siklus?x=1" {
		t.Errorf("led to %s", to)
	}
	if done := b.service.done(); len(done) != 1 || done[0].In != "en" {
		t.Errorf("remembered %v", done)
	}
	contains(t, strings.Join(a.Header().Values("Set-Cookie"), "\n"), "lang=en")
}
