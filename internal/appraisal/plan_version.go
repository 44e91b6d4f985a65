package appraisal

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// ContinuePlan matches a version of a plan with the one before by their ids: it reports ids that the version before does not have,
// that come twice, or that stand under another key result. An indicator whose unit of measure is another than before is
// returned without its id: what was recorded in one unit says nothing in another.
func ContinuePlan(before, after []KeyResult) ([]KeyResult, error) {
	var f Faults
	known := map[string]KeyResult{}
	for _, kr := range before {
		known[kr.ID] = kr
	}
	next := slices.Clone(after)
	for i := range next {
		earlier, ok := known[next[i].ID]
		if next[i].ID != "" && !ok {
			f.Add(fmt.Sprintf("key_results[%d]", i), "error.plan_part_unknown", nil)
		}
		delete(known, next[i].ID)
		next[i].Indicators = continueIndicators(&f, i, earlier, next[i])
	}
	return next, f.Err()
}

func continueIndicators(f *Faults, i int, earlier, kr KeyResult) []Indicator {
	known := map[string]Indicator{}
	for _, ind := range earlier.Indicators {
		known[ind.ID] = ind
	}
	next := slices.Clone(kr.Indicators)
	for j := range next {
		id := next[j].ID
		if id == "" {
			continue
		}
		ind, ok := known[id]
		if !ok {
			f.Add(fmt.Sprintf("key_results[%d].indicators[%d]", i, j), "error.plan_part_unknown", nil)
		} else if !sameWords(ind.Measure, next[j].Measure) {
			next[j].ID = ""
		}
		delete(known, id)
	}
	return next
}

func sameWords(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// VersionState says what became of a part of a plan from one version to the next.
type VersionState string

const (
	VersionAdded   VersionState = "added"
	VersionDropped VersionState = "dropped"
	VersionChanged VersionState = "changed"
	VersionKept    VersionState = "kept"
)

// KeyResultDifference is what became of one key result. Before is nil for an added one, After for a dropped one.
type KeyResultDifference struct {
	State      VersionState          `json:"state"`
	Before     *KeyResult            `json:"before"`
	After      *KeyResult            `json:"after"`
	Fields     []string              `json:"fields"` // that differ, by their JSON names; without the indicators
	Indicators []IndicatorDifference `json:"indicators"`
}

// IndicatorDifference is what became of one indicator.
type IndicatorDifference struct {
	State  VersionState `json:"state"`
	Before *Indicator   `json:"before"`
	After  *Indicator   `json:"after"`
	Fields []string     `json:"fields"`
}

// ComparePlans says what became of every key result and indicator, matched by their ids: first those of the new version in its order,
// then the dropped ones.
func ComparePlans(before, after []KeyResult) []KeyResultDifference {
	known := map[string]*KeyResult{}
	for i := range before {
		known[before[i].ID] = &before[i]
	}
	var out []KeyResultDifference
	for i := range after {
		kr := &after[i]
		was := known[kr.ID]
		if kr.ID == "" {
			was = nil
		}
		delete(known, kr.ID)
		out = append(out, compareKeyResults(was, kr))
	}
	for i := range before {
		if known[before[i].ID] != nil {
			out = append(out, compareKeyResults(&before[i], nil))
		}
	}
	return out
}

func compareKeyResults(was, is *KeyResult) KeyResultDifference {
	d := KeyResultDifference{State: VersionKept, Before: was, After: is, Fields: []string{}}
	var before, after []Indicator
	if was != nil {
		before = was.Indicators
	}
	if is != nil {
		after = is.Indicators
	}
	d.Indicators = compareIndicators(before, after)
	switch {
	case was == nil:
		d.State = VersionAdded
		return d
	case is == nil:
		d.State = VersionDropped
		return d
	}
	if was.Statement != is.Statement {
		d.Fields = append(d.Fields, "statement")
	}
	if was.ServesKeyResult != is.ServesKeyResult || was.ServesStrategy != is.ServesStrategy {
		d.Fields = append(d.Fields, "serves")
	}
	if !sameNumber(was.Weight, is.Weight) {
		d.Fields = append(d.Fields, "weight")
	}
	changed := len(d.Fields) > 0
	for _, i := range d.Indicators {
		changed = changed || i.State != VersionKept
	}
	if changed {
		d.State = VersionChanged
	}
	return d
}

func compareIndicators(before, after []Indicator) []IndicatorDifference {
	known := map[string]*Indicator{}
	for i := range before {
		known[before[i].ID] = &before[i]
	}
	out := []IndicatorDifference{}
	for i := range after {
		is := &after[i]
		was := known[is.ID]
		if is.ID == "" || was == nil {
			out = append(out, IndicatorDifference{State: VersionAdded, After: is, Fields: []string{}})
			continue
		}
		delete(known, is.ID)
		d := IndicatorDifference{State: VersionKept, Before: was, After: is, Fields: indicatorFields(*was, *is)}
		if len(d.Fields) > 0 {
			d.State = VersionChanged
		}
		out = append(out, d)
	}
	for i := range before {
		if known[before[i].ID] != nil {
			out = append(out, IndicatorDifference{State: VersionDropped, Before: &before[i], Fields: []string{}})
		}
	}
	return out
}

// indicatorFields names what differs between two versions of an indicator.
func indicatorFields(was, is Indicator) []string {
	fields := []string{}
	for _, c := range []struct {
		name    string
		differs bool
	}{
		{"aspect", was.Aspect != is.Aspect},
		{"description", was.Description != is.Description},
		{"target", !sameNumber(was.Target, is.Target)},
		{"measure", was.Measure != is.Measure},
		{"direction", was.Direction != is.Direction},
		{"source", was.Source != is.Source},
	} {
		if c.differs {
			fields = append(fields, c.name)
		}
	}
	return fields
}

func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0 || a == b
}

// Differs reports whether anything became of any part of a plan.
func Differs(differences []KeyResultDifference) bool {
	return slices.ContainsFunc(differences, func(d KeyResultDifference) bool { return d.State != VersionKept })
}
