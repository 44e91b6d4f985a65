package appraisal

import "math/big"

// ServiceSums are counted files added up, of one person over months or of a unit's people.
type ServiceSums struct {
	Counts                      int // months of people that were counted
	Received, Completed, OnTime int
	Weighted                    *big.Rat // Σ mean days × completed files; nil for 0
	Weighed                     int      // completed files whose mean days are known
}

// FewMeasured is the number of people below which a unit's speed tells what a single one of them does (c).
const FewMeasured = 3

// Plus adds up both.
func (s ServiceSums) Plus(o ServiceSums) ServiceSums {
	weighted := new(big.Rat)
	for _, w := range []*big.Rat{s.Weighted, o.Weighted} {
		if w != nil {
			weighted.Add(weighted, w)
		}
	}
	return ServiceSums{
		Counts: s.Counts + o.Counts, Received: s.Received + o.Received, Completed: s.Completed + o.Completed, OnTime: s.OnTime + o.OnTime,
		Weighted: weighted, Weighed: s.Weighed + o.Weighed,
	}
}

// sums returns what one month adds. A MeanDays that is no number counts as none.
func (m MonthOfService) sums() ServiceSums {
	s := ServiceSums{Counts: 1, Received: m.Received, Completed: m.Completed, OnTime: m.OnTime}
	if days, err := m.MeanDays.Rat(); err == nil {
		s.Weighted, s.Weighed = days.Mul(days, big.NewRat(int64(m.Completed), 1)), m.Completed
	}
	return s
}

// Exact returns a source's figure, nil when it would be a mean or a share of nothing.
func (s ServiceSums) Exact(source Source) *big.Rat {
	switch {
	case source == SourceFilesCompleted && s.Counts > 0:
		return big.NewRat(int64(s.Completed), 1)
	case source == SourceFilesOnTimePercent && s.Completed > 0:
		return big.NewRat(100*int64(s.OnTime), int64(s.Completed))
	case source == SourceCompletionPercent && s.Received > 0:
		return big.NewRat(100*int64(s.Completed), int64(s.Received))
	case source == SourceMeanDays && s.Weighed > 0:
		return new(big.Rat).Quo(s.Weighted, big.NewRat(int64(s.Weighed), 1))
	default:
		return nil
	}
}

// Value returns a source's figure as it is shown, empty when there is none.
func (s ServiceSums) Value(source Source) Decimal { return shownFigure(s.Exact(source)) }

// shownFigure rounds a figure to 2 places, halves away from zero; a whole number has none.
func shownFigure(exact *big.Rat) Decimal {
	switch {
	case exact == nil:
		return ""
	case exact.IsInt():
		return Decimal(exact.RatString())
	default:
		_, shown := roundHalfAway(exact, 2)
		return shown
	}
}
