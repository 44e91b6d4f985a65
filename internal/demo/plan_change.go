package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// proposeChange lets some people propose a lower first target and one indicator less, some two months into the period.
func (st *story) proposeChange(ctx context.Context, i int, p postgres.Participant) error {
	if i%13 != 5 || !st.goes(i, appraisal.StageTargets) {
		return nil
	}
	form, err := st.PlanChangeForm(ctx, as(p.EmployeeID), p.ID)
	if err != nil || form.Appraisal.Plan == nil || form.Appraisal.Plan.State != postgres.PlanApproved {
		return err
	}
	in := appraisal.PlanChange{Reason: changeReasons[i%len(changeReasons)], EffectiveOn: st.clock.Now().In(st.zone).Format(time.DateOnly)}
	for n, kr := range form.Appraisal.Plan.KeyResults {
		next := appraisal.KeyResult{
			ID: kr.ID, Statement: kr.Statement, ServesKeyResult: kr.ServesKeyResult, ServesStrategy: kr.ServesStrategy, Weight: kr.Weight,
		}
		for _, ind := range kr.Indicators {
			next.Indicators = append(next.Indicators, ind.Indicator)
		}
		if n == 0 {
			var target int
			if _, err := fmt.Sscan(next.Indicators[0].Target, &target); err == nil && target > 10 {
				next.Indicators[0].Target = fmt.Sprint(target - target/10)
			}
			next.Indicators = next.Indicators[:1]
		}
		in.KeyResults = append(in.KeyResults, next)
	}
	_, err = st.ProposePlanChange(ctx, as(p.EmployeeID), service.Call{}, p.ID, in)
	return err
}

// answerChange lets most appraisers agree; one in four declines, and some never answer.
func (st *story) answerChange(ctx context.Context, i int, p postgres.Participant) error {
	open, err := postgres.OpenPlanChange(ctx, st.db, p.ID)
	if err != nil || open == nil || i%5 == 4 {
		return err
	}
	answer := service.PlanChangeAnswer{Agree: true, Comment: "Sesuai pembicaraan kita."}
	if i%4 == 1 {
		answer = service.PlanChangeAnswer{Comment: "Target semula masih dapat dicapai dengan pembagian tugas yang baru."}
	}
	_, err = st.AnswerPlanChange(ctx, as(p.AppraiserID), service.Call{}, open.ID, answer)
	return err
}

var changeReasons = []string{
	"Dua petugas pindah tugas sejak bulan lalu, sehingga beban kerja dibagi ulang.",
	"Layanan dialihkan ke kecamatan; indikator kedua diukur di sana.",
	"Aplikasi baru menggantikan pencatatan manual.",
}
