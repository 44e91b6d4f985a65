package appraisal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func days(n int) appraisal.Window    { return appraisal.Window{WorkingDays: n} }
func seconds(n int) appraisal.Window { return appraisal.Window{Seconds: n} }

func TestTheTemplatesThatComeWithTheProductAreSound(t *testing.T) {
	list, err := appraisal.Templates()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, template := range list {
		names = append(names, template.Name)
		for _, rule := range template.Steps {
			if template.Runs(rule.Step.Stage()) && rule.Missed == appraisal.MissedWait && len(rule.Escalation) == 0 {
				t.Errorf("%s: %s waits for ever without anybody else being told", template.Name, rule.Step)
			}
		}
	}
	for _, want := range []string{"tahunan", "triwulan", "peragaan"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no template %s among %v", want, names)
		}
	}
}

func TestADeadlineFollowsFromTheWindow(t *testing.T) {
	end := on("2026-12-31")
	for name, c := range map[string]struct {
		window       appraisal.Window
		opened, want string
	}{
		"working days":                           {days(5), "2026-01-12 09:00:00", "2026-01-19 23:59:59"},
		"working days over the end of the year":  {days(3), "2026-12-30 09:00:00", "2027-01-05 23:59:59"},
		"seconds, day or night":                  {seconds(90), "2026-01-17 23:59:00", "2026-01-18 00:00:30"},
		"the end of the period":                  {appraisal.Window{PeriodEnd: true}, "2026-01-12 09:00:00", "2026-12-31 23:59:59"},
		"the end of the period on its last day":  {appraisal.Window{PeriodEnd: true}, "2026-12-31 23:00:00", "2026-12-31 23:59:59"},
		"a period that is over leaves a day yet": {appraisal.Window{PeriodEnd: true}, "2027-01-05 09:00:00", "2027-01-06 23:59:59"},
		"no window at all leaves a day":          {appraisal.Window{}, "2026-01-12 09:00:00", "2026-01-13 23:59:59"},
	} {
		t.Run(name, func(t *testing.T) {
			got := appraisal.StepRule{Window: c.window}.Deadline(wib(c.opened), end, office())
			if !got.Equal(wib(c.want)) {
				t.Errorf("opened %s it is due %s, want %s", c.opened, got, c.want)
			}
		})
	}
}

// timetable writes a schedule, a line for each instant.
func timetable(dues []appraisal.Due) string {
	var lines []string
	for _, d := range dues {
		lines = append(lines, fmt.Sprintf("%s %s %d", d.At.In(jakarta).Format(time.DateTime), d.Kind, d.Ordinal))
	}
	return strings.Join(lines, "\n")
}

func TestAStepsClockStrikesAsItsRuleSays(t *testing.T) {
	whole := appraisal.StepRule{Window: days(5), Before: []appraisal.Window{days(3), days(1)}, After: []appraisal.Window{days(1), days(3)},
		Escalation: []appraisal.Window{days(2), days(5)}}
	quick := appraisal.StepRule{Window: seconds(120), Before: []appraisal.Window{seconds(30)}, After: []appraisal.Window{seconds(60)},
		Escalation: []appraisal.Window{seconds(60), seconds(120)}}
	for name, c := range map[string]struct {
		rule   appraisal.StepRule
		missed appraisal.Missed
		opened string
		want   string
	}{
		"waiting, it reminds before and after and escalates twice": {whole, appraisal.MissedWait, "2026-01-12 09:00:00",
			"2026-01-14 08:00:00 reminder 1\n2026-01-16 08:00:00 reminder 2\n2026-01-19 23:59:59 deadline 1\n2026-01-20 08:00:00 overdue 1\n" +
				"2026-01-21 08:00:00 escalation 1\n2026-01-22 08:00:00 overdue 2\n2026-01-26 08:00:00 escalation 2"},
		"going on, nothing comes after the deadline": {whole, appraisal.MissedAdvance, "2026-01-12 09:00:00",
			"2026-01-14 08:00:00 reminder 1\n2026-01-16 08:00:00 reminder 2\n2026-01-19 23:59:59 deadline 1"},
		"taken for consent, neither": {whole, appraisal.MissedAccept, "2026-01-12 09:00:00",
			"2026-01-14 08:00:00 reminder 1\n2026-01-16 08:00:00 reminder 2\n2026-01-19 23:59:59 deadline 1"},
		"over a holiday and the end of the year": {whole, appraisal.MissedWait, "2026-12-22 15:00:00",
			"2026-12-28 08:00:00 reminder 1\n2026-12-30 08:00:00 reminder 2\n2026-12-31 23:59:59 deadline 1\n2027-01-04 08:00:00 overdue 1\n" +
				"2027-01-05 08:00:00 escalation 1\n2027-01-06 08:00:00 overdue 2\n2027-01-08 08:00:00 escalation 2"},
		"a reminder for the time before it opened is left out": {
			appraisal.StepRule{Window: days(2), Before: []appraisal.Window{days(2), days(1)}}, appraisal.MissedAdvance, "2026-01-12 09:00:00",
			"2026-01-13 08:00:00 reminder 2\n2026-01-14 23:59:59 deadline 1"},
		"in seconds": {quick, appraisal.MissedWait, "2026-01-17 22:00:00",
			"2026-01-17 22:01:30 reminder 1\n2026-01-17 22:02:00 deadline 1\n2026-01-17 22:03:00 overdue 1\n2026-01-17 22:03:00 escalation 1\n2026-01-17 22:04:00 escalation 2"},
		"a window shorter than its reminder": {
			appraisal.StepRule{Window: seconds(20), Before: []appraisal.Window{seconds(20), seconds(30)}}, appraisal.MissedAdvance, "2026-01-17 22:00:00",
			"2026-01-17 22:00:20 deadline 1"},
	} {
		t.Run(name, func(t *testing.T) {
			rule := c.rule
			rule.Missed = c.missed
			opened := wib(c.opened)
			got := timetable(rule.Schedule(opened, rule.Deadline(opened, on("2026-12-31"), office()), office()))
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestATemplateRunsWhatItNamesAndObjectionWithTheResult(t *testing.T) {
	template := appraisal.Template{Stages: []appraisal.Stage{appraisal.StageAppraiserReview, appraisal.StageResult}}
	for stage, want := range map[appraisal.Stage]bool{
		appraisal.StageTargets: false, appraisal.StageAppraiserReview: true, appraisal.StageResult: true, appraisal.StageObjection: true,
		appraisal.StageDevelopment: false, appraisal.StageClosed: true, appraisal.StageWithdrawn: true, appraisal.StagePending: false,
	} {
		if template.Runs(stage) != want {
			t.Errorf("runs %s: %t, want %t", stage, template.Runs(stage), want)
		}
	}
	if (appraisal.Template{Stages: []appraisal.Stage{appraisal.StageTargets}}).Runs(appraisal.StageObjection) {
		t.Error("an objection without a result to object to")
	}
}

func TestAStepWithoutARuleWaits(t *testing.T) {
	rule := appraisal.Template{}.Rule(appraisal.StepSelfReview)
	if rule.Missed != appraisal.MissedWait || rule.Step != appraisal.StepSelfReview {
		t.Errorf("got %+v, want to wait", rule)
	}
}

// reviewOnly is a sound template of one stage.
func reviewOnly() appraisal.Template {
	return appraisal.Template{Name: "singkat", Stages: []appraisal.Stage{appraisal.StageAppraiserReview},
		Steps: []appraisal.StepRule{{Step: appraisal.StepAppraiserReview, Window: days(5), Missed: appraisal.MissedWait,
			Before: []appraisal.Window{days(2)}, After: []appraisal.Window{days(1)}, Escalation: []appraisal.Window{seconds(60)}}}}
}

func TestEveryFaultOfATemplateIsNamedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*appraisal.Template)
		want  string
	}{
		"sound":             {func(*appraisal.Template) {}, ""},
		"without a name":    {func(t *appraisal.Template) { t.Name = "" }, "name error.required"},
		"without stages":    {func(t *appraisal.Template) { t.Stages = nil }, "stages error.template_no_stages"},
		"an unknown stage":  {func(t *appraisal.Template) { t.Stages = append(t.Stages, "promotion") }, "stages[1] error.template_unknown_stage"},
		"objection by name": {func(t *appraisal.Template) { t.Stages = append(t.Stages, "objection") }, "stages[1] error.template_unknown_stage"},
		"closed by name":    {func(t *appraisal.Template) { t.Stages = append(t.Stages, "closed") }, "stages[1] error.template_unknown_stage"},
		"a stage twice":     {func(t *appraisal.Template) { t.Stages = append(t.Stages, "appraiser_review") }, "stages[1] error.template_stage_order"},
		"a result without a review": {func(t *appraisal.Template) {
			*t = appraisal.Template{Name: "x", Stages: []appraisal.Stage{"result"}, Steps: []appraisal.StepRule{
				{Step: appraisal.StepAcknowledgeResult, Window: days(1), Missed: "accept"}, {Step: appraisal.StepAnswerObjection, Window: days(1), Missed: "advance"},
				{Step: appraisal.StepDecideObjection, Window: days(1), Missed: "wait"}}}
		}, "stages error.template_result_without_review"},
		"calibration without a review": {func(t *appraisal.Template) {
			*t = appraisal.Template{Name: "x", Stages: []appraisal.Stage{"calibration"}, Steps: []appraisal.StepRule{
				{Step: appraisal.StepCalibrate, Window: days(1), Missed: "wait"}}}
		}, "stages error.template_calibration_without_review"},
		"stages out of order": {func(t *appraisal.Template) {
			t.Stages = []appraisal.Stage{"appraiser_review", "self_review"}
			t.Steps = append(t.Steps, appraisal.StepRule{Step: appraisal.StepSelfReview, Window: days(1), Missed: "advance"})
		}, "stages[1] error.template_stage_order"},
		"an unknown step": {func(t *appraisal.Template) { t.Steps = append(t.Steps, appraisal.StepRule{Step: "dance"}) }, "steps[1].step error.template_unknown_step"},
		"a step twice":    {func(t *appraisal.Template) { t.Steps = append(t.Steps, t.Steps[0]) }, "steps[1].step error.template_step_twice"},
		"steps missing": {func(t *appraisal.Template) { t.Stages = append([]appraisal.Stage{"targets"}, t.Stages...) },
			"steps error.template_step_missing\nsteps error.template_step_missing"},
		"what missing it means":     {func(t *appraisal.Template) { t.Steps[0].Missed = "panic" }, "steps[0].missed error.template_missed"},
		"nothing about missing it":  {func(t *appraisal.Template) { t.Steps[0].Missed = "" }, "steps[0].missed error.template_missed"},
		"no window":                 {func(t *appraisal.Template) { t.Steps[0].Window = appraisal.Window{} }, "steps[0].window error.template_window"},
		"two windows in one":        {func(t *appraisal.Template) { t.Steps[0].Window = appraisal.Window{WorkingDays: 1, Seconds: 1} }, "steps[0].window error.template_window"},
		"a negative window":         {func(t *appraisal.Template) { t.Steps[0].Window = days(-1) }, "steps[0].window error.template_window"},
		"negative beside positive":  {func(t *appraisal.Template) { t.Steps[0].Window = appraisal.Window{WorkingDays: -1, Seconds: 5} }, "steps[0].window error.template_window"},
		"the longest window":        {func(t *appraisal.Template) { t.Steps[0].Window = days(400) }, ""},
		"a window of years":         {func(t *appraisal.Template) { t.Steps[0].Window = days(401) }, "steps[0].window error.template_window"},
		"seconds beyond a duration": {func(t *appraisal.Template) { t.Steps[0].Window = seconds(1 << 40) }, "steps[0].window error.template_window"},
		"the period's end elsewhere": {func(t *appraisal.Template) { t.Steps[0].Window = appraisal.Window{PeriodEnd: true} },
			"steps[0].window error.template_window"},
		"clocks": {func(t *appraisal.Template) {
			t.Steps[0].Before = append(t.Steps[0].Before, appraisal.Window{})
			t.Steps[0].After[0] = appraisal.Window{PeriodEnd: true}
			t.Steps[0].Escalation[0] = seconds(-60)
		}, "steps[0].before[1] error.template_window\nsteps[0].after[0] error.template_window\nsteps[0].escalation[0] error.template_window"},
		"as many reminders as there may be": {func(t *appraisal.Template) { t.Steps[0].Before = slices.Repeat([]appraisal.Window{seconds(1)}, 20) }, ""},
		"more reminders than anybody reads": {func(t *appraisal.Template) { t.Steps[0].Before = slices.Repeat([]appraisal.Window{seconds(1)}, 21) },
			"steps[0].before error.too_many"},
		"a name that cannot be stored": {func(t *appraisal.Template) { t.Name = "a\x00" }, "name error.text_form"},
		"several at once":              {func(t *appraisal.Template) { t.Name, t.Stages[0] = "", "x" }, "name error.required\nstages[0] error.template_unknown_stage"},
	} {
		t.Run(name, func(t *testing.T) {
			template := reviewOnly()
			c.spoil(&template)
			if got := faultsOf(t, template.Validate()); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestTheExecutionStageMayLastUntilThePeriodEnds(t *testing.T) {
	template := appraisal.Template{Name: "x", Stages: []appraisal.Stage{appraisal.StageExecution},
		Steps: []appraisal.StepRule{{Step: appraisal.StepRecordProgress, Window: appraisal.Window{PeriodEnd: true}, Missed: appraisal.MissedAdvance}}}
	if err := template.Validate(); err != nil {
		t.Error(err)
	}
}
