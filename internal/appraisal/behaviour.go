package appraisal

import "fmt"

// CoreValue is one of the seven BerAKHLAK values of a civil servant (SE MenPANRB 20/2021).
type CoreValue string

const (
	ValueBerorientasiPelayanan CoreValue = "berorientasi_pelayanan"
	ValueAkuntabel             CoreValue = "akuntabel"
	ValueKompeten              CoreValue = "kompeten"
	ValueHarmonis              CoreValue = "harmonis"
	ValueLoyal                 CoreValue = "loyal"
	ValueAdaptif               CoreValue = "adaptif"
	ValueKolaboratif           CoreValue = "kolaboratif"
)

// CoreValues lists the values in the order of the acronym.
func CoreValues() []CoreValue {
	return []CoreValue{
		ValueBerorientasiPelayanan, ValueAkuntabel, ValueKompeten, ValueHarmonis, ValueLoyal, ValueAdaptif, ValueKolaboratif,
	}
}

// Word returns the translation key of the value's name.
func (v CoreValue) Word() string { return "policy.value." + string(v) }

const behavioursPerValue = 3

// Behaviours lists the three behaviours by which the value is judged.
func (v CoreValue) Behaviours() [behavioursPerValue]BehaviourCode {
	var codes [behavioursPerValue]BehaviourCode
	for i := range codes {
		codes[i] = BehaviourCode(fmt.Sprintf("%s_%d", v, i+1))
	}
	return codes
}

// BehaviourCode names one of the 21 behaviours, for example "akuntabel_2". Codes are stored with answers and never change.
type BehaviourCode string

// BehaviourCodes lists all 21 behaviours in the order of the values.
func BehaviourCodes() []BehaviourCode {
	var codes []BehaviourCode
	for _, v := range CoreValues() {
		b := v.Behaviours()
		codes = append(codes, b[:]...)
	}
	return codes
}

// Value returns the value that the behaviour belongs to, or "" when there is no such behaviour.
func (c BehaviourCode) Value() CoreValue {
	for _, v := range CoreValues() {
		for _, b := range v.Behaviours() {
			if b == c {
				return v
			}
		}
	}
	return ""
}

// Valid reports whether c is one of the 21 behaviours.
func (c BehaviourCode) Valid() bool { return c.Value() != "" }

// Word returns the translation key of the behaviour's sentence.
func (c BehaviourCode) Word() string { return "policy.behaviour." + string(c) }
