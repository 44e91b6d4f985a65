package service

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Tenure is how many of a period's months somebody served, and why not all.
type Tenure struct {
	Served      int                   `json:"served"`
	Months      int                   `json:"months"`
	From        *time.Time            `json:"from"`
	Cause       appraisal.TenureCause `json:"cause"`
	Reason      string                `json:"reason,omitempty"` // HR's words for a correction
	CorrectedBy string                `json:"corrected_by,omitempty"`
	CorrectedAt *time.Time            `json:"corrected_at"`
}

// population returns the employees of a cycle's units with the part of its period that each has served, apart from those who are
// left out, with the reason.
func (s *Service) population(ctx context.Context, t *tx, c postgres.Cycle) (included []postgres.Enrolled, excluded []Excluded, err error) {
	people, err := postgres.Population(ctx, t, c.Units)
	if err != nil {
		return nil, nil, err
	}
	policy, err := s.policyOf(ctx, t, c.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range people {
		tenure := tenureIn(policy, c, p)
		switch {
		case !p.Active:
			excluded = append(excluded, Excluded{p.Name, "preview.inactive"})
		case !tenure.Whole() && tenure.Served == 0:
			excluded = append(excluded, Excluded{p.Name, "preview.not_served"})
		default:
			if !tenure.Whole() {
				p.Tenure = &tenure
			}
			included = append(included, p)
		}
	}
	return included, excluded, nil
}

// tenureIn counts the months that somebody served in a cycle's period, by their appointment, the day on which they took the
// position, and what else is known.
func tenureIn(policy *appraisal.Policy, c postgres.Cycle, p postgres.Enrolled, known ...appraisal.TenureStart) appraisal.Tenure {
	if day, ok := appraisal.Appointment(p.NIP); ok {
		known = append(known, appraisal.TenureStart{Day: day, Cause: appraisal.TenureAppointed})
	}
	if p.PositionSince != nil {
		known = append(known, appraisal.TenureStart{Day: *p.PositionSince, Cause: appraisal.TenurePosition})
	}
	return policy.Tenure(periodOf(c), known...)
}

func periodOf(c postgres.Cycle) appraisal.Span {
	return appraisal.Span{From: c.PeriodStart, To: c.PeriodEnd}
}

func partYear(people []postgres.Enrolled) []PartYear {
	list := []PartYear{}
	for _, p := range people {
		if p.Tenure != nil {
			list = append(list, PartYear{p.Name, Tenure{
				Served: p.Tenure.Served, Months: p.Tenure.Months, From: &p.Tenure.From, Cause: p.Tenure.Cause,
			}})
		}
	}
	return list
}
