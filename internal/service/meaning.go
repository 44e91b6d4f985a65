package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// readMeaning says what the rating in force means for the career, to those who may see it.
func (r *reading) readMeaning(ctx context.Context) error {
	r.view.Meaning = []appraisal.Sentence{}
	if r.view.Rating == nil {
		return nil
	}
	past, err := postgres.PastAppraisals(ctx, r, r.row.EmployeeID)
	if err != nil {
		return err
	}
	span := appraisal.Span{From: r.view.PeriodStart, To: r.view.PeriodEnd}
	result := appraisal.YearResult{Year: span.To.Year(), Predikat: r.view.Rating.Predikat}
	r.view.Meaning = meaning(r.policy, result, r.row.Template.PeriodOf(span), yearResults(past))
	return nil
}

func meaning(p *appraisal.Policy, result appraisal.YearResult, kind appraisal.PeriodKind, years []appraisal.YearResult) []appraisal.Sentence {
	if said := p.Meaning(result, kind == appraisal.PeriodYearly, years); said != nil {
		return said
	}
	return []appraisal.Sentence{}
}

// yearResults picks the final predikats of yearly appraisals: one for each year, that of the period that ended last in it. Past
// comes with the latest period first.
func yearResults(past []postgres.PastAppraisal) []appraisal.YearResult {
	var results []appraisal.YearResult
	for _, row := range past {
		year := row.PeriodEnd.Year()
		if n := len(results); !finalYear(row) || n > 0 && results[n-1].Year == year {
			continue
		}
		results = append(results, appraisal.YearResult{Year: year, Predikat: *row.Predikat})
	}
	return results
}

// finalYear reports whether the appraisal is a yearly one whose predikat is final.
func finalYear(row postgres.PastAppraisal) bool {
	span := appraisal.Span{From: row.PeriodStart, To: row.PeriodEnd}
	return row.Final && row.Predikat != nil && row.Template.PeriodOf(span) == appraisal.PeriodYearly
}
