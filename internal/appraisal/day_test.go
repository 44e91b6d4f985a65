package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestADayIsGivenInAYearThatSomebodyCanMean(t *testing.T) {
	for given, right := range map[string]bool{
		"1900-01-01": true, "2026-02-28": true, "2100-12-31": true,
		"1899-12-31": false, "2101-01-01": false, "0000-01-01": false, "9999-12-31": false, "2026-02-29": false, "2026-1-1": false, "": false,
	} {
		if _, err := appraisal.ParseDay(given); (err == nil) != right {
			t.Errorf("the day %q: %v", given, err)
		}
	}
	for given, right := range map[string]bool{"1900-01": true, "2100-12": true, "1899-12": false, "2101-01": false, "0000-01": false, "9999-12": false, "2026-13": false} {
		if at, err := appraisal.ParseMonth(given); (err == nil) != right || right && at.Day() != 1 {
			t.Errorf("the month %q: %v", given, err)
		}
	}
}
