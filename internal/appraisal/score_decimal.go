package appraisal

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number in text, with a point: "92.5", "-3", "1.5e3". Empty means that nobody gave it.
type Decimal string

const (
	longestDecimal = 32 // characters
	widestExponent = 12 // 1e-12 … 1e12
)

// Why a Decimal cannot be used; fault keys are derived from them.
var (
	errNotDecimal    = errors.New("not a decimal number")
	errDecimalTooBig = errors.New("too long, or its exponent is too large")
)

// Rat returns the exact value. Length and exponent are bounded (32 characters, 1e±12), so that a short text cannot stand for
// a number that takes minutes to calculate with.
func (d Decimal) Rat() (*big.Rat, error) {
	if len(d) > longestDecimal {
		return nil, errDecimalTooBig
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(string(d)), "e")
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return nil, errNotDecimal
		}
		if n > widestExponent || n < -widestExponent {
			return nil, errDecimalTooBig
		}
	}
	whole, fraction, hasPoint := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if !digits(whole) || hasPoint && !digits(fraction) {
		return nil, errNotDecimal
	}
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return nil, errNotDecimal
	}
	return r, nil
}

// Decimal returns the number as text: who speaks a language writes it with that language's mark.
func (d Decimal) Decimal() string { return string(d) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// decimalFault returns the translation key that says what is wrong with a Decimal.
func decimalFault(err error) string {
	if errors.Is(err, errDecimalTooBig) {
		return "policy.fault.decimal_too_long"
	}
	return "policy.fault.not_decimal"
}

// roundHalfAway rounds once to the places, halves away from zero, and returns the number with its text.
func roundHalfAway(r *big.Rat, places int) (*big.Rat, Decimal) {
	text := r.FloatString(places) // big.Rat rounds halves away from zero
	rounded, _ := new(big.Rat).SetString(text)
	return rounded, Decimal(text)
}
