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

func rulesOf(p *appraisal.Policy) Rules {
	r := Rules{Policy: p.Ref(), Kind: p.Kind, Source: p.Source}
	if p.Scoring != nil {
		r.Lowest, r.Highest = p.Scoring.Lowest, p.Scoring.Highest
	}
	return r
}
