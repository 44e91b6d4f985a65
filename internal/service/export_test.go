package service

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestAnExportTellsOfEveryFileThatSomebodyReadAndOfEachOnceADay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	var pieces []appraisal.EvidenceID
	for _, mark := range []string{"satu", "dua", "tiga"} {
		pieces = append(pieces, b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, mark).ID)
	}
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: b.indicator(t, "ani"), Value: "1"})
	must(t, err)
	for range 2 {
		for _, piece := range pieces {
			if code := b.opens(t, "kabid", "ani", piece); code != "" {
				t.Fatalf("kabid is refused %s with %s", piece, code)
			}
		}
		b.clock.advance(2 * readAgain)
	}
	data, err := b.MyData(t.Context(), b.as("ani"))
	must(t, err)
	told := 0
	for _, line := range data.Trail {
		if line.Action == actionReadFile {
			told++
		}
	}
	if told != len(pieces) {
		t.Errorf("of %d files the export tells of %d readings: %+v", len(pieces), told, data.Trail)
	}
}

func TestAnExportTellsFromWhereThePersonActedAndOfNobodyElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.signIn(t, "ani")
	kabid := b.as("kabid")
	kabid.Network = "10.1.2.3"
	_, err := b.Appraisal(t.Context(), kabid, b.of(t, "ani"))
	must(t, err)
	data, err := b.MyData(t.Context(), b.as("ani"))
	must(t, err)
	from := func(action string) string {
		i := slices.IndexFunc(data.Trail, func(l PersonalTrailLine) bool { return l.Action == action })
		if i < 0 {
			t.Fatalf("there is no %s in %+v", action, data.Trail)
		}
		return data.Trail[i].Network
	}
	if network := from("sign_in"); network != agencyNetwork {
		t.Errorf("Ani signed in from %q, want %q", network, agencyNetwork)
	}
	if network := from(actionReadAppraisal); network != "" {
		t.Errorf("Ani is told that her appraiser read from %s", network)
	}
}
