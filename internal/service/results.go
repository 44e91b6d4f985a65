package service

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
)

// Results returns the results of a cycle as a table in the reader's language, of one unit with all below or of everybody whom the reader
// serves. The reader's own rating is left out, of the counts too, until it is released.
func (s *Service) Results(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID, format appraisal.ResultsFormat) (File, error) {
	file, err := s.results(ctx, actor, id, unit, format)
	if err != nil {
		return File{}, fmt.Errorf("results of cycle %s: %w", id, err)
	}
	return file, nil
}

func (s *Service) results(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID, format appraisal.ResultsFormat) (File, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadResults); err != nil {
		return File{}, err
	}
	if !format.Valid() {
		return File{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	mime := typeXLSX
	if format == appraisal.ResultsCSV {
		mime = typeCSV
	}
	head, err := s.resultsHead(ctx, actor, id, unit)
	if err != nil {
		return File{}, err
	}
	if err := s.note(ctx, actor, postgres.AuditEvent{Action: actionReadResults, Subject: "cycle/" + string(id), Detail: map[string]any{"unit": unit, "format": format}}); err != nil {
		return File{}, err
	}
	name := fmt.Sprintf("hasil-%s-%s.%s", fileWord(head.CycleCode), head.At.Format("2006-01-02"), format)
	return spooled(name, mime, func(w io.Writer) error {
		return postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
			return s.press.Results(w, format, head, resultsRows(postgres.Results(ctx, q, id, unit, appraisal.Reach(actor, appraisal.ActionReadResults)), actor), locale.Parse(actor.Lang))
		})
	})
}

func (s *Service) resultsHead(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID) (appraisal.ResultsHead, error) {
	if err := permittedInCycle(ctx, s.db, actor, appraisal.ActionReadCycle, id); err != nil {
		return appraisal.ResultsHead{}, err
	}
	cycle, err := postgres.GetCycle(ctx, s.db, id)
	if err != nil {
		return appraisal.ResultsHead{}, err
	}
	head := appraisal.ResultsHead{
		Cycle: cycle.Name, CycleCode: cycle.Code, PeriodStart: cycle.PeriodStart, PeriodEnd: cycle.PeriodEnd, Policy: cycle.Policy,
		PolicyVersion: policyNumber(cycle.PolicyVersion), By: actor.Name, At: s.clock().In(s.zone),
	}
	policy, err := s.policyOf(ctx, s.db, id)
	if err != nil {
		return appraisal.ResultsHead{}, err
	}
	head.Predikats = policy.Outcomes()
	reach := appraisal.Reach(actor, appraisal.ActionReadResults)
	switch {
	case unit != "":
		if err := appraisal.Can(actor, appraisal.ActionReadResults, appraisal.Subject{Unit: unit}); err != nil {
			return appraisal.ResultsHead{}, err
		}
		head.Unit, err = postgres.UnitName(ctx, s.db, unit)
	case !reach.Everywhere:
		var served []string
		served, err = postgres.Topmost(ctx, s.db, reach.Units)
		head.Unit = strings.Join(served, ", ")
	}
	return head, err
}

// fileWord keeps of a text what every system can have in a file's name.
func fileWord(s string) string {
	out := []rune(s)
	for i, r := range out {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			out[i] = '_'
		}
	}
	return string(out)
}

func resultsRows(found iter.Seq2[postgres.Result, error], reader appraisal.Actor) iter.Seq2[appraisal.ResultsRow, error] {
	return func(yield func(appraisal.ResultsRow, error) bool) {
		for r, err := range found {
			if !yield(resultsRow(r, reader), err) {
				return
			}
		}
	}
}

func resultsRow(r postgres.Result, reader appraisal.Actor) appraisal.ResultsRow {
	row := appraisal.ResultsRow{
		NIP: r.NIP, Name: r.Name, Grade: r.Grade, Post: r.Post, PositionKind: r.PositionKind, UnitCode: r.UnitCode, Unit: r.Unit,
		Appraiser: r.Appraiser, Stage: r.Stage, Objection: objectionState(r), Hours: r.Hours,
	}
	if !appraisal.KnowsRating(reader, r.EmployeeID, r.Released) {
		row.Withheld = true
		return row
	}
	row.Reviewed = ratedCell(r.Review)
	if r.InSession {
		row.Calibrated = row.Reviewed
	}
	if changed := ratedCell(r.Change); changed != nil {
		row.Calibrated = changed
	}
	if r.Released {
		row.Final = ratedCell(r.InForce)
	}
	return row
}

func ratedCell(v *postgres.RatedVersion) *appraisal.RatedCell {
	if v == nil {
		return nil
	}
	return &appraisal.RatedCell{
		WorkResult: v.WorkResult, Behaviour: v.Behaviour, Predikat: v.Predikat, Score: v.Score, WorkResultScore: v.WorkResultScore,
		BehaviourScore: v.BehaviourScore,
	}
}

func objectionState(r postgres.Result) appraisal.ObjectionState {
	switch {
	case !r.Objected:
		return appraisal.ObjectionNone
	case r.Decision == "":
		return appraisal.ObjectionOpen
	default:
		return appraisal.ObjectionState(r.Decision)
	}
}
