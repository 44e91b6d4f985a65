package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestOfManyWhoHandTheSameStepInAtOnceOneIsTakenAndTheOthersAreTold(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	b.enter("Wati", appraisal.StageTargets)
	path := "/api/v1/tasks/" + b.task("Wati", appraisal.StepDraftPlan, "Wati") + "/plan"
	body, err := json.Marshal(b.newPlan("Berkas selesai"))
	b.must(err)
	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for i := range 8 {
		headers := []string{"Idempotency-Key", "sama"}
		if i%2 == 1 {
			headers[1] = "lain-" + string(rune('a'+i))
		}
		all.Go(func() {
			w := b.throw("Wati", "POST", path, "application/json", body, headers...)
			mu.Lock()
			defer mu.Unlock()
			codes[w.Code]++
			if w.Code >= 400 && w.Code != http.StatusConflict {
				t.Errorf("answered %d: %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	if codes[200] == 0 || codes[200] > 4 || codes[200]+codes[409] != 8 {
		t.Errorf("the answers are %v", codes)
	}
	if n := b.value(`select count(*)::text from plan where appraisal_id = $1`, b.of("Wati")); n != "1" {
		t.Errorf("%s plans are stored", n)
	}
}

func TestAKeyAnswersItsOwnerAndItsBodyOnly(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	b.enter("Wati", appraisal.StageExecution)
	path := "/api/v1/appraisals/" + string(b.of("Wati")) + "/feedback"
	send := func(who, text string) (int, string) {
		body, err := json.Marshal(object{"kind": "comment", "text": text})
		b.must(err)
		w := b.throw(who, "POST", path, "application/json", body, "Idempotency-Key", "kunci")
		return w.Code, w.Body.String()
	}
	code, first := send("Sekdes", "Kerja rapi")
	if code != http.StatusOK {
		t.Fatalf("answered %d: %s", code, first)
	}
	if code, again := send("Sekdes", "Kerja rapi"); code != http.StatusOK || again != first {
		t.Errorf("the same again is answered %d: %s, not %s", code, again, first)
	}
	if code, other := send("Sekdes", "Kerja lain"); code != http.StatusUnprocessableEntity {
		t.Errorf("another body is answered %d: %s", code, other)
	}
	if code, foreign := send("Tono", "Kerja rapi"); code != http.StatusNotFound || foreign == first {
		t.Errorf("somebody else with the same key is answered %d: %s", code, foreign)
	}
	if n := b.value(`select count(*)::text from feedback`); n != "1" {
		t.Errorf("%s were stored", n)
	}
}

func TestASessionKnowsAtOnceThatARoleIsGoneOrThatSomebodyHasLeft(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	path := "/api/v1/cycles/" + b.cycle
	if w := b.throw("Personalia", "POST", path+"/pause", "application/json", []byte(`{"reason":"Banjir"}`)); w.Code != http.StatusOK {
		t.Fatalf("HR is answered %d: %s", w.Code, w.Body)
	}
	b.exec(`delete from role_grant where role = 'hr'`)
	if w := b.throw("Personalia", "POST", path+"/resume", "application/json", []byte(`{}`)); w.Code != http.StatusForbidden {
		t.Errorf("with a role that is gone they are answered %d: %s", w.Code, w.Body)
	}
	b.exec(`update person set active = false where name = 'Wati'`)
	if w := b.throw("Wati", "GET", "/api/v1/appraisals/"+string(b.of("Wati")), "", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("who has left is answered %d: %s", w.Code, w.Body)
	}
}

func TestTextThatMisleadsTheEyeIsRefusedAndMarkupIsShownAsText(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	b.enter("Wati", appraisal.StageExecution)
	path := "/api/v1/appraisals/" + string(b.of("Wati")) + "/feedback"
	send := func(text string) int {
		body, err := json.Marshal(object{"kind": "comment", "text": text})
		b.must(err)
		return b.throw("Sekdes", "POST", path, "application/json", body).Code
	}
	for _, text := range []string{"laporan\u202efdp.exe", "a\u2066b", "a\x00b", "a\x1b[2Jb", "\u200b\u2060", "a\u0300\u0300\u0300\u0300\u0300\u0300"} {
		if code := send(text); code != http.StatusUnprocessableEntity {
			t.Errorf("%q is answered %d", text, code)
		}
	}
	const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><svg/onload=x> {{.Frame}} ${7*7} '; drop table feedback; -- =cmd|'/C calc'!A0 %s%n \r\nSet-Cookie: x=1`
	if code := send(hostile); code != http.StatusOK {
		t.Fatalf("it is answered %d", code)
	}
	if got := b.value(`select text from feedback`); got != hostile {
		t.Errorf("it is kept as %q", got)
	}
	w := b.throw("Wati", "GET", "/penilaian/"+string(b.of("Wati")), "", nil)
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "&lt;script&gt;alert(1)") || strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") || strings.Contains(page, "<svg/onload") || strings.Contains(page, "49 ") && !strings.Contains(page, "${7*7}") {
		t.Errorf("the page (%d) shows it as %.3000s", w.Code, page)
	}
	if w.Header().Get("Set-Cookie") != "" {
		t.Errorf("a cookie was set: %v", w.Header())
	}
}
