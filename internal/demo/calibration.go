package demo

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// Scores that nobody's appraiser gives: a session raises to the first, and an objection to the second, also where a session has raised
// before.
const (
	raisedBehaviour appraisal.Decimal = "101.5"
	heardBehaviour  appraisal.Decimal = "102.5"
)

// rateUnits lets HR rate the units whose sessions have come so far; one of them is rated anew after a finding.
func (st *story) rateUnits(ctx context.Context, cohorts []postgres.Cohort) error {
	id, err := postgres.HeadOf(ctx, st.db, "BKPSDM.3")
	if err != nil {
		return err
	}
	hr := appraisal.Actor{ID: id, Roles: []appraisal.Role{appraisal.RoleHR}}
	rated := map[string]bool{}
	for _, k := range cohorts {
		if k.Status != postgres.CohortOpen || rated[k.UnitCode] {
			continue
		}
		rated[k.UnitCode] = true
		first := service.UnitRating{Unit: k.UnitCode, Rating: appraisal.OrganisationBaik, Evidence: "Laporan kinerja triwulan dan capaian perjanjian kinerja."}
		if _, err := st.RateUnit(ctx, hr, service.Call{}, st.cycle.ID, first); err != nil {
			return err
		}
		if len(rated) == 1 {
			first.Rating, first.Reason = appraisal.OrganisationIstimewa, "Hasil reviu Inspektorat lebih tinggi daripada laporan awal."
			if _, err := st.RateUnit(ctx, hr, service.Call{}, st.cycle.ID, first); err != nil {
				return err
			}
		}
	}
	return nil
}

// deliberate leaves a session as one finds it in the middle of a sitting: a proposal, what others say to it, and one confirmation.
func (st *story) deliberate(ctx context.Context, committee []appraisal.Actor, k postgres.Cohort) error {
	view, err := st.Cohort(ctx, committee[0], k.ID)
	if err != nil {
		return err
	}
	for _, m := range view.Members {
		if m.Before == nil || m.Appraised || m.Before.Predikat != appraisal.PredikatBaik {
			continue
		}
		change := service.CalibrationChange{Appraisal: m.Appraisal, Reason: "Capaian melampaui target dan dipakai unit lain sebagai contoh."}
		if st.plot.scored {
			change.BehaviourScore = raisedBehaviour
		} else {
			change.WorkResult, change.Behaviour = appraisal.ExpectationAbove, appraisal.ExpectationAbove
		}
		if _, err := st.ChangeRating(ctx, committee[0], service.Call{}, k.ID, change); err != nil {
			return err
		}
		said := service.SessionOpinion{Appraisal: m.Appraisal, Stance: appraisal.StanceExplain, Words: "Mohon dilihat bukti dukung triwulan terakhir."}
		if _, err := st.GiveOpinion(ctx, committee[1], service.Call{}, k.ID, said); err != nil && appraisal.CodeOf(err) != appraisal.CodeForbidden {
			return err // who is rated in this session themselves says nothing to their own rating
		}
		break
	}
	_, err = st.ConfirmSession(ctx, committee[1], service.Call{}, k.ID)
	return err
}

// answerObjection lets the appraiser answer in writing.
func (st *story) answerObjection(ctx context.Context, i int, p postgres.Participant) error {
	return st.on(ctx, i, p, appraisal.StepAnswerObjection, func(id appraisal.StepID) error {
		_, err := st.AnswerObjection(ctx, as(p.AppraiserID), service.Call{}, id, service.ObjectionAnswer{
			Answer: "Dua laporan itu memang diserahkan, tetapi setelah batas waktu yang disepakati dalam SKP."})
		return err
	})
}

// decideObjection lets the reviewing officials decide: half of the objections change the result, and the last ones still wait.
func (st *story) decideObjection(ctx context.Context, i int, p postgres.Participant) error {
	if i%4 == 3 {
		return nil
	}
	return st.on(ctx, i, p, appraisal.StepDecideObjection, func(id appraisal.StepID) error {
		step, err := postgres.GetStep(ctx, st.db, id)
		if err != nil || step.OwnerID == nil {
			return err
		}
		form, err := st.StepForm(ctx, as(*step.OwnerID), id)
		if err != nil {
			return err
		}
		decision := service.ObjectionDecision{Reason: "Keterlambatan terbukti dari tanda terima; hasil semula tetap berlaku."}
		if r := form.Appraisal.Rating; (i/9)%2 == 0 && r != nil && r.Predikat != appraisal.PredikatSangatBaik {
			decision = service.ObjectionDecision{Change: true, Reason: "Kedua laporan dapat dihitung karena batas waktunya dimundurkan secara tertulis."}
			if st.plot.scored {
				decision.BehaviourScore = heardBehaviour
			} else {
				decision.WorkResult, decision.Behaviour = appraisal.ExpectationAbove, appraisal.ExpectationAbove
			}
		}
		_, err = st.DecideObjection(ctx, as(*step.OwnerID), service.Call{}, id, decision)
		return err
	})
}
