package evaluate

import (
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// predikatAnswer is the answer of a matrix policy.
type predikatAnswer struct {
	Policy      string             `json:"policy"`
	Version     int                `json:"version"`
	Predikat    appraisal.Predikat `json:"predikat"`
	Explanation []step             `json:"explanation"`
}

// scoreAnswer is the answer of a numeric policy.
type scoreAnswer struct {
	Policy      string             `json:"policy"`
	Version     int                `json:"version"`
	Score       appraisal.Decimal  `json:"score"`
	Predikat    appraisal.Predikat `json:"predikat"`
	Missing     []string           `json:"missing"`
	Explanation []step             `json:"explanation"`
}

// distributionAnswer is what a cohort's counts break of the guideline.
type distributionAnswer struct {
	Policy             string                       `json:"policy"`
	Version            int                          `json:"version"`
	OrganisationRating appraisal.OrganisationRating `json:"organisation_rating,omitempty"`
	Total              int                          `json:"total"`
	Breaches           []breachAnswer               `json:"breaches"`
}

type breachAnswer struct {
	appraisal.Breach
	words
}

// step is a step of an explanation with its words in every language.
type step struct {
	appraisal.ExplanationStep
	RuleWords words `json:"rule_words"`
	words
}

// words is a sentence in every language that the product speaks.
type words struct {
	Indonesian string `json:"id"`
	English    string `json:"en"`
}

func inEveryLanguage(say func(appraisal.Speaker) string) words {
	return words{Indonesian: say(locale.Indonesian), English: say(locale.English)}
}

func explained(explanation appraisal.Explanation) []step {
	steps := make([]step, len(explanation))
	for i, s := range explanation {
		steps[i].ExplanationStep = s
		steps[i].Indonesian, steps[i].RuleWords.Indonesian = s.BothIn(locale.Indonesian)
		steps[i].English, steps[i].RuleWords.English = s.BothIn(locale.English)
	}
	return steps
}
