package service

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func (b *bundle) read(t *testing.T, reader, who string) Appraisal {
	t.Helper()
	v, err := b.Appraisal(t.Context(), b.as(reader), b.of(t, who))
	must(t, err)
	return v
}

func TestAnAppraisalExistsOnlyForThoseWhoMayReadIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	for _, reader := range []string{"ani", "kabid", "kadis", "hana"} {
		if v := b.read(t, reader, "ani"); v.Employee.Name != "Ani Lestari" || v.Appraiser.Name != "Kabid Joko" || v.Reviewer.Name != "Kadis Ratna" {
			t.Errorf("%s reads %+v", reader, v)
		}
	}
	for _, reader := range []string{"budi", "komite", "operator", "pimpinan", "bupati"} {
		_, err := b.Appraisal(t.Context(), b.as(reader), b.of(t, "ani"))
		wantCode(t, err, appraisal.CodeNotFound)
		_, err = b.StepForm(t.Context(), b.as(reader), b.open(t, "ani", appraisal.StepDraftPlan))
		wantCode(t, err, appraisal.CodeNotFound)
	}
	_, err := b.Appraisal(t.Context(), b.as("hana"), "no such id")
	wantCode(t, err, appraisal.CodeNotFound)
}

func TestTheRegentReadsTheAppraisalOfTheTopOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "kadis", appraisal.StageTargets)
	if v := b.read(t, "bupati", "kadis"); v.Reviewer.Post != "Bupati" {
		t.Errorf("reviewing official is %+v", v.Reviewer)
	}
}

func TestARatingIsHiddenFromTheEmployeeUntilTheResultIsReleased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageCalibration)
	_, err := b.pool.Exec(t.Context(), `insert into role_grant (person_id, role) values ($1, 'hr'), ($1, 'committee')`, b.as("ani").ID)
	must(t, err)
	powerful := b.as("ani")
	powerful.Roles = []appraisal.Role{appraisal.RoleHR, appraisal.RoleCommittee}
	for _, reader := range []appraisal.Actor{b.as("ani"), powerful} {
		v, err := b.Appraisal(t.Context(), reader, b.of(t, "ani"))
		must(t, err)
		if v.Rating != nil || len(v.Ratings) != 0 || v.Ratings == nil {
			t.Errorf("with roles %v the employee reads %+v", reader.Roles, v.Ratings)
		}
		for _, c := range v.Competencies {
			if c.Rated != 0 || c.Required != 3 {
				t.Errorf("with roles %v the employee reads %+v", reader.Roles, c)
			}
		}
	}
	v := b.read(t, "kabid", "ani")
	if v.Rating == nil || v.Rating.Predikat != appraisal.PredikatBaik || v.Rating.RatedBy != "Kabid Joko" || len(v.Rating.Explanation) == 0 {
		t.Fatalf("the appraiser reads %+v", v.Rating)
	}
	if len(v.Competencies) != 2 || v.Competencies[1].Rated != 2 || v.Competencies[1].Assessed != 1 || v.Competencies[1].Source != "competency_test" {
		t.Errorf("the appraiser reads %+v", v.Competencies)
	}
	b.lock(t, "ani")
	if v := b.read(t, "ani", "ani"); v.Rating != nil {
		t.Errorf("a locked session shows %+v before the release", v.Rating)
	}
	b.enter(t, "ani", appraisal.StageResult)
	if v := b.read(t, "ani", "ani"); v.Rating == nil || v.Competencies[0].Rated != 3 {
		t.Errorf("after the release the employee reads %+v, %+v", v.Rating, v.Competencies)
	}
}

func TestNothingBeforeTheReleaseTellsTheEmployeeOfARating(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageCalibration)
	}
	const secret = "Di luar dugaan tim"
	_, err := b.ChangeRating(t.Context(), b.as("komite"), Call{}, b.cohort(t, "ani"), CalibrationChange{
		Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: secret})
	must(t, err)
	for _, who := range []string{"ani", "kabid"} {
		raw, err := json.Marshal(b.read(t, who, "ani"))
		must(t, err)
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s reads what the session proposes", who)
		}
		for _, told := range []string{`"predikat":`, `"meets"`, "Bekerja sesuai rencana"} {
			if who == "ani" && strings.Contains(string(raw), told) {
				t.Errorf("the employee reads %s", told)
			}
		}
	}
	if !slices.ContainsFunc(b.read(t, "komite", "ani").Timeline, func(e TimelineEntry) bool { return e.Detail == secret }) {
		t.Error("the committee does not find its own proposal in the timeline")
	}
}

func TestPeersAreNamedOnlyToThoseWhoChoseThemAndNeverWithTheirAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	if p := b.read(t, "ani", "ani").Peers; p != nil {
		t.Errorf("peers before anybody was nominated: %+v", p)
	}
	peers := b.choosePeers(t, "ani")
	b.answer(t, peers[0], "ani", 2, "Rahasia")
	for _, reader := range []string{"ani", "kabid", "kadis", "hana"} {
		v := b.read(t, reader, "ani")
		named := reader == "ani" || reader == "kabid"
		if got := len(v.Peers.Nominees) == len(peers); got != named {
			t.Errorf("%s is told of %d nominees", reader, len(v.Peers.Nominees))
		}
		if v.Peers.Asked != 3 || v.Peers.Published || len(v.Peers.Aggregates) != 0 {
			t.Errorf("%s reads %+v before the publication", reader, v.Peers)
		}
		for _, s := range v.Steps {
			if s.Kind == appraisal.StepPeerAnswer {
				t.Errorf("%s sees the step of a peer", reader)
			}
		}
		for _, e := range v.Timeline {
			if e.Actor != "" && slices.ContainsFunc(peers, func(p string) bool { return b.as(p).Name == e.Actor }) {
				t.Errorf("%s reads of %s in the timeline: %+v", reader, e.Actor, e)
			}
		}
		if v.WaitingOn != appraisal.PartyPeer {
			t.Errorf("%s reads that %s is waited for", reader, v.WaitingOn)
		}
	}
}

func TestPublishedOpinionsShowAveragesOnlyFromThreeOnAndNoAuthor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	asked := map[string][]string{}
	for who, answers := range map[string]int{"ani": 3, "eko": 2} {
		b.reach(t, who, appraisal.StagePeerReview)
		asked[who] = b.choosePeers(t, who)
		for i, p := range asked[who] {
			if i < answers {
				b.answer(t, p, who, i+2, "Pendapat "+p)
			}
		}
	}
	for who, answers := range map[string]int{"ani": 3, "eko": 2} {
		for !b.look(t, who).Settled { // who has not answered by now is not waited for, nor is who could be named instead
			b.clock.advance(time.Hour)
		}
		p := b.read(t, who, who).Peers
		i := slices.IndexFunc(p.Aggregates, func(a appraisal.PeerAggregate) bool { return a.Category == appraisal.CategoryPeer })
		if !p.Published || i < 0 || p.Aggregates[i].Asked != 3 {
			t.Fatalf("%s reads %+v", who, p)
		}
		a := p.Aggregates[i]
		if answers < 3 && (!a.Withheld || a.Answers+len(a.Averages)+len(a.Comments) != 0 || p.Overall != nil) {
			t.Errorf("%d answers show %+v", answers, a)
		}
		if answers >= 3 && (a.Withheld || a.Answers != 3 || a.Averages[0] != "3.00" || len(a.Comments) != 3 || p.Overall.Score != "3.00") {
			t.Errorf("%d answers show %+v", answers, a)
		}
	}
	one := b.as(asked["ani"][0])
	one.Roles = append(one.Roles, appraisal.RoleHR)
	view, err := b.Appraisal(t.Context(), one, b.of(t, "ani"))
	must(t, err)
	if p := view.Peers; !p.Published || !p.Withheld || len(p.Aggregates) != 0 || p.Overall != nil {
		t.Errorf("who gave an opinion reads %+v, and can work out the others'", p)
	}
	view, err = b.Appraisal(t.Context(), b.as("hana"), b.of(t, "ani"))
	must(t, err)
	if p := view.Peers; p.Withheld || len(p.Aggregates) == 0 {
		t.Errorf("who gave none reads %+v", p)
	}
}

func TestAPlanLeadsUpToTheVisionAndShowsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "kabid", appraisal.StageExecution)
	b.enter(t, "ani", appraisal.StageTargets)
	plan := b.plan(t)
	plan[0].ServesStrategy = ""
	plan[0].ServesKeyResult = b.read(t, "kabid", "kabid").Plan.KeyResults[0].ID
	_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), plan)
	must(t, err)
	b.look(t, "ani")
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	b.enter(t, "ani", appraisal.StageExecution)
	indicator := b.read(t, "ani", "ani").Plan.KeyResults[0].Indicators[0].ID
	_, err = b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: indicator, Value: "96.50", Evidence: "https://arsip.test/1"})
	must(t, err)

	v := b.read(t, "kabid", "ani")
	kr := v.Plan.KeyResults[0]
	want := []ChainLink{
		{Kind: "key_result", Statement: plan[0].Statement, Owner: "Kabid Joko"}, {Kind: "sasaran", Statement: "Izin terbit tepat waktu"},
		{Kind: "misi", Statement: "Pelayanan yang cepat"}, {Kind: "visi", Statement: "Kabupaten yang melayani"},
	}
	if !slices.Equal(kr.Serves, want) {
		t.Errorf("the chain is %+v, want %+v", kr.Serves, want)
	}
	if i := kr.Indicators[0]; i.Realisation != "96.5" || i.Met == nil || !*i.Met || i.Target != "95" {
		t.Errorf("the indicator shows %+v", i)
	}
	if len(v.Progress) != 1 || v.Progress[0].Author != "Ani Lestari" || v.Progress[0].Value != "96.5" || v.Progress[0].Indicator != "Izin tepat waktu" {
		t.Errorf("progress: %+v", v.Progress)
	}
	if v.Plan.State != "approved" || v.Plan.Number != 1 || v.Plan.DecidedAt == nil {
		t.Errorf("plan: %+v", v.Plan)
	}
}

func TestTheTimelineTellsStagesAndActsInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tick := func() { b.clock.advance(time.Second) }
	b.enter(t, "ani", appraisal.StageTargets)
	tick()
	b.submitPlan(t, "ani")
	tick()
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	tick()
	b.enter(t, "ani", appraisal.StageExecution)
	var got []string
	for _, e := range b.read(t, "ani", "ani").Timeline {
		got = append(got, strings.TrimSpace(e.Action+" "+string(e.Stage)+string(e.Outcome)+" "+e.Actor))
	}
	want := []string{"entered targets", "submit_plan submitted Ani Lestari", "decide_plan approved Kabid Joko", "entered execution"}
	if !slices.Equal(got, want) {
		t.Errorf("timeline: %q, want %q", got, want)
	}
}

func TestListsOfAnAppraisalAreEmptyRatherThanMissing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	raw, err := json.Marshal(b.read(t, "ani", "ani"))
	must(t, err)
	var view map[string]any
	must(t, json.Unmarshal(raw, &view))
	for _, list := range []string{"steps", "timeline", "progress", "ratings", "competencies"} {
		if view[list] == nil {
			t.Errorf("%s is null", list)
		}
	}
}
