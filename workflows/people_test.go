package workflows_test

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// diligence is the habit of doing every step an hour after it opens, except that the execution window is used until the end
// of November.
func diligence() map[appraisal.StepKind]habit {
	habits := map[appraisal.StepKind]habit{}
	for kind, act := range acts {
		habits[kind] = promptly(act)
	}
	december := time.Date(2026, 12, 1, 9, 0, 0, 0, jakarta)
	habits[appraisal.StepRecordProgress] = habit{func(t task) time.Duration { return december.Sub(t.OpenedAt) }, acts[appraisal.StepRecordProgress]}
	return habits
}

func promptly(act func(*year, task) error) habit { return after(time.Hour, act) }

func after(d time.Duration, act func(*year, task) error) habit {
	return habit{func(task) time.Duration { return d }, act}
}

// whenLate does the step a while after its deadline.
func whenLate(d time.Duration, act func(*year, task) error) habit {
	return habit{func(t task) time.Duration { return t.Deadline.Add(d).Sub(t.OpenedAt) }, act}
}

// step returns the id under which the service knows the task.
func (t task) step() appraisal.StepID { return appraisal.StepID(t.ID) }

// acts do each step as it should be done.
var acts = map[appraisal.StepKind]func(*year, task) error{
	appraisal.StepDraftPlan:    submitPlan,
	appraisal.StepApprovePlan:  func(y *year, t task) error { return decidePlan(y, t, service.PlanDecision{Approve: true}) },
	appraisal.StepSelfReview:   reviewSelf,
	appraisal.StepApprovePeers: approvePeers,
	appraisal.StepRecordProgress: func(y *year, t task) error {
		_, err := y.CompleteExecution(y.t.Context(), y.people[t.Owner], service.Call{}, t.step())
		return err
	},
	appraisal.StepNominatePeers: func(y *year, t task) error {
		_, err := y.NominatePeers(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.Nomination{Peers: y.colleagues(t.About)})
		return err
	},
	appraisal.StepPeerAnswer: func(y *year, t task) error {
		answer := appraisal.PeerAnswer{Scores: make([]int, appraisal.Behaviours)}
		for i := range answer.Scores {
			answer.Scores[i] = 3
		}
		_, err := y.AnswerPeer(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), answer)
		return err
	},
	appraisal.StepAppraiserReview: review,
	appraisal.StepAcknowledgeResult: func(y *year, t task) error {
		_, err := y.AcknowledgeResult(y.t.Context(), y.people[t.Owner], service.Call{}, t.step())
		return err
	},
	appraisal.StepAnswerObjection: func(y *year, t task) error {
		_, err := y.AnswerObjection(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.ObjectionAnswer{Answer: "Sudah dihitung."})
		return err
	},
	appraisal.StepDecideObjection: func(y *year, t task) error {
		_, err := y.DecideObjection(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.ObjectionDecision{
			Change: true, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Bukti baru diterima."})
		return err
	},
	appraisal.StepApproveDevelopment: func(y *year, t task) error {
		_, err := y.ApproveDevelopment(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.DevelopmentDecision{})
		return err
	},
}

func submitPlan(y *year, t task) error {
	plan := []appraisal.KeyResult{{
		Statement: "Izin terbit dalam tiga hari", ServesStrategy: value[string](y.office, `select id::text from strategy_item`),
		Indicators: []appraisal.Indicator{{Aspect: appraisal.AspectQuantity, Description: "Izin", Target: "100", Measure: "berkas", Direction: appraisal.DirectionMore}},
	}}
	_, err := y.SubmitPlan(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), plan)
	return err
}

func decidePlan(y *year, t task, in service.PlanDecision) error {
	_, err := y.DecidePlan(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), in)
	return err
}

func reviewSelf(y *year, t task) error {
	_, err := y.SubmitSelfReview(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), appraisal.SelfReview{Achievements: "Semua izin terbit."})
	return err
}

// approvePeers approves the list as it was nominated, or a choice of their own where nobody was.
func approvePeers(y *year, t task) error {
	peers := values[appraisal.PersonID](y.office, `select peer_id from peer_nomination where appraisal_id = $1 order by ordinal`, t.Appraisal)
	if len(peers) == 0 {
		peers = y.colleagues(t.About)
	}
	_, err := y.DecidePeers(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.PeersDecision{Approve: true, Peers: peers})
	return err
}

func review(y *year, t task) error {
	required := values[string](y.office, `select competency from competency_standard s join appraisal a on a.position_kind = s.position_kind where a.id = $1`, t.Appraisal)
	in := appraisal.Review{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Comment: "Sesuai rencana.", Reason: "Sudah dibicarakan."}
	for _, code := range required {
		in.Competencies = append(in.Competencies, appraisal.CompetencyRating{Competency: code, Level: 2})
	}
	_, err := y.SubmitReview(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), in)
	return err
}

func object(y *year, t task) error {
	_, err := y.Object(y.t.Context(), y.people[t.Owner], service.Call{}, t.step(), service.NewObjection{Reasons: "Capaian triwulan IV belum dihitung."})
	return err
}

func lockSession(y *year, t task) error {
	_, err := y.LockCohort(y.t.Context(), y.people["komite"], service.Call{}, appraisal.CohortID(t.ID), service.Lock{Justification: "Kelompok kecil."})
	return err
}

// colleagues are three others of the division.
func (y *year) colleagues(of string) []appraisal.PersonID {
	var ids []appraisal.PersonID
	for _, name := range []string{"budi", "citra", "dodi", "eko"} {
		if name != of && len(ids) < 3 {
			ids = append(ids, y.people[name].ID)
		}
	}
	return ids
}

// template returns one of the templates that come with the product.
func template(name string) appraisal.Template {
	list, err := appraisal.Templates()
	if err != nil {
		panic(err)
	}
	for _, t := range list {
		if t.Name == name {
			return t
		}
	}
	panic("no template called " + name)
}
