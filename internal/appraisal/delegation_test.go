package appraisal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestTheDaysOfADelegationAreCheckedAgainstTodayInTheOfficesZone(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	today := time.Date(2026, 12, 1, 0, 30, 0, 0, wib) // in UTC still the day before
	for name, c := range map[string]struct{ from, until, field, key string }{
		"one day, today":          {"2026-12-01", "2026-12-01", "", ""},
		"ninety days":             {"2026-12-01", "2027-02-28", "", ""},
		"ninety-one days":         {"2026-12-01", "2027-03-01", "until", "delegation.error.long"},
		"yesterday":               {"2026-11-30", "2026-12-02", "from", "delegation.error.past"},
		"the wrong way round":     {"2026-12-05", "2026-12-04", "until", "delegation.error.order"},
		"a year and a day ahead":  {"2027-12-02", "2027-12-03", "from", "delegation.error.far"},
		"a day that is none":      {"2026-12-01", "2026-02-30", "until", "delegation.error.day"},
		"a day with a time":       {"2026-12-01T00:00:00Z", "2026-12-02", "from", "delegation.error.day"},
		"digits of another kind":  {"２０２６-12-01", "2026-12-02", "from", "delegation.error.day"},
		"a day beyond all others": {"2026-12-01", "9999-12-31", "until", "delegation.error.long"},
	} {
		var f appraisal.Faults
		appraisal.DelegationDays(&f, c.from, c.until, today)
		var told *appraisal.Error
		switch errors.As(f.Err(), &told) {
		case c.key == "" && told == nil:
		case told == nil || told.Fields[0].Field != c.field || told.Fields[0].Key != c.key:
			t.Errorf("%s: %v, want %s of %s", name, told, c.key, c.field)
		}
	}
}

func TestADelegationIsInForceOnItsFirstAndOnItsLastDay(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC) }
	for d, want := range map[int]appraisal.DelegationState{
		4: appraisal.DelegationComing, 5: appraisal.DelegationInForce, 9: appraisal.DelegationInForce, 10: appraisal.DelegationEnded,
	} {
		if got := appraisal.DelegationStateOn(day(d), day(5), day(9), false); got != want {
			t.Errorf("on the %d. it is %s, want %s", d, got, want)
		}
		if got := appraisal.DelegationStateOn(day(d), day(5), day(9), true); got != appraisal.DelegationRevoked {
			t.Errorf("revoked, on the %d. it is %s", d, got)
		}
	}
}

// TestWhoMayStandInWhereIsOneTable: plt holds the delegation of kabid, who appraises ani; kadis reviews.
func TestWhoMayStandInWhereIsOneTable(t *testing.T) {
	of := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis"}
	step := func(s appraisal.Subject, owner appraisal.PersonID, party appraisal.Party) appraisal.Subject {
		s.Owner, s.Party = owner, party
		return s
	}
	with := func(change func(s *appraisal.Subject)) appraisal.Subject {
		s := of
		change(&s)
		return s
	}
	plt := appraisal.Actor{ID: "plt", For: []appraisal.PersonID{"kabid"}}
	both := appraisal.Actor{ID: "plt", For: []appraisal.PersonID{"kabid", "kadis"}}
	standIn := func(id appraisal.PersonID, whom ...appraisal.PersonID) appraisal.Actor {
		return appraisal.Actor{ID: id, For: whom}
	}
	for name, c := range map[string]struct {
		actor   appraisal.Actor
		subject appraisal.Subject
		whom    appraisal.PersonID
		key     string
	}{
		"the appraiser's step":                    {plt, step(of, "kabid", appraisal.PartyAppraiser), "kabid", ""},
		"one's own step":                          {plt, step(of, "plt", appraisal.PartyPeer), "", ""},
		"the reviewing official's step":           {standIn("plt", "kadis"), step(of, "kadis", appraisal.PartyReviewingOfficial), "kadis", ""},
		"a personal step of the delegator":        {plt, step(of, "kabid", appraisal.PartyEmployee), "", "error.not_your_step"},
		"an opinion of the delegator":             {plt, step(of, "kabid", appraisal.PartyPeer), "", "error.not_your_step"},
		"a seat in the committee":                 {plt, step(of, "kabid", appraisal.PartyCommittee), "", "error.not_your_step"},
		"a step of HR":                            {plt, step(of, "", appraisal.PartyHR), "", "error.not_your_step"},
		"a step of somebody else":                 {plt, step(of, "sekda", appraisal.PartyAppraiser), "", "error.not_your_step"},
		"without a delegation":                    {standIn("plt"), step(of, "kabid", appraisal.PartyAppraiser), "", "error.not_your_step"},
		"one's own appraisal":                     {standIn("ani", "kabid"), step(of, "kabid", appraisal.PartyAppraiser), "", "delegation.error.self"},
		"asked for an opinion":                    {plt, step(with(func(s *appraisal.Subject) { s.Asked = []appraisal.PersonID{"plt"} }), "kabid", appraisal.PartyAppraiser), "", "delegation.error.asked"},
		"appraised by the employee":               {plt, step(with(func(s *appraisal.Subject) { s.Appraised = []appraisal.PersonID{"plt"} }), "kabid", appraisal.PartyAppraiser), "", "delegation.error.superior"},
		"the reviewing official as appraiser":     {standIn("kadis", "kabid"), step(of, "kabid", appraisal.PartyAppraiser), "", "delegation.error.both_sides"},
		"the appraiser as reviewing official":     {standIn("kabid", "kadis"), step(of, "kadis", appraisal.PartyReviewingOfficial), "", "delegation.error.both_sides"},
		"holding both, as appraiser":              {both, step(of, "kabid", appraisal.PartyAppraiser), "kabid", ""},
		"holding both, as reviewing official":     {both, step(of, "kadis", appraisal.PartyReviewingOfficial), "", "delegation.error.both_sides"},
		"who rated decides for another":           {standIn("plt", "kadis"), step(with(func(s *appraisal.Subject) { s.Judges = []appraisal.PersonID{"plt"} }), "kadis", appraisal.PartyReviewingOfficial), "", "delegation.error.judged"},
		"who rated decides for themselves":        {standIn("kadis"), step(with(func(s *appraisal.Subject) { s.Judges = []appraisal.PersonID{"kadis"} }), "kadis", appraisal.PartyReviewingOfficial), "", "delegation.error.judged"},
		"who rated goes on as appraiser":          {plt, step(with(func(s *appraisal.Subject) { s.Judges = []appraisal.PersonID{"plt"} }), "kabid", appraisal.PartyAppraiser), "kabid", ""},
		"nobody's step by an actor without an id": {appraisal.Actor{}, step(of, "", appraisal.PartyAppraiser), "", "error.not_your_step"},
	} {
		whom, err := c.subject.Does(c.actor)
		var told *appraisal.Error
		errors.As(err, &told)
		if whom != c.whom || (told == nil) != (c.key == "") || told != nil && told.Key != c.key {
			t.Errorf("%s: for %q, refused with %v; want %q, %s", name, whom, told, c.whom, c.key)
		}
	}
}

func TestWhatComesWithADelegationIsReadingForItsStepsAndNothingElseOfTheDelegators(t *testing.T) {
	plt := appraisal.Actor{ID: "plt", For: []appraisal.PersonID{"kabid"}}
	staff := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis"}
	own := appraisal.Subject{Employee: "kabid", Appraiser: "kadis", Reviewer: "sekda"}
	for _, c := range []struct {
		action  appraisal.Action
		subject appraisal.Subject
		want    appraisal.Code
	}{
		{appraisal.ActionReadAppraisal, staff, ""}, {appraisal.ActionReadEvidence, staff, ""}, {appraisal.ActionGiveFeedback, staff, ""},
		{appraisal.ActionChangePlan, staff, ""},
		{appraisal.ActionReadHistory, staff, appraisal.CodeNotFound}, {appraisal.ActionVerifyTraining, staff, appraisal.CodeNotFound},
		{appraisal.ActionReadAppraisal, own, appraisal.CodeNotFound}, {appraisal.ActionChangePlan, own, appraisal.CodeNotFound},
		{appraisal.ActionCalibrate, staff, appraisal.CodeForbidden}, {appraisal.ActionEnrol, staff, appraisal.CodeForbidden},
		{appraisal.ActionDelegate, own, appraisal.CodeForbidden},
	} {
		err := appraisal.Can(plt, c.action, c.subject)
		if (err == nil) != (c.want == "") || err != nil && appraisal.CodeOf(err) != c.want {
			t.Errorf("%s of %s: %v, want %q", c.action, c.subject.Employee, err, c.want)
		}
	}
}
