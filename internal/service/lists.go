package service

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Sizes of a page of a list.
const (
	usualPage = 50
	mostPage  = 200
)

// pageSize bounds how many rows a page has.
func pageSize(limit int) int {
	if limit < 1 {
		return usualPage
	}
	return min(limit, mostPage)
}

// Funnel counts a cycle's appraisals by unit, stage and health, in the units that the actor serves.
func (s *Service) Funnel(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]FunnelRow, error) {
	if err := permittedInCycle(ctx, s.db, actor, appraisal.ActionReadCycle, id); err != nil {
		return nil, fmt.Errorf("funnel of cycle %s: %w", id, err)
	}
	rows, err := postgres.Funnel(ctx, s.db, id, appraisal.Reach(actor, appraisal.ActionReadCycle))
	if err != nil {
		return nil, fmt.Errorf("funnel of cycle %s: %w", id, err)
	}
	list := make([]FunnelRow, len(rows))
	for i, r := range rows {
		list[i] = FunnelRow(r)
	}
	return list, nil
}

// Appraisals lists a cycle's appraisals by the people's names, at most 200 to a page (50 where no limit is given), in the
// units that the actor serves. The cursor carries no name.
func (s *Service) Appraisals(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, f ListFilter) (Page[Listed], error) {
	page, err := s.appraisals(ctx, actor, id, f)
	if err != nil {
		return Page[Listed]{}, fmt.Errorf("list cycle %s: %w", id, err)
	}
	return page, nil
}

func (s *Service) appraisals(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, f ListFilter) (Page[Listed], error) {
	if err := permittedInCycle(ctx, s.db, actor, appraisal.ActionReadCycle, id); err != nil {
		return Page[Listed]{}, err
	}
	after, err := readCursor(f.After, 1)
	if err != nil {
		return Page[Listed]{}, err
	}
	limit := pageSize(f.Limit)
	rows, err := postgres.ListAppraisals(ctx, s.db, id, postgres.ListedFilter{
		Stage: f.Stage, Health: f.Health, Unit: f.Unit, In: appraisal.Reach(actor, appraisal.ActionReadCycle),
		After: appraisal.AppraisalID(after[0]), Limit: limit + 1,
	})
	if f.After != "" && appraisal.CodeOf(err) == appraisal.CodeNotFound {
		return Page[Listed]{}, fieldFault("after", "error.cursor", nil)
	}
	if err != nil {
		return Page[Listed]{}, err
	}
	return pageOf(rows, limit, func(r postgres.Listed) (Listed, string) {
		return Listed{
			ID: r.ID, Employee: r.Employee, Unit: r.Unit, Appraiser: text(r.Appraiser), Stage: r.Stage, Health: r.Health, WaitingOn: r.WaitingOn,
			StageAt: r.StageAt, Deadline: r.StageDeadline, WorkflowID: appraisal.PipelineID(id, r.EmployeeID), Subject: r.Subject(),
		}, cursor(string(r.ID))
	}), nil
}

// pageOf turns up to one row more than the limit into a page; line gives a row's line and the cursor that continues after it.
func pageOf[R, T any](rows []R, limit int, line func(R) (T, string)) Page[T] {
	page := Page[T]{Items: make([]T, 0, min(len(rows), limit))}
	for i, r := range rows {
		if i == limit {
			break
		}
		item, after := line(r)
		page.Items = append(page.Items, item)
		if i == limit-1 && len(rows) > limit {
			page.Next = after
		}
	}
	return page
}

// cursor packs the place of a row, opaque to whoever carries it.
func cursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "/")))
}

// readCursor unpacks a cursor of n parts; an empty one gives empty parts.
func readCursor(given string, n int) ([]string, error) {
	if given == "" {
		return make([]string, n), nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(given)
	parts := strings.Split(string(raw), "/")
	if err != nil || len(parts) != n || !uuidForm(parts[n-1]) {
		return nil, fieldFault("after", "error.cursor", nil)
	}
	return parts, nil
}

// uuidForm reports whether s looks like an id of the database.
func uuidForm(s string) bool {
	return len(s) == 36 && strings.Trim(s, "0123456789abcdef-") == ""
}

// mark packs a place in a list that is ordered by an instant.
func mark(at time.Time, id string) string { return cursor(strconv.FormatInt(at.UnixMicro(), 10), id) }

// readMark unpacks it; nil is the beginning of the list.
func readMark(given string) (*postgres.Mark, error) {
	parts, err := readCursor(given, 2)
	if err != nil || given == "" {
		return nil, err
	}
	micros, err := strconv.ParseInt(parts[0], 10, 64)
	at := time.UnixMicro(micros).UTC()
	if err != nil || at.Year() < appraisal.FirstYear || at.Year() > appraisal.LastYear { // no row is that old, and the database may not know the year
		return nil, fieldFault("after", "error.cursor", nil)
	}
	return &postgres.Mark{At: at, ID: parts[1]}, nil
}
