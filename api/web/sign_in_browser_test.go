package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// do takes steps in a browser and fails the test where one cannot be taken.
func do(t *testing.T, browser context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(browser, steps...); err != nil {
		t.Fatal(err)
	}
}

// press submits the one form whose action begins so, and waits for the page that follows.
func press(t *testing.T, browser context.Context, action string) {
	t.Helper()
	click := chromedp.Evaluate[chromedp.Void](`document.querySelector('main form[action^="` + action + `"] button').click()`)
	if _, err := chromedp.RunResponse(browser, click); err != nil {
		t.Fatal(err)
	}
}

// reads returns what the main part of the page says, and where the browser is.
func reads(t *testing.T, browser context.Context) (said, path string) {
	t.Helper()
	said, err := chromedp.Run(browser, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	path, err = chromedp.Run(browser, chromedp.Evaluate[string](`location.pathname`))
	if err != nil {
		t.Fatal(err)
	}
	return said, path
}

func TestAMailReadOnThePhoneSignsInAtTheDeskByItsCode(t *testing.T) {
	t.Parallel()
	k := openClinic(t)
	server := httptest.NewServer(k.engine)
	t.Cleanup(server.Close)
	desk, phone := openBrowser(t), openBrowser(t)
	complained := complaints(t, desk)

	do(t, desk, chromedp.Navigate(server.URL+"/masuk?next=/riwayat"), chromedp.SendKeys(chromedp.CSS(`main [name=email]`), "ani@pkm.test"))
	press(t, desk, "/masuk")
	link := "/masuk/" + k.value(`select args->>'token' from mail where kind = 'sign_in'`)

	do(t, phone, chromedp.Navigate(server.URL+link))
	shown, err := chromedp.Run(phone, chromedp.Evaluate[string](`document.querySelector(".one-time").innerText + " " + document.querySelectorAll("main form").length`))
	if err != nil {
		t.Fatal(err)
	}
	code, forms, _ := strings.Cut(shown, " ")
	if forms != "0" {
		t.Error("the phone offers to sign in with somebody else's request")
	}
	do(t, phone, chromedp.Navigate(server.URL+"/"))
	if _, path := reads(t, phone); path != "/masuk" {
		t.Errorf("the phone is signed in, at %s", path)
	}

	do(t, desk, chromedp.SendKeys(chromedp.CSS(`main [name=code]`), "zzzz zzzz"))
	press(t, desk, "/masuk/kode")
	if said, _ := reads(t, desk); !strings.Contains(said, "attempts left: 4") {
		t.Errorf("after a wrong code the desk says %s", said)
	}
	do(t, desk, chromedp.Evaluate[chromedp.Void](`document.querySelector("main [name=code]").value = ""`),
		chromedp.SendKeys(chromedp.CSS(`main [name=code]`), strings.ToLower(code)))
	press(t, desk, "/masuk/kode")
	if said, path := reads(t, desk); path != "/riwayat" {
		t.Errorf("with the code the desk is at %s: %s", path, said)
	}
	do(t, phone, chromedp.Navigate(server.URL+link))
	if said, _ := reads(t, phone); !strings.Contains(said, "has been used") {
		t.Errorf("the used link says %s", said)
	}
	for _, c := range complained() {
		if !strings.Contains(c, "status of 4") {
			t.Errorf("the browser complains: %s", c)
		}
	}
}

func TestALinkOpenedWhereItWasAskedForSignsInAfterOnePress(t *testing.T) {
	t.Parallel()
	k := openClinic(t)
	server := httptest.NewServer(k.engine)
	t.Cleanup(server.Close)
	desk := openBrowser(t)
	do(t, desk, chromedp.Navigate(server.URL+"/masuk"), chromedp.SendKeys(chromedp.CSS(`main [name=email]`), "ani@pkm.test"))
	press(t, desk, "/masuk")
	do(t, desk, chromedp.Navigate(server.URL+"/masuk/"+k.value(`select args->>'token' from mail where kind = 'sign_in'`)))
	press(t, desk, "/masuk/")
	if said, path := reads(t, desk); path != "/" {
		t.Errorf("the desk is at %s: %s", path, said)
	}
	if got := k.value(`select means || ' ' || browser || ' ' || system from session where browser <> ''`); got != "link Chrome Linux" {
		t.Errorf("the session began by %s", got)
	}
}
