package demo

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// measureBy lets the records of the counters and the survey tell what the first key result achieved, where they have something to
// tell.
func measureBy(plan []appraisal.KeyResult, offered []appraisal.MeasuredSource, aspects []appraisal.Aspect, i int) {
	for _, s := range offered {
		ind := appraisal.Indicator{Source: s.Source, Direction: s.Direction, Measure: s.Measures[0]}
		switch s.Source {
		case appraisal.SourceMeanDays:
			ind.Aspect, ind.Description, ind.Target = aspects[2], "Rata-rata hari penyelesaian berkas", []string{"2.5", "3", "2.75"}[i%3]
		case appraisal.SourceFilesOnTimePercent:
			ind.Aspect, ind.Description, ind.Target = aspects[1], "Berkas selesai tepat waktu", fmt.Sprint(85+i%5)
		case appraisal.SourceUnitIKM:
			if i%4 != 0 {
				continue
			}
			ind.Aspect, ind.Description, ind.Target = aspects[1], "Indeks kepuasan masyarakat unit", "85"
		default:
			continue
		}
		if s.Source == appraisal.SourceMeanDays { // in place of the one that one would have to enter
			plan[0].Indicators[1] = ind
		} else {
			plan[0].Indicators = append(plan[0].Indicators, ind)
		}
	}
}

// stated is what somebody says of an indicator in the self-review: a measured figure speaks for itself, and now and then somebody
// disagrees with it.
func stated(ind service.Indicator, i int) appraisal.Realisation {
	r := appraisal.Realisation{Indicator: ind.ID}
	switch {
	case !ind.Measured.Given():
		r.Value = achieved(postgres.Indicator{Target: ind.Target, Direction: ind.Direction}, i)
	case ind.Source == appraisal.SourceFilesOnTimePercent && i%7 == 2:
		r.Value, r.Note = "97.5", "Sebagian berkas tercatat terlambat karena aplikasi tidak dapat dibuka dua hari."
	}
	return r
}

const correctedMonth = "2026-09"

// correctService has the office correct one month of some people after their reviews were handed in.
func (st *story) correctService(ctx context.Context) error {
	original := Files(service.ImportMeasurements)[0]
	var corrected bytes.Buffer
	for n, line := range strings.Split(string(original.Data), "\n") {
		cells := strings.Split(line, ";")
		if n == 0 {
			corrected.WriteString(line + "\n")
			continue
		}
		if len(cells) < 6 || cells[1] != correctedMonth || n/10%8 != 0 {
			continue
		}
		onTime, err := strconv.Atoi(cells[4])
		if err != nil {
			return fmt.Errorf("row %d of %s: %w", n+1, original.Name, err)
		}
		cells[4] = strconv.Itoa(max(0, onTime-3))
		corrected.WriteString(strings.Join(cells, ";") + "\n")
	}
	file := roster.File{Name: "ukuran-layanan-koreksi.csv", Data: corrected.Bytes()}
	_, faults, err := st.ImportDemonstration(ctx, operator, service.ImportMeasurements, []roster.File{file})
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%w: the corrected measurements have %d faults", errStory, len(faults))
	}
	return err
}
