// Package evaluate is the JSON face of the two calculators that need no server: the policies of appraisal and the
// citizen-satisfaction index. It adds words in every language to what the domain computes and decides nothing itself.
package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
)

// largestCase is the most JSON, in bytes, that one case may have.
const largestCase = 1 << 20

// request is a case as it is written: one of three shapes, told apart by its policy and by whether it has ratings. A nil is a
// field that was left out.
type request struct {
	Policy    string  `json:"policy"`
	Behaviour *string `json:"behaviour"` // an expectation or a score, as the policy needs

	WorkResult *appraisal.Expectation `json:"work_result"`

	KeyResults      *[]keyResult            `json:"key_results"`
	PeersConsidered *bool                   `json:"peers_considered"`
	Innovation      *bool                   `json:"innovation"`
	Employee        *appraisal.EmployeeKind `json:"employee"`
	MonthsServed    *int                    `json:"months_served"`
	PeriodMonths    *int                    `json:"period_months"`

	OrganisationRating *appraisal.OrganisationRating `json:"organisation_rating"`
	Ratings            *map[appraisal.Predikat]int   `json:"ratings"`
}

type keyResult struct {
	Weight     appraisal.Decimal `json:"weight"`
	Indicators []indicator       `json:"indicators"`
}

type indicator struct {
	Aspect      appraisal.Aspect    `json:"aspect"`
	Target      appraisal.Decimal   `json:"target"`
	Realisation appraisal.Decimal   `json:"realisation"`
	Direction   appraisal.Direction `json:"direction"`
}

// Run reads one case, evaluates it by the policy that it names and writes the answer, both as JSON (DESIGN, "Command line"). The
// error for wrong input is an *appraisal.Error with CodeInvalid and a field for every fault; nothing is written then.
func Run(in io.Reader, out io.Writer, policies appraisal.Policies) error {
	raw, err := io.ReadAll(io.LimitReader(in, largestCase+1))
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	var r request
	misread := appraisal.DecodeJSON(raw, &r)
	var faults *appraisal.Error
	if errors.As(misread, &faults) && faults.Key == appraisal.KeyNoDocument {
		return misread
	}
	answer, err := r.answer(policies)
	if err := bothFaults(misread, err); err != nil {
		return err
	}
	return write(out, answer)
}

// bothFaults joins the faults of form and of content, so that one run shows them all. What could not be read is not also
// reported as left out.
func bothFaults(form, content error) error {
	if form == nil {
		return content
	}
	if content == nil {
		return form
	}
	var ofForm, ofContent *appraisal.Error
	if !errors.As(form, &ofForm) || !errors.As(content, &ofContent) {
		return errors.Join(form, content)
	}
	all := *ofForm
	for _, f := range ofContent.Fields {
		misread := func(other appraisal.FieldError) bool { return other.Field == f.Field }
		if f.Key != "policy.fault.nothing_given" && !slices.ContainsFunc(ofForm.Fields, misread) {
			all.Fields = append(all.Fields, f)
		}
	}
	return &all
}

func (r *request) answer(policies appraisal.Policies) (any, error) {
	policy, err := named(r.Policy, policies)
	if err != nil {
		return nil, err
	}
	return r.evaluate(policy)
}

func named(name string, policies appraisal.Policies) (*appraisal.Policy, error) {
	var faults appraisal.Faults
	if name == "" {
		faults.Add("policy", "policy.fault.required", nil)
		return nil, faults.Err()
	}
	policy, err := policies.Get(name)
	var unknown *appraisal.Error
	if errors.As(err, &unknown) {
		faults.Add("policy", unknown.Key, unknown.Args)
		return nil, faults.Err()
	}
	return policy, err
}

func (r *request) evaluate(policy *appraisal.Policy) (any, error) {
	switch {
	case r.Ratings != nil || r.OrganisationRating != nil:
		return r.distribution(policy)
	case policy.Kind == appraisal.PolicyMatrix:
		return r.predikat(policy)
	default:
		return r.score(policy)
	}
}

func (r *request) predikat(policy *appraisal.Policy) (any, error) {
	if err := r.refuse("policy.fault.numeric_only", policy, r.numericFields()); err != nil {
		return nil, err
	}
	var workResult, behaviour appraisal.Expectation
	if r.WorkResult != nil {
		workResult = *r.WorkResult
	}
	if r.Behaviour != nil {
		behaviour = appraisal.Expectation(*r.Behaviour)
	}
	predikat, explanation, err := policy.Rate(workResult, behaviour)
	if err != nil {
		return nil, err
	}
	return predikatAnswer{
		Policy: policy.Name, Version: policy.Version, Predikat: predikat, Explanation: explained(explanation),
	}, nil
}

func (r *request) score(policy *appraisal.Policy) (any, error) {
	if err := r.refuse("policy.fault.matrix_only", policy, r.matrixFields()); err != nil {
		return nil, err
	}
	var faults appraisal.Faults
	if r.KeyResults != nil && len(*r.KeyResults) == 0 {
		faults.Add("key_results", "policy.fault.weights_sum", map[string]any{"sum": "0"})
	}
	for _, part := range []struct {
		field  string
		months *int
	}{{"months_served", r.MonthsServed}, {"period_months", r.PeriodMonths}} {
		switch {
		case part.months == nil && (r.MonthsServed != nil || r.PeriodMonths != nil):
			faults.Add(part.field, "policy.fault.required", nil)
		case part.months != nil && *part.months < 1:
			faults.Add(part.field, "policy.fault.not_above", map[string]any{"given": *part.months, "other": 0})
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	score, err := policy.Score(r.scoreInput())
	if err != nil {
		return nil, err
	}
	return scoreAnswer{
		Policy: policy.Name, Version: policy.Version, Score: score.Value, Predikat: score.Predikat,
		Missing: append([]string{}, score.Missing...), Explanation: explained(score.Explanation),
	}, nil
}

func (r *request) scoreInput() appraisal.ScoreInput {
	in := appraisal.ScoreInput{
		PeersConsidered: given(r.PeersConsidered),
		Innovation:      given(r.Innovation),
		Employee:        given(r.Employee),
		MonthsServed:    given(r.MonthsServed),
		PeriodMonths:    given(r.PeriodMonths),
		Behaviour:       appraisal.Decimal(given(r.Behaviour)),
	}
	for _, kr := range given(r.KeyResults) {
		scored := appraisal.ScoredKeyResult{Weight: kr.Weight}
		for _, i := range kr.Indicators {
			scored.Indicators = append(scored.Indicators, appraisal.ScoredIndicator{
				Aspect: i.Aspect, Target: i.Target, Realisation: i.Realisation, Direction: i.Direction,
			})
		}
		in.KeyResults = append(in.KeyResults, scored)
	}
	return in
}

func given[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// field is an optional field of a request and whether it was given.
type field struct {
	name  string
	given bool
}

func (r *request) matrixFields() []field { return []field{{"work_result", r.WorkResult != nil}} }

func (r *request) numericFields() []field {
	return []field{
		{"key_results", r.KeyResults != nil},
		{"peers_considered", r.PeersConsidered != nil},
		{"innovation", r.Innovation != nil},
		{"employee", r.Employee != nil},
		{"months_served", r.MonthsServed != nil},
		{"period_months", r.PeriodMonths != nil},
	}
}

// refuse reports every given field that means nothing to this kind of case: ignoring it would evaluate another case than
// the one that was meant.
func (r *request) refuse(key string, policy *appraisal.Policy, fields []field) error {
	var faults appraisal.Faults
	for _, f := range fields {
		if f.given {
			faults.Add(f.name, key, map[string]any{"policy": policy.Name})
		}
	}
	return faults.Err()
}

func write(out io.Writer, answer any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
