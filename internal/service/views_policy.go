package service

import "github.com/marelan/telaah/internal/appraisal"

// Rules are what a form or a page has to know of the cycle's policy.
type Rules struct {
	Policy  string               `json:"policy"` // name and version: "pp30-2019@1"
	Kind    appraisal.PolicyKind `json:"kind"`
	Source  string               `json:"source"`            // the regulation
	Lowest  appraisal.Decimal    `json:"lowest,omitempty"`  // least score, where one is calculated
	Highest appraisal.Decimal    `json:"highest,omitempty"` // best score, likewise
}

// InstalledPolicy is one version of a policy that a cycle can be created under.
type InstalledPolicy struct {
	Ref     string               `json:"ref"` // name and version: "pp30-2019@1"
	Name    string               `json:"name"`
	Version int                  `json:"version"`
	Kind    appraisal.PolicyKind `json:"kind"`
	Source  string               `json:"source"`  // the regulation
	Default bool                 `json:"default"` // of a cycle for which none is chosen
}

// Scores are a score with its two dimensions, each rounded for showing, and the finding about an innovation.
type Scores struct {
	Score      appraisal.Decimal     `json:"score"`
	WorkResult appraisal.Decimal     `json:"work_result,omitempty"` // empty where the dimension is missing
	Behaviour  appraisal.Decimal     `json:"behaviour,omitempty"`   // likewise
	Innovation *appraisal.Innovation `json:"innovation,omitempty"`
}

func scoresOf(score, workResult, behaviour string, innovation *bool, note string) *Scores {
	if score == "" {
		return nil
	}
	s := &Scores{Score: appraisal.Decimal(score), WorkResult: appraisal.Decimal(workResult), Behaviour: appraisal.Decimal(behaviour)}
	if innovation != nil {
		s.Innovation = &appraisal.Innovation{Found: *innovation, Description: note}
	}
	return s
}

// ReviewedRealisation is the figure that the appraiser settled for an indicator, beside the one that was handed in.
type ReviewedRealisation struct {
	Given  string `json:"given,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason,omitempty"` // where they differ
}

func rulesOf(p *appraisal.Policy) Rules {
	r := Rules{Policy: p.Ref(), Kind: p.Kind, Source: p.Source}
	if p.Scoring != nil {
		r.Lowest, r.Highest = p.Scoring.Lowest, p.Scoring.Highest
	}
	return r
}
