package appraisal_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

var today = day(2027, 1, 15)

func gap(code appraisal.CompetencyCode, required, level int) appraisal.Gap {
	return appraisal.Gaps(map[appraisal.CompetencyCode]int{code: required},
		map[appraisal.CompetencyCode]appraisal.Assessed{code: {Appraiser: level}})[0]
}

// training is an offer of one day in a month of 2027, by coaching, with seats.
func training(code appraisal.TrainingCode, competency appraisal.CompetencyCode, level, hours, month int) appraisal.Training {
	on := day(2027, today.Month(), 20).AddDate(0, month-1, 0)
	return appraisal.Training{
		Code: code, Competency: competency, Level: level, Hours: hours, Seats: 5, Starts: on, Ends: on,
		Form: appraisal.FormCoaching, Channel: appraisal.ChannelNonClassroom,
	}
}

func rules(t testing.TB) appraisal.RecommendRules {
	return appraisal.RecommendRules{Learning: policyNamed(t, "permen6-2022").Learning, Now: today}
}

func picked(r appraisal.Recommendation) string {
	var codes []string
	for _, p := range r.Picks {
		codes = append(codes, fmt.Sprintf("%s:%d→%d", p.Training.Code, p.From, p.Training.Level))
	}
	return strings.Join(codes, " ")
}

func TestTrainingsCloseGapsLevelByLevelTheLargestFirst(t *testing.T) {
	r := appraisal.Recommend(
		[]appraisal.Gap{gap("K01", 2, 1), gap("K02", 4, 2)}, // equal after the first pick: the larger at the start goes on
		[]appraisal.Training{
			training("one", "K01", 2, 4, 2), training("two", "K02", 3, 10, 3), training("three", "K02", 4, 10, 4),
			training("too-low", "K02", 2, 10, 2), training("other", "K09", 3, 10, 2),
		},
		appraisal.EmployeePNS, rules(t))
	if got, want := picked(r), "two:2→3 three:3→4 one:1→2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if r.Hours != 24 || r.Goal.Key != "policy.training.goal_reached" || len(r.Unmet) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestATrainingIsLeftOutWhenItCannotBeTaken(t *testing.T) {
	offer := training("x", "K01", 2, 30, 2)
	for _, c := range []struct {
		name   string
		change func(*appraisal.Training, *appraisal.RecommendRules)
		kind   appraisal.EmployeeKind
		reason string
	}{
		{"it can", func(*appraisal.Training, *appraisal.RecommendRules) {}, appraisal.EmployeePNS, ""},
		{"no seat is left", func(o *appraisal.Training, _ *appraisal.RecommendRules) { o.Seats = 0 }, appraisal.EmployeePNS, "none_offered"},
		{"it begins today", func(o *appraisal.Training, _ *appraisal.RecommendRules) { o.Starts = today }, appraisal.EmployeePNS, "none_offered"},
		{"it has been taken", func(_ *appraisal.Training, r *appraisal.RecommendRules) {
			r.Taken = []appraisal.TrainingCode{"x"}
		}, appraisal.EmployeePNS, "none_offered"},
		{"a PPPK would pass 24 hours", func(*appraisal.Training, *appraisal.RecommendRules) {}, appraisal.EmployeePPPK, "no_hours_left"},
		{"a PPPK reaches 24 hours and no more", func(o *appraisal.Training, r *appraisal.RecommendRules) {
			o.Hours, r.HoursSoFar = 14, 10
		}, appraisal.EmployeePPPK, ""},
		{"a PNS would pass the hours that a plan fills", func(_ *appraisal.Training, r *appraisal.RecommendRules) {
			r.HoursSoFar = 51
		}, appraisal.EmployeePNS, "no_hours_left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, r := offer, rules(t)
			c.change(&o, &r)
			got := appraisal.Recommend([]appraisal.Gap{gap("K01", 2, 1)}, []appraisal.Training{o}, c.kind, r)
			if c.reason == "" {
				if picked(got) != "x:1→2" || len(got.Unmet) != 0 {
					t.Errorf("got %+v", got)
				}
				return
			}
			if len(got.Picks) != 0 || len(got.Unmet) != 1 || got.Unmet[0].Reason.Key != "policy.training."+c.reason {
				t.Errorf("got %+v, want %s", got, c.reason)
			}
		})
	}
}

func TestATrainingFollowsTheOneForTheLevelBelow(t *testing.T) {
	r := appraisal.Recommend([]appraisal.Gap{gap("K01", 3, 1)}, []appraisal.Training{
		training("second-too-early", "K01", 3, 4, 2), training("first", "K01", 2, 4, 5), training("second", "K01", 3, 4, 6),
	}, appraisal.EmployeePNS, rules(t))
	if got, want := picked(r), "first:1→2 second:2→3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNobodyIsInTwoClassroomsOnOneDay(t *testing.T) {
	classroom := func(o appraisal.Training) appraisal.Training {
		o.Channel, o.Form = appraisal.ChannelClassroom, appraisal.FormCourse
		o.Ends = o.Starts.AddDate(0, 0, 4)
		return o
	}
	clashing := classroom(training("b", "K02", 2, 4, 3))
	clashing.Starts = clashing.Starts.AddDate(0, 0, 4)
	gaps := []appraisal.Gap{gap("K01", 2, 1), gap("K02", 2, 1)}
	first, later := classroom(training("a", "K01", 2, 4, 3)), classroom(training("c", "K02", 2, 4, 5))
	r := appraisal.Recommend(gaps, []appraisal.Training{first, clashing, later}, appraisal.EmployeePNS, rules(t))
	if got, want := picked(r), "a:1→2 c:1→2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	clashing.Channel = appraisal.ChannelNonClassroom // fits around a classroom
	r = appraisal.Recommend(gaps, []appraisal.Training{first, clashing, later}, appraisal.EmployeePNS, rules(t))
	if got, want := picked(r), "a:1→2 b:1→2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestThePlanMixesExperienceAndOthersAndFormalLearning(t *testing.T) {
	var gaps []appraisal.Gap
	var catalogue []appraisal.Training
	for i := range 10 {
		code := appraisal.CompetencyCode(fmt.Sprintf("K%02d", i))
		gaps = append(gaps, gap(code, 2, 1))
		for _, form := range []appraisal.TrainingForm{appraisal.FormELearning, appraisal.FormMentoring, appraisal.FormJobShadowing} {
			o := training(appraisal.TrainingCode(fmt.Sprintf("%s-%s", code, form)), code, 2, 4, 2)
			o.Form = form
			catalogue = append(catalogue, o)
		}
	}
	hours := map[appraisal.LearningKind]int{}
	for _, p := range appraisal.Recommend(gaps, catalogue, appraisal.EmployeePNS, rules(t)).Picks {
		hours[p.Kind] += p.Training.Hours
	}
	if hours[appraisal.LearnExperience] != 28 || hours[appraisal.LearnSocial] != 8 || hours[appraisal.LearnFormal] != 4 {
		t.Errorf("of 40 hours 70:20:10 are 28, 8 and 4; got %v", hours)
	}
}

func TestAPNSWithoutGapsStillReachesTheMinimumOfHours(t *testing.T) {
	catalogue := []appraisal.Training{training("beyond", "K01", 3, 16, 2), training("further", "K02", 4, 10, 3), training("not-needed", "K03", 4, 10, 4)}
	gaps := []appraisal.Gap{gap("K01", 2, 2), gap("K02", 3, 3), gap("K03", 3, 3)}
	r := appraisal.Recommend(gaps, catalogue, appraisal.EmployeePNS, rules(t))
	if got, want := picked(r), "beyond:2→3 further:3→4"; got != want || r.Goal.Key != "policy.training.goal_reached" {
		t.Errorf("got %s %s, want %s", got, r.Goal.Key, want)
	}
	if r := appraisal.Recommend(gaps, catalogue, appraisal.EmployeePPPK, rules(t)); len(r.Picks) != 0 {
		t.Errorf("a PPPK has a maximum and no minimum: %s", picked(r))
	}
	if r := appraisal.Recommend(gaps, nil, appraisal.EmployeePNS, rules(t)); r.Goal.Key != "policy.training.goal_short" {
		t.Errorf("nothing is offered and the hours are said to suffice: %+v", r.Goal)
	}
}

func TestARecommendationWithoutBoundsSaysOnlyItsHours(t *testing.T) {
	unbounded := appraisal.RecommendRules{Now: today}
	for _, kind := range []appraisal.EmployeeKind{appraisal.EmployeePNS, appraisal.EmployeePPPK} {
		r := appraisal.Recommend([]appraisal.Gap{gap("K01", 2, 1)}, []appraisal.Training{training("x", "K01", 2, 300, 2)}, kind, unbounded)
		if picked(r) != "x:1→2" || r.Goal.Key != "policy.training.goal_none" {
			t.Errorf("%s: got %+v", kind, r)
		}
	}
}

func TestWhatNobodyAssessedIsNotTrainedButSaid(t *testing.T) {
	missing := appraisal.Gaps(map[appraisal.CompetencyCode]int{"K01": 4}, nil)
	r := appraisal.Recommend(missing, []appraisal.Training{training("x", "K01", 1, 4, 2)}, appraisal.EmployeePNS, rules(t))
	if len(r.Picks) != 0 || !slices.Equal(r.Unassessed, []appraisal.CompetencyCode{"K01"}) {
		t.Errorf("got %+v", r)
	}
}

func TestTheOrderOfGapsAndOffersDoesNotMatterAndLimitsHold(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 20))
		gaps, catalogue := randomNeeds(r)
		for _, kind := range []appraisal.EmployeeKind{appraisal.EmployeePNS, appraisal.EmployeePPPK} {
			first := appraisal.Recommend(gaps, catalogue, kind, rules(t))
			r.Shuffle(len(gaps), func(i, j int) { gaps[i], gaps[j] = gaps[j], gaps[i] })
			r.Shuffle(len(catalogue), func(i, j int) { catalogue[i], catalogue[j] = catalogue[j], catalogue[i] })
			if again := appraisal.Recommend(gaps, catalogue, kind, rules(t)); !reflect.DeepEqual(first, again) {
				t.Fatalf("seed %d: %s became %s", seed, picked(first), picked(again))
			}
			if kind == appraisal.EmployeePPPK && first.Hours > 24 || first.Hours > 80 {
				t.Fatalf("seed %d: %d hours for a %s", seed, first.Hours, kind)
			}
			codes := map[appraisal.TrainingCode]bool{}
			for _, p := range first.Picks {
				if codes[p.Training.Code] || p.Training.Seats == 0 || !p.Training.Starts.After(today) || p.Training.Level != p.From+1 {
					t.Fatalf("seed %d: %+v cannot be taken", seed, p)
				}
				codes[p.Training.Code] = true
			}
		}
	}
}

func randomNeeds(r *rand.Rand) ([]appraisal.Gap, []appraisal.Training) {
	var gaps []appraisal.Gap
	var catalogue []appraisal.Training
	for i := range 8 {
		code := appraisal.CompetencyCode(fmt.Sprintf("K%02d", i))
		gaps = append(gaps, gap(code, 1+r.IntN(5), 1+r.IntN(5)))
		for level := 1; level <= 5; level++ {
			for n := range r.IntN(3) {
				o := training(appraisal.TrainingCode(fmt.Sprintf("%s-%d-%d", code, level, n)), code, level, 4+r.IntN(20), r.IntN(12))
				o.Seats = r.IntN(3)
				o.Form = appraisal.TrainingForms()[r.IntN(10)]
				catalogue = append(catalogue, o)
			}
		}
	}
	return gaps, catalogue
}
