package service

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// recommend computes the training recommendation from the gaps and the catalogue, and stores it with its reasons.
func (c *conducting) recommend(ctx context.Context) error {
	policy, err := c.policyOf(ctx, c, c.row.CycleID)
	if err != nil {
		return err
	}
	required, err := postgres.RequiredCompetencies(ctx, c, c.row)
	if err != nil {
		return err
	}
	catalogue, err := c.catalogue(ctx)
	if err != nil {
		return err
	}
	kind, err := postgres.EmploymentOf(ctx, c, c.row.EmployeeID)
	if err != nil {
		return err
	}
	now := c.now.In(c.zone)
	soFar, _, _, err := learned(ctx, c, c.row.EmployeeID, now.Year())
	if err != nil {
		return err
	}
	gaps := gapsOf(required)
	advice := appraisal.Recommend(gaps, catalogue, kind, appraisal.RecommendRules{
		Learning: policy.Learning, Now: now, HoursSoFar: soFar.Counted, Taken: soFar.Codes,
	})
	picks := make([]postgres.NewRecommendation, len(advice.Picks))
	for i, p := range advice.Picks {
		picks[i] = postgres.NewRecommendation{
			Training: string(p.Training.Code), Competency: string(p.Training.Competency), Reason: named(p.Reason, required),
		}
	}
	notes := []appraisal.Sentence{advice.Goal}
	for _, u := range advice.Unmet {
		notes = append(notes, named(u.Reason, required))
	}
	return postgres.ProposeDevelopment(ctx, c, c.row.ID, gaps, notes, advice.Hours, picks)
}

// named says a sentence with the name of its competency where the domain, which knows no names, has put the code.
func named(s appraisal.Sentence, required []postgres.RequiredCompetency) appraisal.Sentence {
	i := slices.IndexFunc(required, func(r postgres.RequiredCompetency) bool { return r.Code == s.Inputs["competency"].Text })
	if i < 0 {
		return s
	}
	s.Inputs = maps.Clone(s.Inputs)
	s.Inputs["competency"] = appraisal.InputText(required[i].Name)
	return s
}

func gapsOf(required []postgres.RequiredCompetency) []appraisal.Gap {
	levels := map[appraisal.CompetencyCode]int{}
	assessed := map[appraisal.CompetencyCode]appraisal.Assessed{}
	for _, r := range required {
		code := appraisal.CompetencyCode(r.Code)
		levels[code] = r.Required
		var known appraisal.Assessed
		if r.Rated != nil {
			known.Appraiser = *r.Rated
		}
		if r.Assessed != nil {
			known.Results = []appraisal.AssessmentResult{{Source: appraisal.AssessmentSource(*r.Source), Level: *r.Assessed, On: *r.Day}}
		}
		assessed[code] = known
	}
	return appraisal.Gaps(levels, assessed)
}

func (c *conducting) catalogue(ctx context.Context) ([]appraisal.Training, error) {
	rows, err := postgres.Trainings(ctx, c)
	if err != nil {
		return nil, err
	}
	list := make([]appraisal.Training, len(rows))
	for i, r := range rows {
		list[i] = appraisal.Training{
			Code: appraisal.TrainingCode(r.Code), Title: r.Title, Competency: appraisal.CompetencyCode(r.Competency), Level: r.Level,
			Channel: appraisal.TrainingChannel(r.Channel), Form: appraisal.TrainingForm(r.Form), Hours: r.Hours,
			Seats: max(0, r.Seats-r.Taken), Starts: day(r.Starts, c.zone), Ends: day(r.Ends, c.zone),
		}
	}
	return list, nil
}

// day reads a date of the database as a day of the office.
func day(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}
