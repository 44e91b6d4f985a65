package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestTheNameOfACycleIsOneLineOfText(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for name, right := range map[string]bool{
		"Kinerja 2026 – “tahunan”": true, "Kinerja\nBcc: x@y.id": false, "Kinerja\r\n": true, "Kin\x00erja": false, "Kin\u0085erja": false,
	} {
		_, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
			Code: "2026", Name: name, PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", TemplateName: "tahunan"})
		if right && err == nil {
			_, err = b.pool.Exec(t.Context(), `delete from cycle`)
			must(t, err)
			continue
		}
		if right {
			t.Errorf("%q: %v", name, err)
			continue
		}
		wantCode(t, err, appraisal.CodeInvalid)
	}
}
