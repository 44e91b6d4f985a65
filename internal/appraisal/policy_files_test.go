package appraisal_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/marelan/telaah/internal/appraisal"
)

func files(contents map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range contents {
		fsys[name] = &fstest.MapFile{Data: content}
	}
	return fsys
}

func TestBothEmbeddedPoliciesAreThere(t *testing.T) {
	if got, want := appraisal.Embedded().Refs(), []string{"permen6-2022@1", "pp30-2019@1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestANameMeansTheNewestVersionAndAReferenceItsOwn(t *testing.T) {
	policies, err := appraisal.LoadPolicies(files(map[string][]byte{
		"ten.json":  policyFile(t, "permen6-2022", `"version": 1`, `"version": 10`),
		"nine.json": policyFile(t, "permen6-2022", `"version": 1`, `"version": 9`),
		"notes.txt": []byte("no policy"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"permen6-2022": 10, "permen6-2022@9": 9, "permen6-2022@10": 10} {
		if p, err := policies.Get(name); err != nil || p.Version != want {
			t.Errorf("%s: got %+v %v, want version %d", name, p, err, want)
		}
	}
	for _, name := range []string{"permen6-2022@1", "permen6-2022@", "permen6-2022@09", "permen7-2022", ""} {
		if p, err := policies.Get(name); appraisal.CodeOf(err) != appraisal.CodeNotFound {
			t.Errorf("%q: got %+v %v, want not found", name, p, err)
		}
	}
}

func TestEveryFaultOfEveryFileIsReportedWithTheFile(t *testing.T) {
	_, err := appraisal.LoadPolicies(files(map[string][]byte{
		"a.json": policyFile(t, "permen6-2022", `"cohort_minimum": 5`, `"cohort_minimum": 0`),
		"b.json": []byte("{\n  \"name\": }"),
		"c.json": policyFile(t, "pp30-2019", `"from": "0"`, `"from": "1"`),
		"d.json": {},
		"e.json": []byte("{\"name\": \"\xff\"}"),
	}))
	want := strings.Join([]string{
		"a.json: cohort_minimum out_of_range",
		"b.json: line 2, column 11 not_json",
		"c.json: scoring.bands[4].from band_gap",
		"d.json: line 1, column 0 not_json",
		"e.json not_utf8",
	}, "\n")
	if got := faultsOf(t, err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAPolicyThatExistsIsNotReplaced(t *testing.T) {
	ours := func(version string) appraisal.Policies {
		p, err := appraisal.LoadPolicies(files(map[string][]byte{
			"ours.json": policyFile(t, "permen6-2022", `"version": 1`, version),
		}))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if _, err := appraisal.Embedded().With(ours(`"version": 1`)); faultsOf(t, err) != "ours.json: version policy_twice" {
		t.Errorf("a second permen6-2022@1 was taken: %v", err)
	}
	both, err := appraisal.Embedded().With(ours(`"version": 2`))
	if err != nil || !slices.Equal(both.Refs(), []string{"permen6-2022@1", "permen6-2022@2", "pp30-2019@1"}) {
		t.Errorf("got %v %v", both.Refs(), err)
	}
	same, err := appraisal.LoadPolicies(files(map[string][]byte{
		"one.json":   policyFile(t, "permen6-2022", `"version": 1`, `"version": 1`),
		"three.json": policyFile(t, "permen6-2022", `"version": 1`, `"version": 1`),
		"two.json":   policyFile(t, "permen6-2022", `"version": 1`, `"version": 1`),
	}))
	if faultsOf(t, err) != "three.json: version policy_twice\ntwo.json: version policy_twice" {
		t.Errorf("one version was loaded twice: %v %v", same.Refs(), err)
	}
}

func TestAPinnedPolicyIsTheSameAfterStorage(t *testing.T) {
	for _, policy := range appraisal.Embedded().All() {
		stored, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		again, err := appraisal.ParsePolicy(stored)
		if err != nil || !reflect.DeepEqual(policy, again) {
			t.Errorf("%s came back as %+v %v", policy.Ref(), again, err)
		}
	}
}

func TestAnUnknownFieldIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := appraisal.ParsePolicy(policyFile(t, "pp30-2019", `"places": 2`, `"digits": 2`))
	var invalid *appraisal.Error
	if !errors.As(err, &invalid) || invalid.Fields[0].Args["known"] != "places, mode" {
		t.Errorf("places and mode are known: %v", err)
	}
}

func TestADocumentIsBoundedInSizeAndDepth(t *testing.T) {
	deep := `{"distribution": {"always": ` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "}}"
	for document, want := range map[string]string{
		`{"name": "` + strings.Repeat("x", 1<<20) + `"}`: " document_too_large",
		`[]`:   " wanted_object",
		`null`: "name name",
		deep:   "distribution.always[0] wanted_object",
	} {
		_, err := appraisal.ParsePolicy([]byte(document))
		if got := faultsOf(t, err); !strings.HasPrefix(got, want) {
			t.Errorf("%.40s: got %s, want %s", document, got, want)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, name := range []string{"permen6-2022", "pp30-2019"} {
		raw, err := os.ReadFile("policies/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"kind":"numeric","scoring":{"bands":[{"from":"1e12"}]},"distribution":{"always":[{"rule":"at_most","of":["baik"]}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		policy, err := appraisal.ParsePolicy(raw)
		if err != nil {
			if faultsOf(t, err) == "" {
				t.Fatal("refused without a fault")
			}
			return
		}
		// What was taken can be used: every rating leads somewhere, every score falls into a band, every cohort can be checked.
		for _, outcome := range policy.Outcomes() {
			policy.CheckDistribution(appraisal.OrganisationBaik, map[appraisal.Predikat]int{outcome: 7})
		}
		for _, workResult := range appraisal.Expectations() {
			predikat, _, err := policy.Rate(workResult, appraisal.ExpectationMeets)
			if policy.Kind == appraisal.PolicyMatrix && (err != nil || !predikat.Valid()) {
				t.Fatalf("no predikat: %q %v", predikat, err)
			}
		}
		if policy.Kind == appraisal.PolicyNumeric {
			score, err := policy.Score(appraisal.ScoreInput{Behaviour: policy.Scoring.Highest})
			if err != nil || !score.Predikat.Valid() {
				t.Fatalf("no score: %+v %v", score, err)
			}
		}
	})
}

func TestAStoredPolicyIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, p := range appraisal.Embedded().All() {
		stored, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		read, err := appraisal.ParsePolicy(stored)
		if err != nil {
			t.Fatalf("%s: %v", p.Ref(), err)
		}
		if !reflect.DeepEqual(p, read) {
			t.Errorf("%s reads back as %+v", p.Ref(), read)
		}
	}
}
