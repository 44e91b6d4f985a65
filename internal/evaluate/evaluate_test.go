package evaluate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/evaluate"
)

// run evaluates a case and returns the answer, or its faults as "field key" lines.
func run(t testing.TB, input string) (answer map[string]any, faults string) {
	t.Helper()
	var out bytes.Buffer
	err := evaluate.Run(strings.NewReader(input), &out, appraisal.Embedded())
	if err == nil {
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
			t.Fatalf("no JSON: %v\n%s", err, out.String())
		}
		return answer, ""
	}
	var invalid *appraisal.Error
	if !errors.As(err, &invalid) || invalid.Code != appraisal.CodeInvalid || len(invalid.Fields) == 0 {
		t.Fatalf("not an input error with fields: %v", err)
	}
	if out.Len() > 0 {
		t.Errorf("something was written before the refusal: %s", out.String())
	}
	var lines []string
	for _, f := range invalid.Fields {
		lines = append(lines, f.Field+" "+strings.TrimPrefix(f.Key, "policy.fault."))
	}
	return nil, strings.Join(lines, "\n")
}

const numericCase = `{"policy":"pp30-2019","key_results":[
	{"weight":"60","indicators":[{"target":"95","realisation":"90","direction":"more"}]},
	{"weight":"40","indicators":[{"target":"3","realisation":"2.5","direction":"less"}]}],
	"behaviour":"92.5","peers_considered":true,"innovation":false}`

func TestAMatrixCaseAnswersThePredikatAndWhy(t *testing.T) {
	answer, faults := run(t, `{"policy":"permen6-2022","work_result":"meets","behaviour":"above"}`)
	if faults != "" || answer["predikat"] != "baik" || answer["policy"] != "permen6-2022" || answer["version"] != 1.0 {
		t.Fatalf("got %v %s", answer, faults)
	}
	step := answer["explanation"].([]any)[0].(map[string]any)
	if step["id"] != "Hasil kerja sesuai ekspektasi dan perilaku kerja di atas ekspektasi menghasilkan predikat baik." ||
		step["en"] != "Work result meets expectations and behaviour above expectations give the predikat good." ||
		step["source"] != "PermenPAN-RB 6/2022" {
		t.Errorf("got %v", step)
	}
}

func TestANumericCaseAnswersTheScoreAsADecimalString(t *testing.T) {
	answer, faults := run(t, numericCase)
	if faults != "" || answer["score"] != "99.11" || answer["predikat"] != "baik" || len(answer["missing"].([]any)) != 0 {
		t.Fatalf("got %v %s", answer, faults)
	}
	var shown []string
	for _, s := range answer["explanation"].([]any) {
		shown = append(shown, s.(map[string]any)["id"].(string))
	}
	want := []string{
		"Indikator 1.1: realisasi 90 ÷ target 95 × 100 = 94,7368…",
		"Rencana hasil kerja 1: capaian 94,7368… × bobot 60 = 5684,2105…",
		"Indikator 2.1: (2 × target 3 − realisasi 2,5) ÷ target 3 × 100 = 116,6666…",
		"Rencana hasil kerja 2: capaian 116,6666… × bobot 40 = 4666,6666…",
		"Hasil kerja: 10350,8771… ÷ jumlah bobot 100 = 103,5087…",
		"Hasil kerja 103,5087… × 60% + perilaku kerja 92,5 × 40% = 99,1052…",
		"99,1052… dibulatkan satu kali ke 2 angka di belakang koma: 99,11",
		"90 ≤ 99,11 < 110, predikat baik.",
	}
	if strings.Join(shown, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(shown, "\n"), strings.Join(want, "\n"))
	}
}

func TestAMissingComponentIsLeftOutAndNamed(t *testing.T) {
	for input, want := range map[string]struct{ score, missing string }{
		`{"policy":"pp30-2019","behaviour":"85"}`:                    {"85.00", "key_results"},
		`{"policy":"pp30-2019","behaviour":"85","key_results":null}`: {"85.00", "key_results"},
		`{"policy":"pp30-2019","key_results":[{"weight":"100","indicators":[{"target":"4","realisation":"3","direction":"more"}]}]}`: {
			"75.00", "behaviour"},
		`{"policy":"pp30-2019","behaviour":"80","key_results":[{"weight":"100","indicators":[
			{"target":"4","realisation":"3","direction":"more"},{"target":"4","direction":"more"}]}]}`: {
			"76.50", "key_results[0].indicators[1]"},
	} {
		answer, faults := run(t, input)
		if faults != "" || answer["score"] != want.score || answer["missing"].([]any)[0] != want.missing {
			t.Errorf("%s: got %v %s, want %v", input, answer, faults, want)
		}
	}
}

func TestADistributionAnswersItsBreachesOrAnEmptyList(t *testing.T) {
	answer, faults := run(t, `{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"sangat_baik":7,"baik":20}}`)
	if faults != "" || len(answer["breaches"].([]any)) != 2 || answer["total"] != 27.0 {
		t.Fatalf("got %v %s", answer, faults)
	}
	first := answer["breaches"].([]any)[0].(map[string]any)
	if first["id"] != "baik 20 dari 27 orang; paling banyak 70%, yaitu 18 orang." || first["count"] != 20.0 || first["bound"] != 18.0 {
		t.Errorf("got %v", first)
	}
	for _, input := range []string{
		`{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"sangat_baik":2,"baik":7,"kurang":1}}`,
		`{"policy":"permen6-2022","organisation_rating":"baik","ratings":{}}`,
		`{"policy":"pp30-2019","ratings":{"sangat_baik":2,"baik":6,"cukup":2}}`,
	} {
		if answer, faults := run(t, input); faults != "" || answer["breaches"] == nil || len(answer["breaches"].([]any)) != 0 {
			t.Errorf("%s: got %v %s, want no breach", input, answer, faults)
		}
	}
}

func TestServiceOfPartOfThePeriodShrinksATargetOfQuantity(t *testing.T) {
	answer, faults := run(t, `{"policy":"pp30-2019","months_served":7,"period_months":12,"employee":"pppk","behaviour":"90",
		"key_results":[{"weight":"100","indicators":[{"aspect":"quantity","target":"120","realisation":"63","direction":"more"}]}]}`)
	if faults != "" || answer["score"] != "90.00" {
		t.Errorf("63 of 120 × 7 ÷ 12 = 70 is 90: got %v %s", answer, faults)
	}
}

func TestWrongInputIsRefusedNamingEveryField(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"nothing", ``, "line 1, column 0 not_json"},
		{"no JSON", "{\n  \"policy\": permen", "line 2, column 13 not_json"},
		{"two documents", `{} {}`, "line 1, column 4 not_json"},
		{"a list", `[]`, " wanted_object\npolicy required"},
		{"no policy", `{"work_result":"meets","behaviour":"meets"}`, "policy required"},
		{"an unknown policy", `{"policy":"permen9","work_result":"meets"}`, "policy policy_unknown"},
		{"another version", `{"policy":"permen6-2022@7","work_result":"meets"}`, "policy policy_unknown"},
		{"a misspelt field", `{"policy":"pp30-2019","behavior":"92.5"}`, "behavior unknown_field"},
		{"another case of a field", `{"policy":"pp30-2019","Behaviour":"92.5"}`, "Behaviour unknown_field"},
		{"a field twice", `{"policy":"pp30-2019","behaviour":"90","behaviour":"20"}`, "behaviour repeated_field"},
		{"a number without quotes", `{"policy":"pp30-2019","behaviour":92.5}`, "behaviour wanted_text"},
		{"a weight without quotes",
			`{"policy":"pp30-2019","key_results":[{"weight":100,"indicators":[{"target":"1","realisation":"1","direction":"more"}]}]}`,
			"key_results[0].weight wanted_decimal"},
		{"no expectation", `{"policy":"permen6-2022"}`, "work_result expectation_missing\nbehaviour expectation_missing"},
		{"a wrong expectation", `{"policy":"permen6-2022","work_result":"great","behaviour":"meets"}`, "work_result expectation_unknown"},
		{"a numeric field for a matrix", `{"policy":"permen6-2022","work_result":"meets","behaviour":"meets","innovation":true}`,
			"innovation numeric_only"},
		{"a matrix field for a number", `{"policy":"pp30-2019","work_result":"meets","behaviour":"90"}`, "work_result matrix_only"},
		{"an empty list of key results", `{"policy":"pp30-2019","behaviour":"90","key_results":[]}`, "key_results weights_sum"},
		{"months without a period", `{"policy":"pp30-2019","behaviour":"90","months_served":7}`, "period_months required"},
		{"months of nothing", `{"policy":"pp30-2019","behaviour":"90","months_served":0,"period_months":0}`,
			"months_served not_above\nperiod_months not_above"},
		{"ratings without an organisation's", `{"policy":"permen6-2022","ratings":{"baik":5}}`, "organisation_rating required"},
		{"an organisation's rating without ratings", `{"policy":"permen6-2022","organisation_rating":"baik"}`, "ratings required"},
		{"a predikat that the policy lacks", `{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"cukup":5}}`,
			"ratings.cukup unknown_word"},
		{"negative people", `{"policy":"permen6-2022","organisation_rating":"bagus","ratings":{"baik":-1}}`,
			"organisation_rating unknown_word\nratings.baik out_of_range"},
		{"half a person", `{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"baik":1.5}}`, "ratings.baik wanted_integer"},
		{"people beyond counting", `{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"baik":99999999999999999999}}`,
			"ratings.baik wanted_integer"},
		{"two cases in one", `{"policy":"permen6-2022","organisation_rating":"baik","ratings":{},"behaviour":"meets"}`,
			"behaviour one_case"},
		{"faults of form and of content together",
			`{"policy":"pp30-2019","colour":"red","behaviour":92.5,"key_results":[{"weight":"99","indicators":[{"target":"0","direction":"up"}]}]}`,
			"colour unknown_field\nbehaviour wanted_text\nkey_results[0].indicators[0].target target_not_positive\n" +
				"key_results[0].indicators[0].direction unknown_word\nkey_results weights_sum"},
		{"an exponent that would take years", `{"policy":"pp30-2019","behaviour":"1e999999999"}`, "behaviour decimal_too_long"},
		{"more digits than a calculation needs", `{"policy":"pp30-2019","behaviour":"` + strings.Repeat("9", 1000) + `"}`,
			"behaviour decimal_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if answer, got := run(t, c.input); got != c.want {
				t.Errorf("got\n%s\nwant\n%s\n%v", got, c.want, answer)
			}
		})
	}
}

func TestACaseIsBoundedInSize(t *testing.T) {
	if _, got := run(t, `{"policy":"`+strings.Repeat("x", 2<<20)+`"}`); !strings.Contains(got, "not_json") && !strings.Contains(got, "too_large") {
		t.Errorf("got %s", got)
	}
}

func FuzzRun(f *testing.F) {
	f.Add(numericCase)
	f.Add(`{"policy":"permen6-2022","work_result":"meets","behaviour":"above"}`)
	f.Add(`{"policy":"permen6-2022","organisation_rating":"baik","ratings":{"sangat_baik":7,"baik":20}}`)
	f.Add(`{"policy":"pp30-2019","months_served":7,"period_months":12,"behaviour":"1e2","key_results":null}`)
	f.Fuzz(func(t *testing.T, input string) {
		answer, faults := run(t, input)
		if faults == "" && answer["policy"] == "" {
			t.Errorf("answered without a policy: %v", answer)
		}
	})
}

func BenchmarkRun(b *testing.B) {
	policies := appraisal.Embedded()
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := evaluate.Run(strings.NewReader(numericCase), &out, policies); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "evaluations/s")
}
