package appraisal_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestEveryFaultOfAProgressEntryIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		entry appraisal.Progress
		want  string
	}{
		"a figure":               {appraisal.Progress{Indicator: "i", Value: "12.5"}, ""},
		"words":                  {appraisal.Progress{Indicator: "i", Note: "Berkas lengkap"}, ""},
		"zero is a figure":       {appraisal.Progress{Indicator: "i", Value: "0"}, ""},
		"with evidence":          {appraisal.Progress{Indicator: "i", Value: "1", Evidence: "https://arsip.go.id/1"}, ""},
		"about nothing":          {appraisal.Progress{Value: "1"}, "indicator error.required"},
		"saying nothing":         {appraisal.Progress{Indicator: "i", Note: "  "}, "value error.progress_empty"},
		"no figure":              {appraisal.Progress{Indicator: "i", Value: "banyak"}, "value error.number"},
		"a negative figure":      {appraisal.Progress{Indicator: "i", Value: "-3"}, "value error.number"},
		"long words":             {appraisal.Progress{Indicator: "i", Note: strings.Repeat("x", appraisal.MaxText+1)}, "note error.text_long"},
		"evidence in a drawer":   {appraisal.Progress{Indicator: "i", Value: "1", Evidence: "lemari 3"}, "evidence error.link"},
		"evidence that is run":   {appraisal.Progress{Indicator: "i", Value: "1", Evidence: "javascript:alert(1)"}, "evidence error.link"},
		"a link that is no text": {appraisal.Progress{Indicator: "i", Value: "1", Evidence: "https://a/" + strings.Repeat("x", appraisal.MaxLine)}, "evidence error.text_long"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.entry.Validate()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryFaultOfASelfReviewIsNamed(t *testing.T) {
	long := strings.Repeat("x", appraisal.MaxText+1)
	for name, c := range map[string]struct {
		review appraisal.SelfReview
		want   string
	}{
		"achievements alone":    {appraisal.SelfReview{Achievements: "Selesai."}, ""},
		"an indicator left out": {appraisal.SelfReview{Achievements: "Selesai.", Realisations: []appraisal.Realisation{{Indicator: "i"}}}, ""},
		"nothing":               {appraisal.SelfReview{}, "achievements error.required"},
		"everything too long": {appraisal.SelfReview{Achievements: long, Obstacles: long, Development: long},
			"achievements error.text_long\nobstacles error.text_long\ndevelopment error.text_long"},
		"a realisation in words": {appraisal.SelfReview{Achievements: "Selesai.", Realisations: []appraisal.Realisation{{Indicator: "i", Value: "98"}, {Indicator: "j", Value: "98%", Note: long}}},
			"realisations[1].value error.number\nrealisations[1].note error.text_long"},
		"an indicator twice": {appraisal.SelfReview{Achievements: "Selesai.", Realisations: []appraisal.Realisation{{Indicator: "i"}, {Indicator: "j"}, {Indicator: "i"}}},
			"realisations[2].indicator error.indicator_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.review.Validate()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryFaultOfAReviewIsNamed(t *testing.T) {
	good := func() appraisal.Review {
		return appraisal.Review{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Comment: "Baik.",
			Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 1}}}
	}
	for name, c := range map[string]struct {
		spoil      func(*appraisal.Review)
		met, total int
		want       string
	}{
		"sound":                           {func(*appraisal.Review) {}, 1, 2, ""},
		"no dimension":                    {func(r *appraisal.Review) { r.WorkResult, r.Behaviour = "", "x" }, 1, 2, "work_result error.expectation\nbehaviour error.expectation"},
		"no comment":                      {func(r *appraisal.Review) { r.Comment = "" }, 1, 2, "comment error.required"},
		"a long reason":                   {func(r *appraisal.Review) { r.Reason = strings.Repeat("x", appraisal.MaxText+1) }, 1, 2, "reason error.text_long"},
		"above, with fewer than half met": {func(r *appraisal.Review) { r.WorkResult = appraisal.ExpectationAbove }, 1, 3, "reason error.review_contradicts"},
		"above, with half met":            {func(r *appraisal.Review) { r.WorkResult = appraisal.ExpectationAbove }, 1, 2, ""},
		"above, with a reason":            {func(r *appraisal.Review) { r.WorkResult, r.Reason = appraisal.ExpectationAbove, "Tugas tambahan." }, 0, 3, ""},
		"a reason of blanks":              {func(r *appraisal.Review) { r.WorkResult, r.Reason = appraisal.ExpectationAbove, " " }, 0, 3, "reason error.review_contradicts"},
		"below, with all met":             {func(r *appraisal.Review) { r.WorkResult = appraisal.ExpectationBelow }, 3, 3, "reason error.review_contradicts"},
		"below, with one missing":         {func(r *appraisal.Review) { r.WorkResult = appraisal.ExpectationBelow }, 2, 3, ""},
		"below, without evidence":         {func(r *appraisal.Review) { r.WorkResult = appraisal.ExpectationBelow }, 0, 0, ""},
		"a level of zero":                 {func(r *appraisal.Review) { r.Competencies[0].Level = 0 }, 1, 2, "competencies[0].level error.level"},
		"a level of six":                  {func(r *appraisal.Review) { r.Competencies[1].Level = 6 }, 1, 2, "competencies[1].level error.level"},
		"a competency missing":            {func(r *appraisal.Review) { r.Competencies = r.Competencies[:1] }, 1, 2, "competencies.PEL error.competency_once"},
		"a competency twice":              {func(r *appraisal.Review) { r.Competencies[1].Competency = "INT" }, 1, 2, "competencies.INT error.competency_once\ncompetencies.PEL error.competency_once"},
		"one that nobody asked for": {func(r *appraisal.Review) {
			r.Competencies = append(r.Competencies, appraisal.CompetencyRating{Competency: "SOP", Level: 3}, appraisal.CompetencyRating{Competency: "ADM", Level: 3})
		}, 1, 2, "competencies.ADM error.competency_not_required\ncompetencies.SOP error.competency_not_required"},
	} {
		t.Run(name, func(t *testing.T) {
			review := good()
			c.spoil(&review)
			if got := faultsOf(t, review.Validate([]string{"INT", "PEL"}, c.met, c.total)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAPositionWithoutStandardsAsksForNoCompetency(t *testing.T) {
	review := appraisal.Review{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Comment: "Baik."}
	if err := review.Validate(nil, 0, 0); err != nil {
		t.Error(err)
	}
}

func TestAReasonIsRequiredWhereItIsAndLimitedEverywhere(t *testing.T) {
	long := strings.Repeat("x", appraisal.MaxText+1)
	for _, c := range []struct{ got, want string }{
		{faultsOf(t, appraisal.RequireReason("reason", "")), "reason error.required"},
		{faultsOf(t, appraisal.RequireReason("reason", " \t\n")), "reason error.required"},
		{faultsOf(t, appraisal.RequireReason("reason", "Bencana.")), ""},
		{faultsOf(t, appraisal.RequireReason("reason", long)), "reason error.text_long"},
		{faultsOf(t, appraisal.LimitReason("comment", "")), ""},
		{faultsOf(t, appraisal.LimitReason("comment", long)), "comment error.text_long"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
