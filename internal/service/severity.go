package service

import (
	"math/big"
	"slices"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// severities compares the appraisers by the ratings that they gave, before any change of the session. Each predikat counts by its
// rank, 1 the worst to 6 the best. Mean and the spread (the population standard deviation) are computed exactly and rounded
// once, half away from zero, to 2 places; the difference is the appraiser's mean minus that of all ratings in the cohort. Groups
// of fewer than small people are marked: one rating moves their mean too far to say anything about the appraiser.
func severities(members []postgres.Member, small int) []Severity {
	type group struct {
		name         string
		ranks, after []int64
	}
	groups := map[appraisal.PersonID]*group{}
	var all []int64
	for _, m := range members {
		if m.AppraiserID == nil || m.Predikat == nil || m.CohortReadyAt == nil || left(m) {
			continue
		}
		g := groups[*m.AppraiserID]
		if g == nil {
			g = &group{name: text(m.Appraiser)}
			groups[*m.AppraiserID] = g
		}
		rank, after := int64(m.Predikat.Rank()), int64(m.Predikat.Rank())
		if m.NewPredikat != nil {
			after = int64(m.NewPredikat.Rank())
		}
		g.ranks, g.after, all = append(g.ranks, rank), append(g.after, after), append(all, rank)
	}
	list := make([]Severity, 0, len(groups))
	for _, g := range groups {
		average := mean(g.ranks)
		difference := new(big.Rat).Sub(average, mean(all))
		list = append(list, Severity{
			Appraiser: g.name, People: len(g.ranks), Mean: average.FloatString(2), Spread: spread(g.ranks), Difference: signed(difference),
			After: mean(g.after).FloatString(2), Small: len(g.ranks) < small,
		})
	}
	slices.SortFunc(list, func(a, b Severity) int {
		if c := strings.Compare(a.Appraiser, b.Appraiser); c != 0 {
			return c
		}
		return strings.Compare(a.Mean, b.Mean)
	})
	return list
}

func mean(ranks []int64) *big.Rat {
	var sum int64
	for _, r := range ranks {
		sum += r
	}
	return big.NewRat(sum, int64(len(ranks)))
}

// spread returns the population standard deviation with 2 places. The variance of n ranks is (n Σr² − (Σr)²) ÷ n², so the root
// is taken of a whole number and nothing is rounded before the end.
func spread(ranks []int64) string {
	var sum, squares int64
	for _, r := range ranks {
		sum, squares = sum+r, squares+r*r
	}
	n := int64(len(ranks))
	// 100 σ rounded to the nearest = ⌊(⌊2 · 100 σ⌋ + 1) ÷ 2⌋, and 2 · 100 σ = √(200² · variance).
	scaled := big.NewInt(200 * 200 * (n*squares - sum*sum))
	twice := new(big.Int).Sqrt(scaled.Quo(scaled, big.NewInt(n*n)))
	hundredths := twice.Add(twice, big.NewInt(1)).Rsh(twice, 1)
	return new(big.Rat).SetFrac(hundredths, big.NewInt(100)).FloatString(2)
}

// signed writes a difference with 2 places; what rounds to nothing has no sign.
func signed(r *big.Rat) string {
	if s := r.FloatString(2); s != "-0.00" {
		return s
	}
	return "0.00"
}
