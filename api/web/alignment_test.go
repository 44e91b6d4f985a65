package web_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/service"
)

func TestCoverageLeadsFromTheStrategyDownToWhoCarriesIt(t *testing.T) {
	b := setup(t)
	b.service.coverage = service.AlignmentCoverage{
		Cycle: "c-1", CycleName: "Penilaian Kinerja 2026", Path: []service.UnitName{{ID: "u-1", Name: "Dinas Kependudukan"}},
		Objectives: 3, Carried: 2, People: 1200, Planned: 1100, KeyResults: 4400, Broken: 12, Next: "S1.2",
		Units: []service.UnitCoverage{{UnitName: service.UnitName{ID: "u-2", Name: "Bidang Pelayanan"}, Objectives: 1, People: 40, Planned: 40}},
		Items: []service.ObjectiveCoverage{
			{ID: "o-1", Code: "S1.1", Statement: "Dokumen tepat waktu", Unit: "Dinas Kependudukan", KeyResults: 4, People: 2,
				Chain: []service.ChainLink{{Kind: "misi", Statement: "Pelayanan yang cepat"}, {Kind: "visi", Statement: "Marelan maju"}}},
			{ID: "o-2", Code: "S1.2", Statement: "Data mutakhir", Unit: "Dinas Kependudukan"},
		},
	}
	page := b.get("/siklus/c-1/keselarasan").page(http.StatusOK)
	has(t, text(page.Find("main")), "66% (2 dari 3)", "4.400", "4 hasil kerja dari 2 pegawai", "Visi: Marelan maju", "belum ada yang mendukung", "0% (0 dari 1)")
	for _, link := range []string{"/siklus/c-1/keselarasan?unit=u-2", "/siklus/c-1/keselarasan/hasil-kerja?butir=o-1&unit=u-1",
		"/siklus/c-1/keselarasan/hasil-kerja?butir=&unit=u-1", "/siklus/c-1/keselarasan?after=S1.2&unit=u-1"} {
		if page.Find(`a[href="`+link+`"]`).Length() != 1 {
			t.Errorf("no link leads to %s", link)
		}
	}
	below := b.get("/siklus/c-1/keselarasan/hasil-kerja?butir=o-1&unit=u-1").page(http.StatusOK)
	row := below.Find("tbody tr").First().Children().Map(func(_ int, cell *goquery.Selection) string { return text(cell) })
	if !slices.Equal(row, []string{"Dinas Kependudukan", "7", "3"}) {
		t.Errorf("the unit is told as %v", row)
	}
	has(t, text(below.Find("main")), "Dokumen tepat waktu", "hanya dapat dibuka oleh yang berhak membacanya")
}
