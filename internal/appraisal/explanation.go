package appraisal

import (
	"math/big"
	"strconv"
	"strings"
)

// Speaker puts translation keys into words and writes decimals as its language does.
type Speaker interface {
	Text(key string, args map[string]any) string
	Number(decimal string) string
}

// Input is one value that a sentence shows. Exactly one of Number, Word, Words and Text is set, so that it can be stored as
// JSON and still be shown in any language.
type Input struct {
	Number Decimal  `json:"number,omitempty"` // ends in "…" when the exact number has no end at the digits shown
	Exact  string   `json:"exact,omitempty"`  // the fraction behind such a Number, when it is short enough to read
	Word   string   `json:"word,omitempty"`   // a translation key
	Words  []string `json:"words,omitempty"`  // translation keys of alternatives
	Text   string   `json:"text,omitempty"`   // shown as it is
}

// InputText returns an Input that is shown as it is.
func InputText(s string) Input { return Input{Text: s} }

// InputWord returns an Input that is shown as the sentence of a translation key.
func InputWord(key string) Input { return Input{Word: key} }

// InputCount returns an Input for a whole number.
func InputCount(n int) Input { return Input{Number: Decimal(strconv.Itoa(n))} }

// InputDecimal returns an Input for a decimal as it was given.
func InputDecimal(d Decimal) Input { return Input{Number: d} }

const (
	shownScale       = 10_000 // four digits are shown of a number without end
	longestExact     = 48     // characters of the longest fraction that anybody would read
	mostExactDecimal = 8      // places up to which a number that ends is shown in full
)

// inputRat shows r exactly if it ends within a few places. Otherwise it cuts, rather than rounds, and marks the cut: the one
// rounding of a calculation must be the only one that a reader sees.
func inputRat(r *big.Rat) Input {
	if r.IsInt() {
		return Input{Number: Decimal(r.Num().String())}
	}
	if places, ends := r.FloatPrec(); ends && places <= mostExactDecimal {
		return Input{Number: Decimal(r.FloatString(places))}
	}
	scaled := new(big.Int).Mul(r.Num(), big.NewInt(shownScale))
	whole, rest := scaled.Quo(scaled, r.Denom()).QuoRem(scaled, big.NewInt(shownScale), new(big.Int))
	sign := ""
	if r.Sign() < 0 {
		sign = "-"
	}
	fraction := strconv.FormatInt(shownScale+rest.Abs(rest).Int64(), 10)[1:]
	in := Input{Number: Decimal(sign + whole.Abs(whole).String() + "." + fraction + "…")}
	if exact := r.RatString(); len(exact) <= longestExact {
		in.Exact = exact
	}
	return in
}

// In puts the value into the speaker's language.
func (in Input) In(s Speaker) string {
	switch {
	case in.Number != "":
		return s.Number(string(in.Number))
	case in.Word != "":
		return s.Text(in.Word, nil)
	case len(in.Words) > 0:
		words := make([]string, len(in.Words))
		for i, w := range in.Words {
			words[i] = s.Text(w, nil)
		}
		return strings.Join(words, " / ")
	default:
		return in.Text
	}
}

// Sentence is something to say to people in any language: a translation key and the values that fill it.
type Sentence struct {
	Key    string           `json:"key"`
	Inputs map[string]Input `json:"inputs,omitempty"`
}

// In puts the sentence into the speaker's language.
func (s Sentence) In(speaker Speaker) string { return speaker.Text(s.Key, spoken(speaker, s.Inputs)) }

func spoken(s Speaker, inputs map[string]Input) map[string]any {
	args := make(map[string]any, len(inputs))
	for name, in := range inputs {
		args[name] = in.In(s)
	}
	return args
}

// ExplanationStep is one step on the way to a figure: what was calculated, from which inputs, by which rule, on whose
// authority, with which result.
type ExplanationStep struct {
	Subject  string `json:"subject"` // what the step is about, as a path into the input: "key_results[0].indicators[1]"
	Sentence        // says what was done, with the inputs
	Rule     string `json:"rule"`   // translation key of the rule, filled from the same inputs
	Source   string `json:"source"` // the regulation or policy behind the rule
	Value    Input  `json:"value,omitzero"`
}

// RuleIn puts the step's rule into the speaker's language.
func (s ExplanationStep) RuleIn(speaker Speaker) string {
	_, rule := s.BothIn(speaker)
	return rule
}

// BothIn puts the step's sentence and its rule into the speaker's language.
func (s ExplanationStep) BothIn(speaker Speaker) (sentence, rule string) {
	args := spoken(speaker, s.Inputs)
	return speaker.Text(s.Key, args), speaker.Text(s.Rule, args)
}

// Explanation says step by step how a figure came about, in the order of the calculation.
type Explanation []ExplanationStep
