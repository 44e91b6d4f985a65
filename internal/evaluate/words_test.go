package evaluate_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// A key that ends in a dot or underscore begins the keys of a family, which TestEveryWordHasASentence walks through.
var keyInCode = regexp.MustCompile(`"(policy\.[a-z_.]*[a-z])"`)

func TestEveryKeyInTheCodeHasASentence(t *testing.T) {
	found := 0
	for _, pattern := range []string{"*.go", "../appraisal/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range keyInCode.FindAllStringSubmatch(string(raw), -1) {
				found++
				if _, ok := locale.Keys(locale.Indonesian)[match[1]]; !ok {
					t.Errorf("%s uses %s, which has no sentence", name, match[1])
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d keys were found", found)
	}
}

func TestEveryWordHasASentence(t *testing.T) {
	var keys []string
	add := func(key string) { keys = append(keys, key) }
	for _, e := range appraisal.Expectations() {
		add(e.Word())
	}
	for _, p := range appraisal.Predikats() {
		add(p.Word())
	}
	for _, r := range appraisal.OrganisationRatings() {
		add(r.Word())
	}
	for _, level := range []appraisal.PositionLevel{appraisal.LevelJPT, appraisal.LevelPelaksana} {
		for _, a := range appraisal.Aspects(level) {
			add(a.Word())
		}
	}
	for _, c := range appraisal.PeerCategories() {
		add(c.Word())
	}
	for _, v := range appraisal.CoreValues() {
		add(v.Word())
	}
	for _, b := range appraisal.BehaviourCodes() {
		add(b.Word())
	}
	for _, f := range appraisal.TrainingForms() {
		add(f.Word())
		add(f.Kind().Word())
	}
	for _, d := range []appraisal.Direction{appraisal.DirectionMore, appraisal.DirectionLess} {
		add(d.Word())
		add("policy.explain." + string(d))
		add("policy.rule." + string(d))
	}
	for _, s := range []appraisal.AssessmentSource{
		appraisal.SourceAppraiser, appraisal.SourceAssessmentCentre, appraisal.SourceCompetencyTest,
	} {
		add(s.Word())
	}
	for _, g := range []appraisal.SatisfactionGrade{appraisal.GradeA, appraisal.GradeB, appraisal.GradeC, appraisal.GradeD} {
		add(g.Word())
	}
	for _, wanted := range []string{"object", "list", "text", "decimal", "boolean", "integer"} {
		add("policy.fault.wanted_" + wanted)
	}
	for _, key := range keys {
		if _, ok := locale.Keys(locale.Indonesian)[key]; !ok {
			t.Errorf("%s has no sentence", key)
		}
	}
}

// unfilled finds a placeholder that no input filled, and a key shown in place of its sentence.
var unfilled = regexp.MustCompile(`\{[a-z_]+\}|policy\.[a-z_]+`)

func TestEverySentenceOfAnAnswerIsFilled(t *testing.T) {
	for _, input := range []string{
		numericCase,
		`{"policy":"permen6-2022","work_result":"meets","behaviour":"above"}`,
		`{"policy":"pp30-2019","behaviour":"115","innovation":true,"employee":"pppk"}`,
		`{"policy":"pp30-2019","behaviour":"115"}`,
		`{"policy":"pp30-2019","months_served":1,"period_months":3,"key_results":[
			{"weight":"50","indicators":[{"aspect":"quantity","target":"9","realisation":"99","direction":"more"},{"aspect":"cost","target":"1","direction":"less"}]},
			{"weight":"50","indicators":[{"aspect":"time","target":"1","direction":"less"}]}]}`,
		`{"policy":"permen6-2022","organisation_rating":"sangat_kurang","ratings":{"sangat_baik":7,"baik":20}}`,
		`{"policy":"permen6-2022","organisation_rating":"kurang","ratings":{"sangat_baik":7,"baik":20}}`,
		`{"policy":"permen6-2022","organisation_rating":"istimewa","ratings":{"sangat_baik":7,"baik":20}}`,
		`{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"sangat_baik":7,"baik":30}}`,
	} {
		answer, faults := run(t, input)
		if faults != "" {
			t.Fatalf("%s: %s", input, faults)
		}
		for _, list := range []string{"explanation", "breaches"} {
			items, _ := answer[list].([]any)
			for _, item := range items {
				spoken, _ := item.(map[string]any)
				words := []map[string]any{spoken}
				if rule, ok := spoken["rule_words"].(map[string]any); ok {
					words = append(words, rule)
				}
				for _, w := range words {
					for _, lang := range []string{"id", "en"} {
						if text, _ := w[lang].(string); text == "" || unfilled.MatchString(text) {
							t.Errorf("%s: %q in %s", input, text, lang)
						}
					}
				}
			}
		}
	}
}
