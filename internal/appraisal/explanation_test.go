package appraisal

import (
	"math/big"
	"testing"
)

func TestANumberIsShownExactlyOrCutAndMarked(t *testing.T) {
	for fraction, want := range map[string]Input{
		"0":          {Number: "0"},
		"-7":         {Number: "-7"},
		"5/2":        {Number: "2.5"},
		"1/256":      {Number: "0.00390625"},
		"1/512":      {Number: "0.0019…", Exact: "1/512"},
		"2/3":        {Number: "0.6666…", Exact: "2/3"},
		"-2/3":       {Number: "-0.6666…", Exact: "-2/3"},
		"-100/3":     {Number: "-33.3333…", Exact: "-100/3"},
		"1/30000":    {Number: "0.0000…", Exact: "1/30000"},
		"1800/19":    {Number: "94.7368…", Exact: "1800/19"},
		"2999999/30": {Number: "99999.9666…", Exact: "2999999/30"},
		"1000000000000000000000000/7777777777777777777777777": {Number: "0.1285…"},
	} {
		r, _ := new(big.Rat).SetString(fraction)
		if got := inputRat(r); got.Number != want.Number || got.Exact != want.Exact {
			t.Errorf("%s is shown as %s (%s), want %s (%s)", fraction, got.Number, got.Exact, want.Number, want.Exact)
		}
	}
}
