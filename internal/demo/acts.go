package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

func agency(unit string) string {
	code, _, _ := strings.Cut(unit, ".")
	return code
}

func as(id appraisal.PersonID) appraisal.Actor { return appraisal.Actor{ID: id} }

// on runs f with the open step of a kind if the story goes on there.
func (st *story) on(ctx context.Context, i int, p postgres.Participant, kind appraisal.StepKind, f func(id appraisal.StepID) error) error {
	if !st.goes(i, kind.Stage()) {
		return nil
	}
	if err := st.conduct(ctx, i, p); err != nil {
		return err
	}
	open, err := postgres.OpenSteps(ctx, st.db, p.ID, kind)
	if err != nil || len(open) == 0 {
		return err
	}
	if err := f(open[0].ID); err != nil {
		return err
	}
	return st.conduct(ctx, i, p)
}

func (st *story) draftPlan(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepDraftPlan, func(id appraisal.StepID) error {
		form, err := st.StepForm(ctx, as(p.EmployeeID), id)
		if err != nil {
			return err
		}
		plan := goOn(planOf(i, p, form.Alignments), form.Appraisal.Plan)
		if st.plot.scored {
			plan[0].Weight, plan[1].Weight = "60", "40"
		}
		measureBy(plan, form.Sources, appraisal.Aspects(p.PositionKind.Level()), i)
		_, err = st.SubmitPlan(ctx, as(p.EmployeeID), service.Call{}, id, plan)
		return err
	})
}

// planOf writes two key results from the person's work, each serving something of the superior's or of the strategy.
func planOf(i int, p postgres.Participant, options []service.Alignment) []appraisal.KeyResult {
	work := works[p.PositionKind]
	aspects := appraisal.Aspects(p.PositionKind.Level())
	var plan []appraisal.KeyResult
	for n := range 2 {
		w := work[(i+n)%len(work)]
		kr := appraisal.KeyResult{Statement: w.result, Indicators: []appraisal.Indicator{
			{Aspect: aspects[0], Description: w.amount, Target: fmt.Sprint(w.target + 5*(i%4)), Measure: w.measure, Direction: appraisal.DirectionMore},
			{Aspect: aspects[2], Description: w.speed, Target: fmt.Sprint(2 + i%3), Measure: "hari", Direction: appraisal.DirectionLess},
		}}
		serve(&kr, options, i+n, n == 0 && p.PositionKind.Level() == appraisal.LevelJPT)
		plan = append(plan, kr)
	}
	return plan
}

// goOn tells that a plan which was sent back goes on with the same key results, so that those who serve them serve them still.
func goOn(plan []appraisal.KeyResult, before *service.Plan) []appraisal.KeyResult {
	if before == nil {
		return plan
	}
	for n := range min(len(plan), len(before.KeyResults)) {
		kr, was := &plan[n], before.KeyResults[n]
		kr.ID = was.ID
		for j := range min(len(kr.Indicators), len(was.Indicators)) {
			kr.Indicators[j].ID = was.Indicators[j].ID
		}
	}
	return plan
}

// serve lets a key result serve one of the superior's; those who have none, and the first of an agency's head, serve an objective
// of their unit, or any where it has none.
func serve(kr *appraisal.KeyResult, options []service.Alignment, i int, head bool) {
	var above, near, strategy []service.Alignment
	for _, o := range options {
		switch {
		case o.KeyResult != "":
			above = append(above, o)
		case o.Near:
			near = append(near, o)
		default:
			strategy = append(strategy, o)
		}
	}
	if len(near) == 0 {
		near = strategy
	}
	if len(above) > 0 && !head {
		kr.ServesKeyResult = above[i%len(above)].KeyResult
		return
	}
	kr.ServesStrategy = near[i%len(near)].Strategy
}

func (st *story) approvePlan(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepApprovePlan, func(id appraisal.StepID) error {
		decision := service.PlanDecision{Approve: true}
		if step, err := postgres.GetStep(ctx, st.db, id); err != nil {
			return err
		} else if i%19 == 3 && step.Round == 1 {
			decision = service.PlanDecision{Comment: "Target hari penyelesaian belum sesuai standar layanan; mohon diperbaiki."}
		}
		_, err := st.DecidePlan(ctx, as(p.AppraiserID), service.Call{}, id, decision)
		return err
	})
}

func (st *story) recordProgress(ctx context.Context, i int, p postgres.Participant) error {
	if i%3 == 1 || !st.goes(i, appraisal.StageTargets) {
		return nil
	}
	indicators, err := st.indicators(ctx, p)
	if err != nil || len(indicators) == 0 {
		return err
	}
	if err := st.attach(ctx, i, p); err != nil {
		return err
	}
	for n, ind := range indicators {
		if ind.Source != "" {
			continue
		}
		_, err := st.AddProgress(ctx, as(p.EmployeeID), service.Call{}, p.ID, appraisal.Progress{
			Indicator: ind.ID, Value: achieved(ind, i+n), Note: notes[(i+n)%len(notes)]})
		if err != nil {
			return err
		}
	}
	return nil
}

func (st *story) indicators(ctx context.Context, p postgres.Participant) ([]postgres.Indicator, error) {
	plan, err := postgres.LatestPlan(ctx, st.db, p.ID)
	if err != nil || plan == nil || plan.State != postgres.PlanApproved {
		return nil, err
	}
	return postgres.Indicators(ctx, st.db, plan.ID, p.ID)
}

// achieved makes up a figure near the target: four in five reach it.
func achieved(ind postgres.Indicator, i int) string {
	var target float64
	_, _ = fmt.Sscan(ind.Target, &target)
	factor := []float64{1.02, 1, 1.1, 0.85, 1.05}[i%5]
	if ind.Direction == appraisal.DirectionLess {
		factor = []float64{0.8, 1, 0.9, 1.4, 0.95}[i%5]
	}
	if target >= 10 { // whole letters and reports, but parts of a day
		return fmt.Sprintf("%.0f", target*factor)
	}
	return fmt.Sprintf("%.1f", target*factor)
}

func (st *story) reviewSelf(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepSelfReview, func(id appraisal.StepID) error {
		form, err := st.StepForm(ctx, as(p.EmployeeID), id)
		if err != nil {
			return err
		}
		review := appraisal.SelfReview{Achievements: achievements[i%len(achievements)], Obstacles: obstacles[i%len(obstacles)],
			Development: developments[i%len(developments)]}
		if form.Appraisal.Plan != nil {
			for n, kr := range form.Appraisal.Plan.KeyResults {
				for m, ind := range kr.Indicators {
					review.Realisations = append(review.Realisations, stated(ind, i+2*n+m))
				}
			}
		}
		_, err = st.SubmitSelfReview(ctx, as(p.EmployeeID), service.Call{}, id, review)
		return err
	})
}

func (st *story) nominatePeers(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepNominatePeers, func(id appraisal.StepID) error {
		form, err := st.StepForm(ctx, as(p.EmployeeID), id)
		if err != nil {
			return err
		}
		_, err = st.NominatePeers(ctx, as(p.EmployeeID), service.Call{}, id, service.Nomination{Peers: choose(form)})
		return err
	})
}

// choose takes those who owe least of the first group that is large enough to be shown.
func choose(form service.StepForm) []appraisal.PersonID {
	for _, category := range appraisal.PeerCategories() {
		var peers []appraisal.PersonID
		for load := 0; load < 8 && len(peers) < form.Asked; load++ {
			for _, c := range form.Candidates {
				if c.Category == category && c.Owes == load && len(peers) < form.Asked {
					peers = append(peers, c.ID)
				}
			}
		}
		if len(peers) >= form.Minimum || form.Extension && len(peers) > 0 {
			return peers
		}
	}
	return []appraisal.PersonID{}
}

func (st *story) approvePeers(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepApprovePeers, func(id appraisal.StepID) error {
		st.asking.Lock() // how much everybody owes may not change between the look and the choice
		defer st.asking.Unlock()
		form, err := st.StepForm(ctx, as(p.AppraiserID), id)
		if err != nil {
			return err
		}
		_, err = st.DecidePeers(ctx, as(p.AppraiserID), service.Call{}, id, service.PeersDecision{Approve: true, Peers: choose(form)})
		return err
	})
}

func (st *story) answerPeers(ctx context.Context, i int, p postgres.Participant) error {
	steps, err := postgres.OpenSteps(ctx, st.db, p.ID, appraisal.StepPeerAnswer)
	if err != nil || !st.goes(i, appraisal.StagePeerReview) && i%4 == 1 {
		return err
	}
	for n, step := range steps {
		if !st.goes(i, appraisal.StagePeerReview) && n%2 == 1 {
			continue
		}
		answer := appraisal.PeerAnswer{Scores: make([]int, appraisal.Behaviours)}
		for b := range answer.Scores {
			answer.Scores[b] = []int{3, 4, 3, 4, 2, 3, 0}[(i+n*3+b)%7]
		}
		if n == 0 {
			answer.Comment = comments[i%len(comments)]
		}
		if _, err := st.AnswerPeer(ctx, as(*step.OwnerID), service.Call{}, step.ID, answer); err != nil {
			return err
		}
	}
	return st.conduct(ctx, i, p)
}

func (st *story) review(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepAppraiserReview, func(id appraisal.StepID) error {
		form, err := st.StepForm(ctx, as(p.AppraiserID), id)
		if err != nil {
			return err
		}
		cell := cells[i%len(cells)]
		review := appraisal.Review{WorkResult: cell.work, Behaviour: cell.behaviour, Comment: cell.comment,
			Reason: "Penilaian mempertimbangkan beban tugas tambahan yang tidak tertulis dalam SKP."}
		if st.plot.scored {
			review = scored(i, form.Appraisal.Plan.KeyResults)
		}
		for n, c := range form.Appraisal.Competencies {
			level := min(5, max(1, c.Required-[]int{0, 1, 0, 0, 1, 0, -1}[(i+n)%7]))
			review.Competencies = append(review.Competencies, appraisal.CompetencyRating{Competency: c.Code, Level: level})
		}
		_, err = st.SubmitReview(ctx, as(p.AppraiserID), service.Call{}, id, review)
		return err
	})
}

// scored confirms what was handed in, apart from one figure of some, and gives the behaviour a score.
func scored(i int, results []service.KeyResult) appraisal.Review {
	review := appraisal.Review{
		BehaviourScore: []appraisal.Decimal{"92.5", "98", "104.25", "88"}[i%4], Innovation: &appraisal.Innovation{},
		Comment: "Nilai perilaku mengikuti catatan dialog kinerja triwulan ini.",
	}
	if i%4 == 2 {
		review.Innovation = &appraisal.Innovation{Found: true, Description: "Lembar periksa digital yang memangkas waktu verifikasi usulan penghargaan."}
	}
	for n, kr := range results {
		for m, ind := range kr.Indicators {
			settled := appraisal.ReviewedRealisation{Indicator: ind.ID, Value: ind.Realisation}
			if i%4 == 1 && n == 0 && m == 0 {
				settled.Value, settled.Reason = lowered(ind.Realisation), "Sebagian capaian bulan kedua terhitung dua kali."
			}
			review.Realisations = append(review.Realisations, settled)
		}
	}
	return review
}

// lowered takes a tenth off a figure.
func lowered(figure string) string {
	var f float64
	_, _ = fmt.Sscan(figure, &f)
	return fmt.Sprintf("%.1f", 0.9*f)
}

func (st *story) hearResult(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepAcknowledgeResult, func(id appraisal.StepID) error {
		if i%9 == 4 {
			_, err := st.Object(ctx, as(p.EmployeeID), service.Call{}, id, service.NewObjection{
				Reasons: "Dua laporan bulanan yang sudah diserahkan belum dihitung sebagai capaian.", Evidence: "Tanda terima nomor 45 dan 52."})
			return err
		}
		if i%5 == 2 { // has not read it yet
			return nil
		}
		_, err := st.AcknowledgeResult(ctx, as(p.EmployeeID), service.Call{}, id)
		return err
	})
}

func (st *story) approveDevelopment(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepApproveDevelopment, func(id appraisal.StepID) error {
		form, err := st.StepForm(ctx, as(p.AppraiserID), id)
		if err != nil || form.Appraisal.Development == nil {
			return err
		}
		var chosen []string
		for _, item := range form.Appraisal.Development.Items {
			chosen = append(chosen, item.Training)
		}
		_, err = st.ApproveDevelopment(ctx, as(p.AppraiserID), service.Call{}, id, service.DevelopmentDecision{Trainings: chosen})
		return err
	})
}
