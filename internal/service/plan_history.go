package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// PlanHistory is a plan with all its versions and the changes that were proposed, both newest first.
type PlanHistory struct {
	Appraisal    appraisal.AppraisalID       `json:"appraisal"`
	Cycle        appraisal.CycleID           `json:"cycle"`
	CycleName    string                      `json:"cycle_name"`
	Employee     Person                      `json:"employee"`
	PositionKind appraisal.PositionKind      `json:"position_kind"`
	Versions     []PlanVersion               `json:"versions"`
	Changes      []ProposedChange            `json:"changes"`
	Served       map[string]string           `json:"served"`  // the words of what is served, by its id
	Figures      map[string]IndicatorFigures `json:"figures"` // what was recorded, by the indicator's id
	MayPropose   bool                        `json:"may_propose"`
}

// PlanVersion is one version of a plan with what became of the version before.
type PlanVersion struct {
	Number      int                             `json:"number"`
	State       string                          `json:"state"` // submitted, returned, approved
	SubmittedAt time.Time                       `json:"submitted_at"`
	DecidedAt   *time.Time                      `json:"decided_at"`
	DecidedBy   string                          `json:"decided_by,omitempty"`
	DecidedFor  string                          `json:"decided_for,omitempty"` // whom they stood in for
	Comment     string                          `json:"comment,omitempty"`
	EffectiveOn *time.Time                      `json:"effective_on"`
	Current     bool                            `json:"current"` // the one that counts for judging
	KeyResults  []appraisal.KeyResult           `json:"key_results"`
	Differences []appraisal.KeyResultDifference `json:"differences"` // from the version before; of the first one none
}

// ProposedChange is a proposal with what it changes in the version that it was made from.
type ProposedChange struct {
	ID          appraisal.PlanChangeID          `json:"id"`
	State       appraisal.PlanChangeState       `json:"state"`
	ProposedBy  string                          `json:"proposed_by"`
	ProposedFor string                          `json:"proposed_for,omitempty"`
	ProposedAt  time.Time                       `json:"proposed_at"`
	Reason      string                          `json:"reason"`
	EffectiveOn time.Time                       `json:"effective_on"`
	Base        int                             `json:"base"`
	Version     int                             `json:"version,omitempty"` // that came of it
	EndedBy     string                          `json:"ended_by,omitempty"`
	EndedFor    string                          `json:"ended_for,omitempty"`
	EndedAt     *time.Time                      `json:"ended_at"`
	Answer      string                          `json:"answer,omitempty"`
	MayAnswer   bool                            `json:"may_answer"`
	MayWithdraw bool                            `json:"may_withdraw"`
	Differences []appraisal.KeyResultDifference `json:"differences"`
}

// IndicatorFigures is what was recorded on one indicator.
type IndicatorFigures struct {
	Latest  string `json:"latest,omitempty"` // the measured figure where there is one, otherwise the latest entry
	Entries int    `json:"entries"`

	measured *appraisal.Measured // exactly
	part     appraisal.Part      // of a target that counts for the months served
}

// Meets reports whether the latest figure reaches the target of a version of the indicator, as it is judged; nil without a figure.
func (f IndicatorFigures) Meets(ind *appraisal.Indicator) *bool {
	figure := appraisal.Realise(ind.ID, f.measured, appraisal.Decimal(f.Latest), "")
	return figure.Meets(appraisal.Decimal(ind.Target), ind.Direction, f.part)
}

// PlanHistory reads a plan's versions and proposals. Who may not read the appraisal is told that it does not exist.
func (s *Service) PlanHistory(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (PlanHistory, error) {
	var view PlanHistory
	var row postgres.Appraisal
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if row, err = permitted(ctx, q, actor, appraisal.ActionReadAppraisal, id); err != nil {
			return err
		}
		view, err = s.planHistory(ctx, q, actor, row)
		return err
	})
	if err == nil {
		err = s.noteReading(ctx, actor, actionReadPlan, row, "")
	}
	if err != nil {
		return PlanHistory{}, fmt.Errorf("history of the plan of appraisal %s: %w", id, err)
	}
	return view, nil
}

func (s *Service) planHistory(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal) (PlanHistory, error) {
	heading, err := postgres.GetHeading(ctx, q, row.ID)
	if err != nil {
		return PlanHistory{}, err
	}
	people, err := postgres.People(ctx, q, []appraisal.PersonID{row.EmployeeID})
	if err != nil {
		return PlanHistory{}, err
	}
	employee := people[row.EmployeeID]
	view := PlanHistory{
		Appraisal: row.ID, Cycle: row.CycleID, CycleName: heading.CycleName, PositionKind: row.PositionKind,
		Employee: Person{ID: row.EmployeeID, Name: employee.FullName, Post: employee.Post},
		Versions: []PlanVersion{}, Changes: []ProposedChange{}, Served: map[string]string{}, Figures: map[string]IndicatorFigures{},
	}
	contents, err := view.readVersions(ctx, q, row.ID)
	if err != nil {
		return PlanHistory{}, err
	}
	executing, err := executing(ctx, q, row.ID)
	if err != nil {
		return PlanHistory{}, err
	}
	actor.Behalf = row.Subject().Capacity(actor)
	side := appraisal.Can(actor, appraisal.ActionChangePlan, row.Subject()) == nil && executing && underway(row.CycleStatus) == nil
	view.MayPropose = side && otherSide(row, actor.ID) != nil
	if err := view.readChanges(ctx, q, actor, row, contents, side); err != nil {
		return PlanHistory{}, err
	}
	return view, s.readWords(ctx, q, row, &view)
}

// readVersions fills the versions and returns what each says, by its number.
func (v *PlanHistory) readVersions(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) (map[int][]appraisal.KeyResult, error) {
	rows, err := postgres.PlanVersions(ctx, q, id)
	if err != nil {
		return nil, err
	}
	contents := map[int][]appraisal.KeyResult{}
	for _, r := range rows {
		if contents[r.Number], err = postgres.PlanContent(ctx, q, r.ID); err != nil {
			return nil, err
		}
		version := PlanVersion{
			Number: r.Number, State: r.State, SubmittedAt: r.SubmittedAt, DecidedAt: r.DecidedAt, DecidedBy: text(r.DecidedBy), DecidedFor: text(r.DecidedFor), Comment: r.Comment,
			EffectiveOn: r.EffectiveOn, Current: !r.Superseded, KeyResults: contents[r.Number], Differences: []appraisal.KeyResultDifference{},
		}
		if before, ok := contents[r.Number-1]; ok {
			version.Differences = appraisal.ComparePlans(before, version.KeyResults)
		}
		v.Versions = slices.Insert(v.Versions, 0, version)
	}
	return contents, nil
}

func (v *PlanHistory) readChanges(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal,
	contents map[int][]appraisal.KeyResult, side bool) error {
	rows, err := postgres.PlanChanges(ctx, q, row.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		proposed, err := r.KeyResults()
		if err != nil {
			return fmt.Errorf("decode proposal %s: %w", r.ID, err)
		}
		change := ProposedChange{
			ID: r.ID, State: r.State, ProposedBy: r.ProposerName, ProposedFor: text(r.ProposedFor), ProposedAt: r.ProposedAt, Reason: r.Reason, EffectiveOn: r.EffectiveOn,
			Base: r.Base, EndedBy: text(r.EndedBy), EndedFor: text(r.EndedFor), EndedAt: r.EndedAt, Answer: r.Answer,
			Differences: appraisal.ComparePlans(contents[r.Base], proposed),
		}
		if r.Version != nil {
			change.Version = *r.Version
		}
		open := r.State == appraisal.PlanChangeOpen && side
		change.MayWithdraw = open && appraisal.Can(actor, appraisal.ActionWithdrawChange, proposal(row, r)) == nil
		change.MayAnswer = open && appraisal.Can(actor, appraisal.ActionAnswerPlanChange, proposal(row, r)) == nil
		v.MayPropose = v.MayPropose && r.State != appraisal.PlanChangeOpen
		v.Changes = slices.Insert(v.Changes, 0, change)
	}
	return nil
}

// readWords adds the words of what key results serve and the figures of the indicators.
func (s *Service) readWords(ctx context.Context, q postgres.Querier, row postgres.Appraisal, v *PlanHistory) error {
	var ids []string
	add := func(kr *appraisal.KeyResult) {
		if kr != nil {
			ids = append(ids, kr.ServesKeyResult+kr.ServesStrategy) // one of them is there
		}
	}
	for _, version := range v.Versions {
		for i := range version.KeyResults {
			add(&version.KeyResults[i])
		}
	}
	for _, change := range v.Changes {
		for _, d := range change.Differences {
			add(d.After)
		}
	}
	var err error
	if v.Served, err = postgres.StatementsOf(ctx, q, ids); err != nil {
		return err
	}
	figures, err := postgres.FiguresOf(ctx, q, v.Appraisal)
	if err != nil {
		return err
	}
	for _, f := range figures {
		v.Figures[f.Indicator] = IndicatorFigures{Latest: f.Latest, Entries: f.Entries}
	}
	living, err := s.realised(ctx, q, row, s.clock())
	for _, i := range living {
		f := v.Figures[i.ID]
		f.part = i.Part()
		if m := i.figure.Measured; m.Given() {
			f.Latest, f.measured = string(m.Value), m
		}
		if f != (IndicatorFigures{}) {
			v.Figures[i.ID] = f
		}
	}
	return err
}

// PlanChangeForm is all that the form of a change shows: the appraisal with the plan in force, what key results may serve, the days
// on which a change may take effect, and the actor's draft.
type PlanChangeForm struct {
	StepForm
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// PlanChangeForm reads the form in which the actor proposes a change.
func (s *Service) PlanChangeForm(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (PlanChangeForm, error) {
	var form PlanChangeForm
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		row, err := permitted(ctx, q, actor, appraisal.ActionChangePlan, id)
		if err != nil {
			return err
		}
		if form.Appraisal, err = s.read(ctx, q, actor, row); err != nil {
			return err
		}
		inForce, _, err := planInForce(ctx, q, id)
		if err != nil {
			return err
		}
		if form.Alignments, err = alignments(ctx, q, row, inForce); err != nil {
			return err
		}
		if form.Sources, err = offeredSources(ctx, q, row); err != nil {
			return err
		}
		if form.Copyables, err = s.copyables(ctx, q, row, form.Alignments); err != nil {
			return err
		}
		if form.First, form.Last, err = changeDays(ctx, q, row); err != nil {
			return err
		}
		draft, err := postgres.GetPlanChangeDraft(ctx, q, id, actor.ID)
		if err == nil && draft != nil {
			form.Draft, form.DraftAt = draft.Body, &draft.SavedAt
		}
		return err
	})
	if err != nil {
		return PlanChangeForm{}, fmt.Errorf("form of a change of the plan of appraisal %s: %w", id, err)
	}
	return form, nil
}

// SavePlanChangeDraft keeps what somebody has typed of a change that is not proposed yet.
func (s *Service) SavePlanChangeDraft(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, body json.RawMessage) (time.Time, error) {
	body, err := storable(body)
	if err != nil {
		return time.Time{}, fmt.Errorf("save the draft of a change of appraisal %s: %w", id, err)
	}
	var at time.Time
	err = s.in(ctx, func(t *tx) error {
		if _, _, err := s.takeForChange(ctx, t, actor, id); err != nil {
			return err
		}
		at = t.now
		return postgres.SavePlanChangeDraft(ctx, t, id, actor.ID, body, t.now)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("save the draft of a change of appraisal %s: %w", id, err)
	}
	return at, nil
}
