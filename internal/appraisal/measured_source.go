package appraisal

import (
	"fmt"
	"slices"
	"strings"
)

// Source is where the realisation of an indicator is measured; empty where people say what was achieved.
type Source string

const (
	SourceFilesCompleted     Source = "files_completed"       // Σ completed
	SourceFilesOnTimePercent Source = "files_on_time_percent" // 100 × Σ on time ÷ Σ completed
	SourceCompletionPercent  Source = "completion_percent"    // 100 × Σ completed ÷ Σ received
	SourceMeanDays           Source = "mean_days"             // Σ (mean days × completed) ÷ Σ completed
	SourceUnitIKM            Source = "unit_ikm"              // the unit's citizen-satisfaction index (PermenPANRB 14/2017)
)

// MeasuredSource says how an indicator has to look that names a source. Measures are the units of measure in which the source
// counts, in small letters, as an office may write them; the first one is proposed.
type MeasuredSource struct {
	Source    Source    `json:"source"`
	Direction Direction `json:"direction"`
	Measures  []string  `json:"measures"`
	OfUnit    bool      `json:"of_unit"` // a figure of the unit, not of the person
}

// MeasuredSources returns every source that an indicator can name.
func MeasuredSources() []MeasuredSource {
	files := []string{"berkas", "dokumen", "permohonan", "layanan", "files"}
	percent := []string{"persen", "%", "percent"}
	return []MeasuredSource{
		{Source: SourceFilesCompleted, Direction: DirectionMore, Measures: files},
		{Source: SourceFilesOnTimePercent, Direction: DirectionMore, Measures: percent},
		{Source: SourceCompletionPercent, Direction: DirectionMore, Measures: percent},
		{Source: SourceMeanDays, Direction: DirectionLess, Measures: []string{"hari", "hari kerja", "days"}},
		{Source: SourceUnitIKM, Direction: DirectionMore, Measures: []string{"indeks", "nilai", "poin", "skor", "index", "points"}, OfUnit: true},
	}
}

// Word returns the translation key of the source's name.
func (s Source) Word() string { return "measured.source." + string(s) }

// measured returns what is known of s, nil if nothing is.
func (s Source) measured() *MeasuredSource {
	sources := MeasuredSources()
	if i := slices.IndexFunc(sources, func(m MeasuredSource) bool { return m.Source == s }); i >= 0 {
		return &sources[i]
	}
	return nil
}

// OfUnit reports whether s measures the unit and not the person.
func (s Source) OfUnit() bool {
	m := s.measured()
	return m != nil && m.OfUnit
}

// validateSource reports an indicator that does not fit the source that it names.
func validateSource(f *Faults, field string, ind Indicator) {
	if ind.Source == "" {
		return
	}
	source := ind.Source.measured()
	if source == nil {
		f.Add(field+".source", "error.unknown_word", map[string]any{"value": clip(string(ind.Source))})
		return
	}
	if ind.Direction.Valid() && ind.Direction != source.Direction {
		f.Add(field+".direction", "measured.fault.direction_"+string(source.Direction), nil)
	}
	if m := strings.ToLower(strings.TrimSpace(ind.Measure)); m != "" && !slices.Contains(source.Measures, m) {
		f.Add(field+".measure", "measured.fault.measure", map[string]any{"measures": strings.Join(source.Measures, ", ")})
	}
}

// ValidateSources refuses indicators that name a source of which nothing is recorded for the person or the unit.
func ValidateSources(results []KeyResult, offered []Source) error {
	var f Faults
	for i, kr := range results {
		for j, ind := range kr.Indicators {
			if ind.Source != "" && !slices.Contains(offered, ind.Source) {
				f.Add(fmt.Sprintf("key_results[%d].indicators[%d].source", i, j), "measured.fault.nothing_recorded", nil)
			}
		}
	}
	return f.Err()
}
