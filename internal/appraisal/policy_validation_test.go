package appraisal_test

import (
	"os"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// policyFile returns an embedded policy file in which old, which must be there, is replaced.
func policyFile(t testing.TB, name string, replace ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile("policies/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("%s has no %s", name, replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return []byte(text)
}

func TestAPolicyThatIsUnknownOrContradictsItselfIsRefusedWithTheFaultsPlace(t *testing.T) {
	for _, c := range []struct{ file, old, replacement, want string }{
		{"permen6-2022", `"permen6-2022"`, `"Permen 6"`, "name name"},
		{"permen6-2022", `"version": 1`, `"version": 0`, "version out_of_range"},
		{"permen6-2022", `"version": 1`, `"version": "1"`, "version wanted_integer"},
		{"permen6-2022", `"kind": "matrix"`, `"kind": "oracle"`, "kind unknown_word"},
		{"permen6-2022", `"kind": "matrix",`, ``, "kind required"},
		{"permen6-2022", `"source": "PermenPAN-RB 6/2022"`, `"source": ""`, "source required"},
		{"permen6-2022", `"governs": ["pns", "pppk"]`, `"governs": ["pns", "honorer"]`, "governs[1] unknown_word"},
		{"permen6-2022", `"governs": ["pns", "pppk"]`, `"governs": []`, "governs required"},
		{"permen6-2022", `"version": 1`, `"version": {"major": 1}`, "version wanted_integer"},
		{"permen6-2022", `"governs": ["pns", "pppk"]`, `"governs": "pns"`, "governs wanted_list"},
		{"permen6-2022", `"source": "PermenPAN-RB 6/2022"`, `"source": ["PermenPAN-RB 6/2022"]`, "source wanted_text"},
		{"permen6-2022", `"objection": {"window_days": 14,`, `"objection": {"window_days": [{}],`, "objection.window_days wanted_integer"},
		{"pp30-2019", `"needs_innovation": true`, `"needs_innovation": "yes"`, "scoring.bands[0].needs_innovation wanted_boolean"},
		{"permen6-2022", `"kind"`, `"colour": "red", "kind"`, "colour unknown_field"},
		{"permen6-2022", `"kind"`, `"Name": "x", "kind"`, "Name unknown_field"},
		{"permen6-2022", `"kind"`, `"version": 2, "kind"`, "version repeated_field"},
		{"permen6-2022", `"kind"`, `"scoring": {}, "kind"`, "scoring other_kind"},

		{"permen6-2022", `"meets": "baik", "above": "sangat_baik"`, `"meets": "baik"`, "matrix.above.above required"},
		{"permen6-2022", `"above": {"below": "kurang", "meets": "baik", `, `"above": {`,
			"matrix.above.below required\nmatrix.above.meets required"},
		{"permen6-2022", `"above": "sangat_baik"`, `"above": "luar_biasa"`,
			"matrix.above.above unknown_word\nmatrix.above.above matrix_falls"},
		{"permen6-2022", `"above": "sangat_baik"`, `"above": "kurang"`, "matrix.above.above matrix_falls"},
		{"permen6-2022", `"below": {"below": "sangat_kurang"`, `"below": {"below": "baik"`,
			"matrix.below.meets matrix_falls\nmatrix.meets.below matrix_falls"},
		{"permen6-2022", `"above": {"below"`, `"above": {"below": "kurang", "below"`, "matrix.above.below repeated_field"},
		{"permen6-2022", `"above": {"below"`, `"above": {"splendid": "baik", "below"`, "matrix.above.splendid unknown_word"},

		{"permen6-2022", `"rule": "largest"`, `"rule": "prettiest"`, "distribution.by_organisation.istimewa[0].rule unknown_word"},
		{"permen6-2022", `"of": ["sangat_baik"]}`, `"of": []}`, "distribution.by_organisation.istimewa[0].of required"},
		{"permen6-2022", `"of": ["sangat_baik"]}`, `"of": ["sangat_baik", "baik"]}`,
			"distribution.by_organisation.istimewa[0].of guideline_one"},
		{"permen6-2022", `"of": ["sangat_baik"]}`, `"of": ["cukup"]}`, "distribution.by_organisation.istimewa[0].of[0] unknown_word"},
		{"permen6-2022", `"of": ["sangat_baik"]}`, `"of": ["sangat_baik"], "people": 3}`,
			"distribution.by_organisation.istimewa[0] guideline_no_limit"},
		{"permen6-2022", `"percent": "70"`, `"percent": "70.00001"`,
			"distribution.by_organisation.istimewa[1].percent not_percent"},
		{"permen6-2022", `"percent": "70"`, `"percent": "101"`, "distribution.by_organisation.istimewa[1].percent not_percent"},
		{"permen6-2022", `"percent": "70"`, `"percent": 70`, "distribution.by_organisation.istimewa[1].percent wanted_decimal"},
		{"permen6-2022", `"percent": "70"`, `"percent": "70", "people": 7`,
			"distribution.by_organisation.istimewa[1] guideline_limit"},
		{"permen6-2022", `, "percent": "70"`, ``, "distribution.by_organisation.istimewa[1] guideline_limit"},
		{"permen6-2022", `"istimewa": [`, `"gemilang": [`,
			"distribution.by_organisation.gemilang unknown_word\ndistribution.by_organisation.istimewa required"},
		{"permen6-2022", `{"rule": "at_most", "of": ["sangat_baik"], "percent": "10"}`,
			`{"rule": "at_most", "of": ["butuh_perbaikan"], "percent": "10"}`,
			"distribution.by_organisation.butuh_perbaikan[1] guideline_contradicts"},
		{"permen6-2022", `"of": ["butuh_perbaikan"], "percent": "10"`, `"of": ["butuh_perbaikan"], "percent": "41"`,
			"distribution.by_organisation.kurang guideline_floors"},
		{"permen6-2022", `"source": "SE MenPANRB 3/2023",`, ``, "distribution.source required"},

		{"permen6-2022", `"minimum_answers": 3`, `"minimum_answers": 1`, "peers.minimum_answers out_of_range"},
		{"permen6-2022", `"asked": 5`, `"asked": 2`, "peers.asked asked_too_few"},
		{"permen6-2022", `"scale_highest": 4`, `"scale_highest": 1`, "peers.scale_highest out_of_range"},
		{"permen6-2022", `"peer": "50"`, `"peer": "49.5"`, "peers.weights weights_sum"},
		{"permen6-2022", `"peer": "50"`, `"friend": "50"`, "peers.weights.friend unknown_word"},
		{"permen6-2022", `"window_days": 14`, `"window_days": 0`, "objection.window_days out_of_range"},
		{"permen6-2022", `"window_count": "calendar"`, `"window_count": "lunar"`, "objection.window_count unknown_word"},
		{"permen6-2022", `"cohort_minimum": 5`, `"cohort_minimum": 0`, "cohort_minimum out_of_range"},
		{"permen6-2022", `"quorum_percent": 50`, `"quorum_percent": 101`, "calibration.quorum_percent out_of_range"},
		{"permen6-2022", `"quorum_least": 2`, `"quorum_least": 0`, "calibration.quorum_least out_of_range"},
		{"permen6-2022", `"small_group": 5`, `"small_group": 1`, "calibration.small_group out_of_range"},
		{"permen6-2022", `"formal": 10`, `"formal": 11`, "learning.mix weights_sum"},
		{"permen6-2022", `"pns_planned": 80`, `"pns_planned": 10`, "learning.pns_planned planned_below_minimum"},
		{"permen6-2022", `"cohort_minimum"`, `"allowance": {"cukup": "90"}, "cohort_minimum"`, "allowance.cukup unknown_word"},
		{"permen6-2022", `"cohort_minimum"`, `"allowance": {"kurang": "ninety"}, "cohort_minimum"`, "allowance.kurang not_decimal"},

		{"pp30-2019", `"scoring": {`, `"matrix": {}, "scoring": {`, "matrix other_kind"},
		{"pp30-2019", `"work_result": "70"`, `"work_result": "71"`, "scoring.weights weights_sum"},
		{"pp30-2019", `"work_result": "70", "behaviour": "30"`, `"work_result": "100", "behaviour": "0"`, "scoring.weights weight_zero"},
		{"pp30-2019", `"work_result": "60"`, `"work_result": "-60"`, "scoring.weights_with_peers.work_result not_percent"},
		{"pp30-2019", `"highest": "120"`, `"highest": "0"`, "scoring.highest not_above\nscoring.bands[0].from band_unreachable"},
		{"pp30-2019", `"places": 2`, `"places": 7`, "scoring.rounding.places out_of_range"},
		{"pp30-2019", `half_away_from_zero`, `down`, "scoring.rounding.mode unknown_word"},
		{"pp30-2019", `"part_period": "quantity"`, `"part_period": "half"`, "periods.part_period unknown_word"},
		{"pp30-2019", `"roll_up": "mean_by_months"`, `"roll_up": "median"`, "periods.roll_up unknown_word"},
		{"permen6-2022", `"roll_up": "evidence"`, `"roll_up": "mean_by_months"`, "periods.roll_up period.fault.mean_of_words"},
		{"permen6-2022", `"counts": "least_days"`, `"counts": "weeks"`, "periods.month.counts unknown_word"},
		{"permen6-2022", `"counts": "least_days"`, `"counts": "half"`, "periods.month.least_days period.fault.days_unused"},
		{"permen6-2022", `"least_days": 15`, `"least_days": 32`, "periods.month.least_days out_of_range"},
		{"pp30-2019", `"from": "90"`, `"from": "70"`, "scoring.bands[2].from band_order"},
		{"pp30-2019", `"from": "90"`, `"from": ""`, "scoring.bands[1].from required"},
		{"pp30-2019", `"from": "0"`, `"from": "1"`, "scoring.bands[4].from band_gap"},
		{"pp30-2019", `"from": "110"`, `"from": "120.01"`, "scoring.bands[0].from band_unreachable"},
		{"pp30-2019", `"otherwise": "baik"`, `"otherwise": "sangat_baik"`, "scoring.bands[0].otherwise band_otherwise"},
		{"pp30-2019", `"needs_innovation": true, `, ``, "scoring.bands[0].otherwise band_otherwise_unused"},
		{"pp30-2019", `{"predikat": "kurang", "from": "50"}`, `{"predikat": "baik", "from": "50"}`,
			"scoring.bands[3].predikat band_rank"},
		{"pp30-2019", `{"predikat": "cukup", "from": "70"}`, `{"predikat": "baik", "from": "70"}`,
			"scoring.bands[2].predikat band_rank"},
	} {
		t.Run(c.want, func(t *testing.T) {
			_, err := appraisal.ParsePolicy(policyFile(t, c.file, c.old, c.replacement))
			if got := faultsOf(t, err); got != c.want {
				t.Errorf("%s → %s:\ngot\n%s\nwant\n%s", c.old, c.replacement, got, c.want)
			}
		})
	}
}

func TestAPolicyMayStandOnItsBounds(t *testing.T) {
	for _, c := range []struct{ file, old, replacement string }{
		{"permen6-2022", `"pns_planned": 80`, `"pns_planned": 20`},
		{"permen6-2022", `"pns_planned": 80`, `"pns_planned": 0`},
		{"permen6-2022", `"minimum_answers": 3`, `"minimum_answers": 5`},
		{"permen6-2022", `"percent": "70"`, `"percent": "100"`},
		{"permen6-2022", `"percent": "70"`, `"percent": "66.6667"`},
		{"permen6-2022", `"of": ["butuh_perbaikan"], "percent": "10"`, `"of": ["butuh_perbaikan"], "percent": "40"`},
		{"permen6-2022", `{"rule": "at_most", "of": ["sangat_baik"], "percent": "10"}`,
			`{"rule": "at_most", "of": ["butuh_perbaikan"], "percent": "60"}`},
		{"pp30-2019", `"from": "110"`, `"from": "120"`},
		{"pp30-2019", `"from": "90"`, `"from": "70.01"`},
		{"pp30-2019", `"places": 2`, `"places": 0`},
		{"pp30-2019", `"places": 2`, `"places": 6`},
	} {
		if _, err := appraisal.ParsePolicy(policyFile(t, c.file, c.old, c.replacement)); err != nil {
			t.Errorf("%s is refused: %v", c.replacement, err)
		}
	}
}

func TestAnOfficeMayDecideOtherwise(t *testing.T) {
	policy, err := appraisal.ParsePolicy(policyFile(t, "pp30-2019", `{"work_result": "70", "behaviour": "30"}`,
		`{"work_result": "55.5", "behaviour": "44.5"}`))
	if err != nil {
		t.Fatal(err)
	}
	score, err := policy.Score(appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("1", "1"))}, Behaviour: "80"})
	if err != nil || score.Value != "91.10" { // 100 × 55.5 % + 80 × 44.5 % = 55.5 + 35.6
		t.Errorf("got %s %v, want 91.10", score.Value, err)
	}
	policy, err = appraisal.ParsePolicy(policyFile(t, "permen6-2022", `"cohort_minimum": 5`,
		`"allowance": {"butuh_perbaikan": "90", "kurang": "85", "sangat_kurang": "80"}, "cohort_minimum": 8`))
	if err != nil || policy.CohortMinimum != 8 || policy.Allowance["kurang"] != "85" {
		t.Errorf("got %+v %v", policy, err)
	}
}
