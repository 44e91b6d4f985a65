package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// patience is how long a browser may take before a test gives up; nothing waits that long when all is well.
const patience = 4 * time.Minute

// openBrowser starts a real Chromium whose window is as narrow as an old phone. make test sees to it that there is one.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WindowSize(360, 800), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	browser, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(closeTab)
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	limited, cancel := context.WithTimeout(browser, patience)
	t.Cleanup(cancel)
	return limited
}

// complaints collects what the browser says about a page: refused styles and scripts, missing files, errors.
func complaints(t *testing.T, browser context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var said []string
	err := chromedp.Listen(browser, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, e.Entry.Text+" "+e.Entry.URL)
		}
	})
	if err != nil {
		t.Fatalf("listen to Chromium: %v", err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := said
		said = nil
		return out
	}
}

// smallestTarget measures what a finger has to hit: buttons, links that stand alone, answers (WCAG 2.2, target size).
const smallestTarget = `Math.min(99, ...[...document.querySelectorAll("button:not(.implicit), a.button, nav a, label.option")]
	.filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().height))`

func TestEveryPageFitsAnOldPhoneAndTheBrowserHasNothingToComplainOf(t *testing.T) {
	t.Parallel()
	pages := map[string]shown{}
	for _, p := range everyPage() {
		pages[p.name] = p
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := setup(t)
		if strings.HasPrefix(r.URL.Path, "/static/") {
			b.handler.ServeHTTP(w, r)
			return
		}
		name, lang, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		b.lang = locale.Lang(lang)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'")
		_, _ = w.Write(pages[name].open(b).Body.Bytes())
	}))
	t.Cleanup(server.Close)
	browser := openBrowser(t)
	said := complaints(t, browser)
	for name := range pages {
		for _, lang := range locale.Langs {
			err := chromedp.Do(browser, chromedp.EmulateViewport(360, 800), chromedp.Navigate(server.URL+"/"+name+"/"+string(lang)))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wide, err := chromedp.Run(browser, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			small, err := chromedp.Run(browser, chromedp.Evaluate[float64](smallestTarget))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if wide > 360 {
				t.Errorf("%s/%s is %.0f px wide", name, lang, wide)
			}
			if small < 24 {
				t.Errorf("%s/%s has something to press that is %.0f px high", name, lang, small)
			}
			for _, complaint := range said() {
				if !strings.Contains(complaint, "status of 4") { // the page of an error is an error
					t.Errorf("%s/%s: %s", name, lang, complaint)
				}
			}
		}
	}
}

func TestTheScriptSavesWhileOneTypesAndTriesAgainAfterALostConnection(t *testing.T) {
	t.Parallel()
	k := openClinic(t)
	k.prepare()
	k.enter("Ani", appraisal.StageTargets)
	ani := k.as("Ani")
	path, _ := ani.begin(appraisal.StepDraftPlan, "Ani")
	var lost atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lost.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		k.engine.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)

	browser := openBrowser(t)
	said := complaints(t, browser)
	status := func(want string) chromedp.Action[chromedp.Void] {
		return chromedp.Poll[chromedp.Void](`document.querySelector("[data-saved]").textContent.startsWith("` + want + `")`)
	}
	statement := chromedp.CSS(`textarea[name="key_results[0].statement"]`)
	err := chromedp.Do(browser,
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: session.CookieName, Value: ani.token, URL: server.URL})
			return err
		}),
		chromedp.Navigate(server.URL+path),
		chromedp.SendKeys(statement, "Imunisasi"),
		status("Tersimpan"),
	)
	if err != nil {
		t.Fatal(err)
	}
	draft := `select body #>> '{key_results,0,statement}' from draft`
	if got := k.value(draft); got != "Imunisasi" {
		t.Errorf("the draft holds %q", got)
	}
	if c := said(); len(c) > 0 {
		t.Errorf("the browser complains: %v", c)
	}

	lost.Store(true)
	if err := chromedp.Do(browser, chromedp.SendKeys(statement, " lengkap"), status("Belum tersimpan")); err != nil {
		t.Fatal(err)
	}
	lost.Store(false)
	if err := chromedp.Do(browser, chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online"))`), status("Tersimpan")); err != nil {
		t.Fatal(err)
	}
	if got := k.value(draft); got != "Imunisasi lengkap" {
		t.Errorf("after the connection came back the draft holds %q", got)
	}
}
