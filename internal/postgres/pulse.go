package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Pulse is the fairness pulse of a cycle.
type Pulse struct {
	Days           int
	OpenedAt       *time.Time // when the first result was final
	ClosedAt       *time.Time
	Minimum        int
	Answers        int
	Understandable appraisal.Decimal
	Fair           appraisal.Decimal
}

// ClosesAt returns when the pulse closes at the latest, nil before it has opened.
func (p Pulse) ClosesAt() *time.Time {
	if p.OpenedAt == nil {
		return nil
	}
	at := p.OpenedAt.AddDate(0, 0, p.Days)
	return &at
}

// Open reports whether answers are taken.
func (p Pulse) Open(now time.Time) bool {
	return p.OpenedAt != nil && p.ClosedAt == nil && now.Before(*p.ClosesAt())
}

const pulseColumns = `days, opened_at, closed_at, minimum, answers, understandable, fair`

// GetPulse reads a cycle's pulse, nil before anything is known of it.
func GetPulse(ctx context.Context, q Querier, cycle appraisal.CycleID) (*Pulse, error) {
	return optional[Pulse](ctx, q, `select `+pulseColumns+` from pulse where cycle_id = $1`, cycle)
}

// HoldPulse reads a cycle's pulse and keeps it from closing before the transaction ends.
func HoldPulse(ctx context.Context, q Querier, cycle appraisal.CycleID) (*Pulse, error) {
	return optional[Pulse](ctx, q, `select `+pulseColumns+` from pulse where cycle_id = $1 for share`, cycle)
}

// LockPulse reads a cycle's pulse once nobody is answering.
func LockPulse(ctx context.Context, q Querier, cycle appraisal.CycleID) (*Pulse, error) {
	return optional[Pulse](ctx, q, `select `+pulseColumns+` from pulse where cycle_id = $1 for update`, cycle)
}

// OpenPulse opens a cycle's pulse; it is open already for all but the first result that is final.
func OpenPulse(ctx context.Context, q Querier, cycle appraisal.CycleID, at time.Time) error {
	open, err := scalar[bool](ctx, q, `select exists (select 1 from pulse where cycle_id = $1 and opened_at is not null)`, cycle)
	if err != nil || open {
		return err
	}
	_, err = exec(ctx, q, `insert into pulse (cycle_id, opened_at) values ($1, $2)
		on conflict (cycle_id) do update set opened_at = excluded.opened_at where pulse.opened_at is null`, cycle, at)
	return err
}

// SetPulseDays sets how long a cycle's pulse stays open.
func SetPulseDays(ctx context.Context, q Querier, cycle appraisal.CycleID, days int) error {
	_, err := exec(ctx, q, `insert into pulse (cycle_id, days) values ($1, $2) on conflict (cycle_id) do update set days = excluded.days`, cycle, days)
	return err
}

// resultFinalSQL tells whether the result of the appraisal a is final: it was released, and nobody can object any more.
const resultFinalSQL = `(a.stage in ('development', 'closed') and exists (select 1 from stage_entry e where e.appraisal_id = a.id and e.stage = 'result'))`

// ResultFinal reports whether an appraisal's result is final.
func ResultFinal(ctx context.Context, q Querier, id appraisal.AppraisalID) (bool, error) {
	return scalar[bool](ctx, q, `select `+resultFinalSQL+` from appraisal a where a.id = $1`, id)
}

// PulseInvitation is a pulse that somebody may answer.
type PulseInvitation struct {
	AppraisalID appraisal.AppraisalID
	CycleName   string
	OpenedAt    time.Time
	Days        int
	Answered    bool
}

// PulseInvitations returns the pulses that a person may answer.
func PulseInvitations(ctx context.Context, q Querier, person appraisal.PersonID, now time.Time) ([]PulseInvitation, error) {
	return all[PulseInvitation](ctx, q, `select a.id as appraisal_id, c.name as cycle_name, p.opened_at, p.days,
			exists (select 1 from pulse_answer v where v.appraisal_id = a.id) as answered
		from appraisal a join cycle c on c.id = a.cycle_id join pulse p on p.cycle_id = c.id
		where a.employee_id = $1 and c.status = 'running' and p.closed_at is null and p.opened_at + make_interval(days => p.days) > $2
			and `+resultFinalSQL+` order by p.opened_at, a.id`, person, now)
}

// GetPulseAnswer reads an answer for its author, nil if there is none.
func GetPulseAnswer(ctx context.Context, q Querier, id appraisal.AppraisalID) (*appraisal.PulseAnswer, error) {
	return optional[appraisal.PulseAnswer](ctx, q, `select understandable, fair, comment from pulse_answer where appraisal_id = $1`, id)
}

// SavePulseAnswer keeps an answer, in place of an earlier one, while the pulse is open.
func SavePulseAnswer(ctx context.Context, q Querier, id appraisal.AppraisalID, a appraisal.PulseAnswer) error {
	_, err := exec(ctx, q, `insert into pulse_answer (appraisal_id, understandable, fair, comment) values ($1, $2, $3, $4)
		on conflict (appraisal_id) do update set understandable = excluded.understandable, fair = excluded.fair, comment = excluded.comment`,
		id, a.Understandable, a.Fair, a.Comment)
	return err
}

// TakePulseAnswers removes a cycle's answers from the store that ties them to their authors, with everything that could tie them
// again, and returns them shuffled, by unit.
func TakePulseAnswers(ctx context.Context, q Querier, cycle appraisal.CycleID) (map[appraisal.UnitID][]appraisal.PulseAnswer, error) {
	type row struct {
		UnitID         appraisal.UnitID
		Understandable int
		Fair           int
		Comment        string
	}
	rows, err := all[row](ctx, q, `delete from pulse_answer v using appraisal a where a.id = v.appraisal_id and a.cycle_id = $1
		returning a.unit_id, v.understandable, v.fair, v.comment`, cycle)
	if err != nil {
		return nil, err
	}
	if _, err := exec(ctx, q, `delete from act where name = 'answer_pulse' and subject in (select id::text from appraisal where cycle_id = $1)`, cycle); err != nil {
		return nil, err
	}
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	answers := map[appraisal.UnitID][]appraisal.PulseAnswer{}
	for _, r := range rows {
		answers[r.UnitID] = append(answers[r.UnitID], appraisal.PulseAnswer{Understandable: r.Understandable, Fair: r.Fair, Comment: r.Comment})
	}
	return answers, nil
}

// PulseResult is what was published of one group.
type PulseResult struct {
	GroupID        appraisal.UnitID
	Unit           string
	Units          []appraisal.UnitID
	Answers        int
	Understandable appraisal.Decimal
	Fair           appraisal.Decimal
	Comments       []string
}

// PublishPulse stores a group's answers, in no order, and what is told of them.
func PublishPulse(ctx context.Context, q Querier, cycle appraisal.CycleID, g appraisal.PulseGroup) error {
	answers := make([]appraisal.PulseAnswer, len(g.Answers))
	understandable, fair, words, comments := make([]int, len(answers)), make([]int, len(answers)), make([]string, len(answers)), []string{}
	for i, from := range rand.Perm(len(g.Answers)) { // those of joined units stand one after the other
		answers[i] = g.Answers[from]
		understandable[i], fair[i], words[i] = answers[i].Understandable, answers[i].Fair, answers[i].Comment
		if answers[i].Comment != "" {
			comments = append(comments, answers[i].Comment)
		}
	}
	if _, err := exec(ctx, q, `insert into pulse_opinion (cycle_id, group_id, understandable, fair, comment)
		select $1, $2, u, f, c from unnest($3::smallint[], $4::smallint[], $5::text[]) v (u, f, c)`, cycle, g.Unit, understandable, fair, words); err != nil {
		return err
	}
	u, f := appraisal.PulseMeans(answers)
	_, err := exec(ctx, q, `insert into pulse_result (cycle_id, group_id, units, answers, understandable, fair, comments)
		values ($1, $2, $3, $4, $5, $6, $7)`, cycle, g.Unit, texts(g.Units), len(answers), u, f, comments)
	return err
}

// ClosePulse records that the pulse is over, with the means of all that was published.
func ClosePulse(ctx context.Context, q Querier, cycle appraisal.CycleID, p Pulse, at time.Time) error {
	_, err := exec(ctx, q, `update pulse set closed_at = $2, minimum = $3, answers = $4, understandable = $5, fair = $6 where cycle_id = $1`,
		cycle, at, p.Minimum, p.Answers, p.Understandable, p.Fair)
	return err
}

// PulseResults returns what was published of a cycle, by the units' codes.
func PulseResults(ctx context.Context, q Querier, cycle appraisal.CycleID) ([]PulseResult, error) {
	return all[PulseResult](ctx, q, `select r.group_id, u.name as unit, r.units, r.answers, r.understandable, r.fair, r.comments
		from pulse_result r join unit u on u.id = r.group_id where r.cycle_id = $1 order by u.code`, cycle)
}
