package service

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestATrainingThatOneTookCountsAsVerifiedWhenTheSuperiorSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := NewTraining{Title: "Seminar pelayanan", Hours: 6, Finished: "2026-01-10", Evidence: "https://data.pemda.test/sertifikat"}
	first, err := b.RecordTraining(t.Context(), b.as("ani"), Call{Key: "1"}, in)
	must(t, err)
	again, err := b.RecordTraining(t.Context(), b.as("ani"), Call{Key: "1"}, in)
	if err != nil || again.ID != first.ID {
		t.Errorf("the same request again: %+v, %v", again, err)
	}
	for field, wrong := range map[string]NewTraining{
		"title":    {Hours: 6, Finished: "2026-01-10", Evidence: in.Evidence},
		"hours":    {Title: "x", Finished: "2026-01-10", Evidence: in.Evidence},
		"finished": {Title: "x", Hours: 6, Finished: "2026-01-13", Evidence: in.Evidence}, // tomorrow
		"evidence": {Title: "x", Hours: 6, Finished: "2026-01-10", Evidence: "sertifikat.pdf"},
		"training": {Training: "T-PEL", Hours: 6, Finished: "2026-01-10", Evidence: in.Evidence}, // in nobody's plan
	} {
		_, err := b.RecordTraining(t.Context(), b.as("ani"), Call{}, wrong)
		var fault *appraisal.Error
		if !errors.As(err, &fault) || len(fault.Fields) != 1 || fault.Fields[0].Field != field {
			t.Errorf("%+v: %v, want a fault of %s", wrong, err, field)
		}
	}
	_, err = b.RecordTraining(t.Context(), b.as("ani"), Call{}, NewTraining{Title: "x", Hours: 6, Finished: "2026-01-10",
		Evidence: in.Evidence + "/" + strings.Repeat("a", appraisal.MaxLine-len(in.Evidence))})
	wantField(t, err, "evidence") // one sign more than a link may have
	_, err = b.RecordTraining(t.Context(), b.as("ani"), Call{}, NewTraining{Title: " SEMINAR pelayanan", Hours: 6, Finished: "2026-01-10", Evidence: in.Evidence})
	wantField(t, err, "title") // hours do not grow by writing them down again
	for who, code := range map[string]appraisal.Code{
		"ani": appraisal.CodeForbidden, "budi": appraisal.CodeNotFound, "kadis": appraisal.CodeNotFound, "komite": appraisal.CodeNotFound,
	} {
		_, err := b.VerifyTraining(t.Context(), b.as(who), Call{}, first.ID, TrainingVerdict{Verify: true})
		wantCode(t, err, code)
	}
	_, err = b.VerifyTraining(t.Context(), b.as("kabid"), Call{}, first.ID, TrainingVerdict{})
	wantCode(t, err, appraisal.CodeInvalid) // a refusal says why
	_, err = b.VerifyTraining(t.Context(), b.as("kabid"), Call{}, first.ID, TrainingVerdict{Verify: true})
	must(t, err)
	_, err = b.VerifyTraining(t.Context(), b.as("hana"), Call{}, first.ID, TrainingVerdict{Comment: "Bukan"})
	wantCode(t, err, appraisal.CodeWrongStage)
	h, err := b.MyHistory(t.Context(), b.as("ani"))
	must(t, err)
	if l := h.Learning; l.Year != 2026 || l.Taken != 6 || l.Verified != 6 || l.Minimum != 20 || len(l.Records) != 1 || l.Records[0].DecidedBy != "Kabid Joko" {
		t.Errorf("the learning hours are %+v", l)
	}
}

func TestTheRecommendationKnowsWhatWasPlannedAndTakenThisYear(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.clock.advance(365 * 24 * time.Hour) // the trainings of the catalogue begin in March and April 2027
	b.reach(t, "ani", appraisal.StageDevelopment)
	if n := len(b.read(t, "kabid", "ani").Development.Items); n == 0 {
		t.Fatal("nothing was recommended")
	}
	_, err := b.ApproveDevelopment(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepApproveDevelopment), DevelopmentDecision{Trainings: []string{"T-PEL"}})
	must(t, err)
	h, err := b.History(t.Context(), b.as("kabid"), b.as("ani").ID)
	must(t, err)
	if l := h.Learning; l.Year != 2027 || l.Planned != 24 || len(l.Plans) != 1 || l.Plans[0].Taken || h.Mine || !h.Verify {
		t.Errorf("after the approval the year is %+v", l)
	}
	b.clock.advance(100 * 24 * time.Hour)
	_, err = b.RecordTraining(t.Context(), b.as("ani"), Call{}, NewTraining{Training: "T-PEL", Hours: 24, Finished: "2027-03-03", Evidence: "https://data.pemda.test/a"})
	must(t, err)
	_, err = b.RecordTraining(t.Context(), b.as("ani"), Call{}, NewTraining{Training: "T-PEL", Hours: 24, Finished: "2027-03-03", Evidence: "https://data.pemda.test/b"})
	wantCode(t, err, appraisal.CodeInvalid)

	query[string](t, b, `insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends)
		values ('T-PEL2', 'Pelayanan prima lanjutan', 'PEL', 2, 'classroom', 'course', 70, 20, 0, '2027-08-01', '2027-08-03') returning code`)
	b.launchPeriod(t, "2027", "permen6-2022", "2027-01-01", "2027-12-31")
	b.reach(t, "ani", appraisal.StageDevelopment)
	// 24 hours stand already and 80 may be planned, so that 70 more are too many
	for _, item := range b.read(t, "kabid", "ani").Development.Items {
		if item.Training == "T-PEL2" || item.Training == "T-PEL" {
			t.Errorf("beyond the year's hours it recommends %s", item.Training)
		}
	}
}

func TestAHistoryTellsOnlyWhatIsReleasedAndOnlyToThoseItConcerns(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.launchPeriod(t, "TW1", "permen6-2022", "2026-01-01", "2026-03-31")
	b.rateAs(t, "ani", appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	b.accept(t, "ani")
	b.launchPeriod(t, "TW2", "permen6-2022", "2026-04-01", "2026-06-30")
	b.reach(t, "ani", appraisal.StageAppraiserReview)
	b.review(t, "ani", appraisal.ExpectationBelow, appraisal.ExpectationMeets)
	for _, who := range []string{"ani", "kabid", "hana"} {
		h, err := b.History(t.Context(), b.as(who), b.as("ani").ID)
		must(t, err)
		if len(h.Years) != 1 || h.Years[0].Year != 2026 || len(h.Years[0].Periods) != 2 {
			t.Fatalf("to %s the years are %+v", who, h.Years)
		}
		second, first := h.Years[0].Periods[0], h.Years[0].Periods[1]
		if first.Predikat != appraisal.PredikatBaik || !first.Final || first.Served != 3 || first.Kind != appraisal.PeriodQuarterly || second.Predikat != "" {
			t.Errorf("to %s the quarters are %+v and %+v", who, first, second)
		}
	}
	for _, who := range []string{"budi", "komite", "pimpinan", "kadis"} {
		_, err := b.History(t.Context(), b.as(who), b.as("ani").ID)
		wantCode(t, err, appraisal.CodeNotFound)
	}
}

func TestTheHistorySaysWhatTwoYearsInARowMeanAndNothingOfAQuarterOrOfAResultThatIsNotFinal(t *testing.T) {
	t.Parallel()
	const above, meets = appraisal.ExpectationAbove, appraisal.ExpectationMeets
	b := setupUnlaunched(t)
	b.launchPeriod(t, "2026", "permen6-2022", "2026-01-01", "2026-12-31")
	b.rateAs(t, "ani", above, above)
	b.accept(t, "ani")
	b.launchPeriod(t, "TW1-2027", "permen6-2022", "2027-01-01", "2027-03-31")
	b.rateAs(t, "ani", meets, meets)
	b.accept(t, "ani")
	b.launchPeriod(t, "2027", "permen6-2022", "2027-01-01", "2027-12-31")
	b.rateAs(t, "ani", above, above) // hers to accept or object to
	keys := func() map[int][]string {
		h, err := b.MyHistory(t.Context(), b.as("ani"))
		must(t, err)
		said := map[int][]string{}
		for _, y := range h.Years {
			for _, s := range y.Meaning {
				said[y.Year] = append(said[y.Year], s.Key)
			}
		}
		return said
	}
	want := map[int][]string{2026: {"policy.means.talent_pool_begun"}}
	if got := keys(); !reflect.DeepEqual(got, want) {
		t.Errorf("before the second year is final: %v, want %v", got, want)
	}
	b.accept(t, "ani")
	want[2027] = []string{"policy.means.talent_pool"}
	if got := keys(); !reflect.DeepEqual(got, want) {
		t.Errorf("after two years: %v, want %v", got, want)
	}
}
