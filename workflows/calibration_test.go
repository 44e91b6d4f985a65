package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// cohort has the five of the division in one cohort, and its head in another.
const (
	cohortOfStaff = `(select cohort_id from appraisal a join person p on p.id = a.employee_id where p.name = 'budi')`
	fromReview    = appraisal.StageAppraiserReview
)

// onlyCalibration is the annual template from the appraiser's review to the result; the session's clock has five working days.
func onlyCalibration() appraisal.Template {
	t := timed(appraisal.StepCalibrate, appraisal.MissedWait)
	t.Stages = []appraisal.Stage{fromReview, appraisal.StageCalibration, appraisal.StageResult}
	return t
}

// slowly makes everybody of whom who is true be reviewed only after d.
func (y *year) slowly(d time.Duration, who ...string) {
	act := acts[appraisal.StepAppraiserReview]
	y.habits[appraisal.StepAppraiserReview] = habit{func(task task) time.Duration {
		for _, name := range who {
			if task.About == name {
				return d
			}
		}
		return time.Hour
	}, act}
}

// rounds tells in which session each of the staff was calibrated, in the order of their names.
func (y *year) rounds() []int {
	return values[int](y.office, `select coalesce(cohort_round, -1) from appraisal a join person p on p.id = a.employee_id
		where cohort_id = `+cohortOfStaff+` order by p.name`)
}

func TestASessionOpensOnceEverybodyIsThereAndItsLockLetsThemGoOn(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.slowly(3*day, "eko")
	y.wholeCycle(onlyCalibration(), "BIDANG", "")
	opened := value[time.Time](y.office, `select opened_at from cohort where id = `+cohortOfStaff)
	if after := opened.Sub(start); after < 3*day || after > 3*day+time.Minute {
		t.Errorf("the session opened %s after the start, want with the last of them after three days", after)
	}
	for i, round := range y.rounds() {
		if round != 1 {
			t.Errorf("member %d was calibrated in session %d, want the first", i, round)
		}
	}
	for _, who := range []string{"ani", "eko", "kabid"} {
		y.wantLines(who, y.stages(who), []string{"appraiser_review submitted", "calibration locked", "result acknowledged", "closed"})
	}
	if n := y.mails()["task komite calibrate"]; n != 2 {
		t.Errorf("the committee was invited %d times, want once for each cohort", n)
	}
	calibration := y.asked.of(appraisal.CalibrationID(y.cycle, value[appraisal.CohortID](y.office, `select `+cohortOfStaff)))
	if looks := calibration.count("LookAtCohort"); looks > 6 {
		t.Errorf("the calibration looked %d times, want at its start, its deadline, its opening, its lock and its end at most", looks)
	}
}

func TestASessionOpensAtItsDeadlineAndTheLateGetOneOfTheirOwn(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.slowly(30*day, "eko")
	y.wholeCycle(onlyCalibration(), "BIDANG", "")
	y.wantLines("eko", y.stages("eko"), []string{"appraiser_review submitted", "calibration locked", "result acknowledged", "closed"})
	y.wantLines("ani", y.stages("ani"), []string{"appraiser_review submitted", "calibration locked", "result acknowledged", "closed"})
	if got := y.rounds(); len(got) != 5 || got[0] != 1 || got[4] != 2 {
		t.Errorf("calibrated in sessions %v, want eko, the last of them, in the second and all others in the first", got)
	}
	released := value[time.Time](y.office, `select entered_at from stage_entry s join appraisal a on a.id = s.appraisal_id join person p on p.id = a.employee_id
		where p.name = 'ani' and s.stage = 'result'`)
	if after := released.Sub(start); after < 5*day || after > 9*day {
		t.Errorf("the others went on %s after the start, want after the session's five working days", after)
	}
}

func TestACommitteeThatIsLateIsRemindedAndHREscalatedTo(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.locks = after(20*day, lockSession)
	y.wholeCycle(onlyCalibration(), "SEKSI", "")
	mails := y.mails()
	for what, want := range map[string]int{"task komite calibrate": 1, "reminder komite calibrate": 1, "overdue komite calibrate": 3, "escalation hana calibrate": 2} {
		if mails[what] != want {
			t.Errorf("%d mails %q, want %d", mails[what], what, want)
		}
	}
}

func TestWhoLeavesCompletesTheCohortOfTheOthers(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.slowly(300*day, "eko")
	y.at(start.Add(2*day), func() error {
		_, err := y.Withdraw(t.Context(), y.people["hana"], service.Call{}, y.of("eko"), service.CycleCommand{Reason: "Pensiun."})
		return err
	})
	y.habits[appraisal.StepAppraiserReview] = habit{y.habits[appraisal.StepAppraiserReview].after, func(y *year, task task) error {
		if task.About == "eko" {
			return nil
		}
		return acts[appraisal.StepAppraiserReview](y, task)
	}}
	y.wholeCycle(onlyCalibration(), "BIDANG", "")
	opened := value[time.Time](y.office, `select opened_at from cohort where id = `+cohortOfStaff)
	if after := opened.Sub(start); after < 2*day || after > 2*day+time.Minute {
		t.Errorf("the session opened %s after the start, want when eko left", after)
	}
}

func TestACohortWhoseOnlyReadyMemberLeftWaitsForTheNext(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.slowly(60*day, "budi", "citra", "dodi", "eko")
	y.at(start.Add(day), y.withdrawAni)
	y.wholeCycle(onlyCalibration(), "BIDANG", "")
	opened := value[time.Time](y.office, `select opened_at from cohort where id = `+cohortOfStaff)
	if after := opened.Sub(start); after < 60*day || after > 61*day {
		t.Errorf("the session opened %s after the start, want with the others after sixty days", after)
	}
	calibration := y.asked.of(appraisal.CalibrationID(y.cycle, value[appraisal.CohortID](y.office, `select `+cohortOfStaff)))
	if looks := calibration.count("LookAtCohort"); looks > 8 {
		t.Errorf("the calibration looked %d times at a cohort in which nothing happened for weeks", looks)
	}
}

func TestASessionDecidesAboutNobodyWhoWentOnWithoutIt(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	some := onlyCalibration()
	for i := range some.Steps {
		if some.Steps[i].Step == appraisal.StepCalibrate {
			some.Steps[i] = appraisal.StepRule{Step: appraisal.StepCalibrate, Window: appraisal.Window{WorkingDays: 5}, Missed: appraisal.MissedAdvance}
		}
	}
	delete(y.habits, appraisal.StepAcknowledgeResult)
	var refused error
	y.locks = after(12*day, func(y *year, task task) error {
		_, refused = y.ChangeRating(t.Context(), y.people["komite"], service.Call{}, appraisal.CohortID(task.ID), service.CalibrationChange{
			Appraisal: y.of("ani"), WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationBelow, Reason: "Terlambat."})
		return nil
	})
	y.pipeline(some, "")
	y.wantLines("stages", y.stages("ani"), []string{"appraiser_review submitted", "calibration advanced", "result accepted", "closed"})
	if refused == nil {
		t.Error("a rating was changed that had been released")
	}
	if appraisal.CodeOf(refused) != appraisal.CodeNotFound {
		t.Errorf("the change gave %v, want that nobody of that name is in the session", refused)
	}
}

func TestACalibrationThatIsPausedOpensNothingUntilTheResume(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.slowly(40*day, "eko")
	y.at(start.Add(2*day), y.pause)
	y.at(start.Add(30*day), func() error {
		if n := value[int](y.office, `select count(*)::int from cohort where id = `+cohortOfStaff+` and status <> 'waiting'`); n > 0 {
			return errors.New("the session opened in the pause")
		}
		return y.resume()
	})
	y.wholeCycle(onlyCalibration(), "BIDANG", "")
	if got := y.rounds(); got[0] != 1 || got[4] != 2 {
		t.Errorf("calibrated in sessions %v, want the first at its deadline and eko's after it", got)
	}
}
