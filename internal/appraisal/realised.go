package appraisal

import (
	"fmt"
	"math/big"
	"strings"
)

// Origin says where the realisation in force comes from.
type Origin string

const (
	OriginMeasured  Origin = "measured"  // the indicator's source
	OriginEntered   Origin = "entered"   // the employee, by a progress entry or the self-review
	OriginCorrected Origin = "corrected" // the appraiser, who settled another figure than there was
)

// Word returns the translation key of the origin.
func (o Origin) Word() string { return "measured.origin." + string(o) }

// Realised is how far an indicator has come. What is in force is the measured figure, or, where nothing measures the indicator, what
// the employee entered; under a policy that calculates a score, the appraiser may settle another figure with a reason.
type Realised struct {
	Indicator string    `json:"indicator"`
	Value     Decimal   `json:"value,omitempty"`    // in force, as it is shown; empty: none
	Origin    Origin    `json:"origin,omitempty"`   // of Value
	Measured  *Measured `json:"measured,omitempty"` // nil where the indicator names no source
	Stated    Decimal   `json:"stated,omitempty"`   // what the employee says, where it differs from the measured figure
	Note      string    `json:"note,omitempty"`     // the employee's reason for it, or remark
}

// Realise tells which figure is in force before a review. Entered is the employee's own figure, empty if none was given.
func Realise(indicator string, measured *Measured, entered Decimal, note string) Realised {
	r := Realised{Indicator: indicator, Measured: measured, Note: note}
	switch {
	case measured.Given():
		r.Value, r.Origin = measured.Value, OriginMeasured
		if entered != "" && !measured.Says(entered) {
			r.Stated = entered
		}
	case entered != "":
		r.Value, r.Origin = entered, OriginEntered
	}
	return r
}

// Settle puts the appraiser's figure into force; an empty one leaves what there is.
func (r Realised) Settle(value Decimal) Realised {
	if value != "" && !r.says(value) {
		r.Value, r.Origin = value, OriginCorrected
	}
	return r
}

func (r Realised) says(d Decimal) bool {
	given, err := d.Rat()
	if err != nil {
		return false
	}
	shown, err := r.Value.Rat()
	return err == nil && given.Cmp(shown) == 0
}

// Exact returns a measured figure in force before it was rounded, nil for any other.
func (r Realised) Exact() *big.Rat {
	if r.Origin != OriginMeasured {
		return nil
	}
	return r.Measured.Rat()
}

// Says reports whether a figure is the measured one, as it is shown or exactly.
func (m *Measured) Says(d Decimal) bool {
	given, err := d.Rat()
	if err != nil || !m.Given() {
		return false
	}
	shown, err := m.Value.Rat()
	return err == nil && (given.Cmp(shown) == 0 || given.Cmp(m.Rat()) == 0)
}

// Rat returns the figure in force exactly, nil when there is none.
func (r Realised) Rat() *big.Rat {
	if exact := r.Exact(); exact != nil {
		return exact
	}
	value, err := r.Value.Rat()
	if err != nil {
		return nil
	}
	return value
}

// Meets reports whether the realisation reaches the part of a target that counts, in a direction; nil while there is none.
func (r Realised) Meets(target Decimal, d Direction, part Part) *bool {
	value := r.Rat()
	want, err := target.Rat()
	if value == nil || err != nil {
		return nil
	}
	want = part.of(want)
	met := value.Cmp(want) >= 0
	if d == DirectionLess {
		met = value.Cmp(want) <= 0
	}
	return &met
}

// ValidateCorrections refuses a figure that differs from the measured one and says not why: nobody overtypes a measurement
// silently. Fields are those of the self-review.
func ValidateCorrections(given []Realisation, measured map[string]*Measured) error {
	var f Faults
	for i, r := range given {
		m := measured[r.Indicator]
		if !m.Given() || r.Value == "" || m.Says(Decimal(r.Value)) || strings.TrimSpace(r.Note) != "" {
			continue
		}
		f.Add(fmt.Sprintf("realisations[%d].note", i), "measured.fault.note", nil)
	}
	return f.Err()
}
