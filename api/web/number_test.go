package web_test

import (
	"net/http"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func TestNumbersAreReadAsPeopleOfEachLanguageWriteThem(t *testing.T) {
	for _, c := range []struct {
		lang        locale.Lang
		typed, want string
	}{
		{locale.Indonesian, "2,5", "2.5"}, {locale.Indonesian, "2.5", "2.5"}, {locale.Indonesian, "1.250", "1250"},
		{locale.Indonesian, "1.250,75", "1250.75"}, {locale.Indonesian, " 1 250 ", "1250"}, {locale.English, "1,250.75", "1250.75"},
		{locale.English, "2.5", "2.5"}, {locale.English, "1.250", "1.250"}, {locale.English, "2,5", "2.5"},
	} {
		t.Run(string(c.lang)+" "+c.typed, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.lang = c.lang
			v := values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), "kirim")
			v.Set("key_results[0].indicators[0].target", c.typed)
			b.post("/tugas/s-1", v).redirect()
			if got := b.service.done()[0].In.([]appraisal.KeyResult)[0].Indicators[0].Target; got != c.want {
				t.Errorf("%q was read as %q, want %q", c.typed, got, c.want)
			}
		})
	}
}

func TestThousandsAreSetApartWhereNumbersAreReadAndNotWhereTheyAreTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	b.service.form.Draft = nil
	ind := &b.service.form.Appraisal.Plan.KeyResults[0].Indicators[0]
	ind.Target, ind.Realisation = "1250000.5", "1250.5"
	page := b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, text(page.Find("main")), "1.250.000,5")
	if got := page.Find(`[name="realisations[0].value"]`).AttrOr("value", ""); got != "1250,5" {
		t.Errorf("the field holds %q, which another language would read otherwise", got)
	}
}
