package service

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// route decides who is written to about a step whose owner is away: who stands in, and not the owner before they are back; where who
// stands in must not do that very step, the owner as ever. It returns until when notices are put off. What may have arrived is left
// as it is.
func (d *drain) route(ctx context.Context, t pgx.Tx, rows []postgres.Outgoing, now time.Time) (map[string]time.Time, error) {
	later, today := map[string]time.Time{}, appraisal.Day(now.In(d.zone))
	for i := range rows {
		r := &rows[i]
		if r.StandInID == nil || !r.Needed || r.State != postgres.MailQueued {
			continue
		}
		if r.StandInFrom.After(today) { // the notice is for who will stand in
			later[r.ID] = morning(*r.StandInFrom, d.zone)
			continue
		}
		able, err := standsIn(ctx, t, *r, today)
		switch {
		case err != nil:
			return nil, err
		case r.RecipientID != *r.OwnerID:
			r.Needed = able
		case able:
			later[r.ID] = morning(r.StandInUntil.AddDate(0, 0, 1), d.zone)
		}
	}
	return later, nil
}

// standsIn reports whether who holds the delegation may do the step of a notice.
func standsIn(ctx context.Context, q postgres.Querier, r postgres.Outgoing, today time.Time) (bool, error) {
	row, err := postgres.GetAppraisal(ctx, q, *r.AppraisalID)
	if err != nil {
		return false, err
	}
	held, err := postgres.Delegators(ctx, q, *r.StandInID, today)
	if err != nil {
		return false, err
	}
	subject := row.Subject()
	subject.Owner, subject.Party = *r.OwnerID, r.Action.Party()
	_, does := subject.Does(appraisal.Actor{ID: *r.StandInID, For: held})
	return does == nil, nil
}
