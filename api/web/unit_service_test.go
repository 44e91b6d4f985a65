package web_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/service"
)

// exampleService is an agency with two units, of which one is too small to be shown.
func exampleService() service.ServiceByUnit {
	survey := &service.Survey{
		UnitCode: "D7", Unit: "Dinas Kependudukan", Respondents: 1412, Index: "83.42", Grade: "B",
		Elements: []string{"3.21", "3.30", "3.05", "3.80", "3.41", "3.36", "3.44", "3.10", ""},
	}
	few := &service.Survey{Respondents: 4, Few: true, Index: "90.00", Grade: "A"}
	speed := service.Speed{People: 38, Received: 44646, Completed: 41518, OnTimePercent: "88.59", CompletionPercent: "92.99", MeanDays: "2.51"}
	view := service.ServiceByUnit{
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Parent: "MRL",
		Unit: &service.UnitFigures{Code: "D7", Name: "Dinas Kependudukan", Speed: speed, Survey: survey},
		Units: []service.UnitFigures{
			{Code: "D7.1", Name: "Bidang Pendaftaran Penduduk", Speed: speed, Survey: few},
			{Code: "D7.2", Name: "Bidang Pencatatan Sipil", Speed: service.Speed{People: 2, Withheld: true}},
		},
		Corrections: []service.SurveyDayCorrection{{
			Unit: "Dinas Kependudukan", Day: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), Number: 2, Before: 8, After: 9, File: "skm.csv", At: *moment(-2), By: "Hana Putri",
		}},
	}
	for m := range 11 {
		view.Months = append(view.Months, service.MonthOfUnit{
			Month: time.Date(2026, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC), Speed: speed, Respondents: 120, Index: fmt.Sprint("8", m%10, ".10"), Grade: "B",
		})
	}
	return view
}

func TestServiceByUnitLeadsDownAndHidesWhatFewPeopleDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/layanan?unit=D7&dari=2026-01&sampai=2026-12").page(http.StatusOK)
	for _, want := range []string{
		"2,51", "88,59 %", "IKM 83,42, mutu B", "1.412 responden", "disembunyikan", "responden sedikit", "versi 2, 8 responden menjadi 9",
	} {
		contains(t, text(page.Find("main")), want)
	}
	for _, want := range []string{"/layanan?dari=2026-01&sampai=2026-12&unit=D7.1", "/layanan?dari=2026-01&sampai=2026-12&unit=MRL"} {
		if page.Find(`main a[href="`+want+`"]`).Length() != 1 {
			t.Errorf("no link to %s", want)
		}
	}
	refused := b.get("/layanan?dari=Januari").page(http.StatusUnprocessableEntity)
	contains(t, text(refused.Find("main")), "TTTT-BB")
}
