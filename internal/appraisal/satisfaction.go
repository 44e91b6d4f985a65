package appraisal

import (
	"fmt"
	"math/big"
)

// SatisfactionElements is the number of elements U1…U9 of the citizen-satisfaction survey (PermenPANRB 14/2017).
const SatisfactionElements = 9

// SatisfactionGrade is the service quality of a unit: A is the best, D the worst.
type SatisfactionGrade string

const (
	GradeA SatisfactionGrade = "A"
	GradeB SatisfactionGrade = "B"
	GradeC SatisfactionGrade = "C"
	GradeD SatisfactionGrade = "D"
)

// SatisfactionGrades lists the grades, the best first.
func SatisfactionGrades() []SatisfactionGrade {
	return []SatisfactionGrade{GradeA, GradeB, GradeC, GradeD}
}

// Word returns the translation key of the grade's name.
func (g SatisfactionGrade) Word() string { return "policy.satisfaction.grade_" + string(g) }

// SatisfactionIndex is the result of a survey (IKM): a figure of the unit, never a personal score.
type SatisfactionIndex struct {
	Source      string // the regulation
	Respondents int
	Elements    [SatisfactionElements]Decimal // mean of the answers 1 … 4, 2 places; empty where nobody answered
	Answers     [SatisfactionElements]int     // answers that each mean rests on
	Index       Decimal                       // 25.00 … 100.00; empty when an element has no answer
	Grade       SatisfactionGrade             // empty with it
	Explanation Explanation
}

// Survey computes the index of one unit from its responses, each with the answers to U1…U9, 1 to 4, or 0 for a blank,
// which is left out of its element's mean. The index is the weighted mean of the nine exact element values × 25, rounded once
// to 2 places, then graded. An element that nobody answered leaves no index, since each counts its share. The error has
// CodeInvalid and names wrong answers as "responses[3].U5", in the order of the responses.
func (r *SatisfactionRules) Survey(responses [][SatisfactionElements]int) (SatisfactionIndex, error) {
	var faults Faults
	answers := AnswerSums{Respondents: len(responses)}
	for i, response := range responses {
		for u, answer := range response {
			switch {
			case answer < 0 || answer > highestAnswer:
				faults.Add(fmt.Sprintf("responses[%d].U%d", i, u+1), "policy.fault.answer", map[string]any{"given": answer})
			case answer > 0:
				answers.Sums[u] += int64(answer)
				answers.Counts[u]++
			}
		}
	}
	if err := faults.Err(); err != nil {
		return SatisfactionIndex{}, err
	}
	return r.Index(answers)
}

// AnswerSums are the answers of a survey added up by element, blanks left out: all that the index needs of them.
type AnswerSums struct {
	Respondents int
	Sums        [SatisfactionElements]int64
	Counts      [SatisfactionElements]int
}

// Plus returns both surveys as one: every respondent counts alike, whichever unit they were asked at.
func (a AnswerSums) Plus(b AnswerSums) AnswerSums {
	a.Respondents += b.Respondents
	for u := range a.Sums {
		a.Sums[u], a.Counts[u] = a.Sums[u]+b.Sums[u], a.Counts[u]+b.Counts[u]
	}
	return a
}

// FewRespondents is the number below which an index is shown with a warning: under 30 answers one citizen moves it by points (c).
const FewRespondents = 30

// Few reports whether the index rests on too few respondents to rely on.
func (x SatisfactionIndex) Few() bool { return x.Respondents < FewRespondents }

// Index computes the index as Survey does. Without respondents it fails with CodeInvalid.
func (r *SatisfactionRules) Index(a AnswerSums) (SatisfactionIndex, error) {
	if a.Respondents == 0 {
		var faults Faults
		faults.Add("responses", "policy.fault.no_responses", nil)
		return SatisfactionIndex{}, faults.Err()
	}
	index := SatisfactionIndex{Source: r.Source, Respondents: a.Respondents, Answers: a.Counts}
	total, complete := new(big.Rat), true
	say := func(subject, key string, value Input, inputs map[string]Input) {
		index.Explanation = append(index.Explanation, ExplanationStep{
			Subject: subject, Sentence: Sentence{Key: key, Inputs: inputs}, Rule: "policy.rule.satisfaction", Source: r.Source, Value: value,
		})
	}
	for u, subject := range satisfactionElements() {
		n := index.Answers[u]
		if n == 0 {
			complete = false
			say(subject, "policy.satisfaction.no_answer", Input{}, map[string]Input{"element": InputText(subject)})
			continue
		}
		mean := big.NewRat(a.Sums[u], int64(n))
		total.Add(total, new(big.Rat).Mul(mean, big.NewRat(r.weights[u], 1)))
		_, index.Elements[u] = roundHalfAway(mean, 2)
		say(subject, "policy.satisfaction.element", inputRat(mean), map[string]Input{
			"element": InputText(subject),
			"sum":     InputCount(int(a.Sums[u])),
			"answers": InputCount(n),
			"value":   inputRat(mean),
		})
	}
	if !complete {
		return index, nil
	}
	exact := new(big.Rat).Mul(total, big.NewRat(100/highestAnswer, r.total))
	rounded, text := roundHalfAway(exact, indexPlaces)
	index.Index, index.Grade = text, r.grade(rounded)
	say("index", "policy.satisfaction.index", InputDecimal(text), map[string]Input{
		"sum":     inputRat(total),
		"weights": InputCount(int(r.total)),
		"exact":   inputRat(exact),
		"index":   InputDecimal(text),
	})
	say("grade", "policy.satisfaction.graded", InputWord(index.Grade.Word()), map[string]Input{
		"index": InputDecimal(text),
		"grade": InputWord(index.Grade.Word()),
	})
	return index, nil
}
