package appraisal_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

const randomCases = 2000

// randomCase returns a valid input: weights that sum to 100, targets above 0, some components missing.
func randomCase(r *rand.Rand) appraisal.ScoreInput {
	in := appraisal.ScoreInput{PeersConsidered: r.IntN(2) == 0, Innovation: r.IntN(2) == 0}
	left := 10000 // hundredths of the weights
	for n := 1 + r.IntN(5); n > 0; n-- {
		weight := left
		if n > 1 {
			weight = 1 + r.IntN(left-n)
		}
		left -= weight
		kr := keyResult(hundredths(weight))
		for range 1 + r.IntN(3) {
			indicator := more(hundredths(1+r.IntN(20000)), hundredths(r.IntN(40000)))
			if r.IntN(2) == 0 {
				indicator.Direction = appraisal.DirectionLess
			}
			if r.IntN(8) == 0 {
				indicator.Realisation = ""
			}
			kr.Indicators = append(kr.Indicators, indicator)
		}
		in.KeyResults = append(in.KeyResults, kr)
	}
	if r.IntN(6) > 0 {
		in.Behaviour = hundredths(r.IntN(12001))
	} else {
		in.KeyResults[0].Indicators[0].Realisation = "1"
	}
	return in
}

func hundredths(n int) appraisal.Decimal {
	return appraisal.Decimal(strconv.FormatFloat(float64(n)/100, 'f', 2, 64))
}

// pp30 is read once: thousands of cases are scored by it.
var pp30 = sync.OnceValues(func() (*appraisal.Policy, error) { return appraisal.Embedded().Get("pp30-2019") })

func scored(t testing.TB, in appraisal.ScoreInput) appraisal.Score {
	t.Helper()
	policy, err := pp30()
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Score(in)
	if err != nil {
		t.Fatalf("%+v: %v", in, err)
	}
	return s
}

func number(t testing.TB, d appraisal.Decimal) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func forRandomCases(t *testing.T, check func(*testing.T, *rand.Rand, appraisal.ScoreInput)) {
	t.Helper()
	for seed := range uint64(randomCases) {
		r := rand.New(rand.NewPCG(seed, 30))
		in := randomCase(r)
		check(t, r, in)
		if t.Failed() {
			t.Fatalf("seed %d: %+v", seed, in)
		}
	}
}

func TestABetterRealisationNeverLowersTheScore(t *testing.T) {
	forRandomCases(t, func(t *testing.T, r *rand.Rand, in appraisal.ScoreInput) {
		kr := in.KeyResults[r.IntN(len(in.KeyResults))]
		indicator := &kr.Indicators[r.IntN(len(kr.Indicators))]
		if indicator.Realisation == "" {
			return
		}
		before := scored(t, in)
		given := *indicator
		change := r.IntN(5000)
		realised := int(math.Round(number(t, given.Realisation) * 100))
		if given.Direction == appraisal.DirectionMore {
			indicator.Realisation = hundredths(realised + change)
		} else {
			indicator.Realisation = hundredths(realised - change)
		}
		if after := scored(t, in); number(t, after.Value) < number(t, before.Value) || after.Predikat.Rank() < before.Predikat.Rank() {
			t.Errorf("%s %s → %s lowered %s to %s", given.Direction, given.Realisation, indicator.Realisation, before.Value, after.Value)
		}
	})
}

func TestABetterBehaviourNeverLowersTheScore(t *testing.T) {
	forRandomCases(t, func(t *testing.T, r *rand.Rand, in appraisal.ScoreInput) {
		if in.Behaviour == "" {
			return
		}
		before := scored(t, in)
		in.Behaviour = hundredths(int(math.Round(number(t, in.Behaviour)*100)) + r.IntN(12001-int(math.Round(number(t, in.Behaviour)*100))))
		if after := scored(t, in); number(t, after.Value) < number(t, before.Value) {
			t.Errorf("behaviour %s lowered %s to %s", in.Behaviour, before.Value, after.Value)
		}
	})
}

func TestTheOrderOfKeyResultsAndIndicatorsDoesNotMatter(t *testing.T) {
	forRandomCases(t, func(t *testing.T, r *rand.Rand, in appraisal.ScoreInput) {
		before := scored(t, in)
		r.Shuffle(len(in.KeyResults), func(i, j int) { in.KeyResults[i], in.KeyResults[j] = in.KeyResults[j], in.KeyResults[i] })
		for _, kr := range in.KeyResults {
			r.Shuffle(len(kr.Indicators), func(i, j int) { kr.Indicators[i], kr.Indicators[j] = kr.Indicators[j], kr.Indicators[i] })
		}
		if after := scored(t, in); after.Value != before.Value || after.Predikat != before.Predikat {
			t.Errorf("%s %s became %s %s", before.Value, before.Predikat, after.Value, after.Predikat)
		}
	})
}

func TestAScoreStaysWithinTheCapsAndNearFloatingPoint(t *testing.T) {
	forRandomCases(t, func(t *testing.T, _ *rand.Rand, in appraisal.ScoreInput) {
		got := number(t, scored(t, in).Value)
		if got < 0 || got > 120 {
			t.Errorf("%g is outside 0 … 120", got)
		}
		if want := approximately(t, in); math.Abs(got-want) > 0.00501 {
			t.Errorf("got %g, floating point says about %g", got, want)
		}
	})
}

// approximately calculates the score a second time, independently and inexactly.
func approximately(t *testing.T, in appraisal.ScoreInput) float64 {
	sum, weights := 0.0, 0.0
	for _, kr := range in.KeyResults {
		total, n := 0.0, 0.0
		for _, i := range kr.Indicators {
			if i.Realisation == "" {
				continue
			}
			ratio := number(t, i.Realisation) / number(t, i.Target)
			if i.Direction == appraisal.DirectionLess {
				ratio = 2 - ratio
			}
			total, n = total+min(max(ratio*100, 0), 120), n+1
		}
		if n > 0 {
			w := number(t, kr.Weight)
			sum, weights = sum+w*total/n, weights+w
		}
	}
	share := 0.7
	if in.PeersConsidered {
		share = 0.6
	}
	switch {
	case in.Behaviour == "":
		return sum / weights
	case weights == 0:
		return number(t, in.Behaviour)
	default:
		return sum/weights*share + number(t, in.Behaviour)*(1-share)
	}
}

func BenchmarkScore(b *testing.B) {
	policy := policyNamed(b, "pp30-2019")
	in := appraisal.ScoreInput{
		KeyResults: keyResults{
			keyResult("40", more("95", "90"), less("3", "2.59")), keyResult("35", more("1200", "1187")), keyResult("25", less("12", "7")),
		},
		Behaviour: "92.5", PeersConsidered: true,
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Score(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "evaluations/s")
}
