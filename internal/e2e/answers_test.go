package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// answer fills in the form of a step: the act's place in the API, the outcome that the record must show, and the body.
func (s *script) answer(ctx context.Context, t task) (act, outcome string, body any, err error) {
	m := mannerOf(t.Employee)
	switch t.Kind {
	case appraisal.StepDraftPlan:
		form, err := s.form(ctx, t)
		if err != nil {
			return "", "", nil, err
		}
		return "plan", "submitted", map[string]any{"key_results": []appraisal.KeyResult{{
			Statement: "Berkas selesai tepat waktu. " + secretWord, ServesStrategy: s.mission, Indicators: []appraisal.Indicator{{
				Aspect:      appraisal.Aspects(form.Appraisal.PositionKind.Level())[0], // of a JPT a perspective
				Description: "Berkas selesai", Target: "100", Measure: "berkas", Direction: appraisal.DirectionMore,
			}},
		}}}, nil
	case appraisal.StepApprovePlan:
		if m == sentBack && t.Round == 1 {
			return "plan-decision", "returned", service.PlanDecision{Comment: "Target belum jelas. " + secretWord}, nil
		}
		return "plan-decision", "approved", service.PlanDecision{Approve: true}, nil
	case appraisal.StepRecordProgress:
		if err := s.progress(ctx, t); err != nil {
			return "", "", nil, err
		}
		return "execution-completion", "completed", nil, nil
	case appraisal.StepSelfReview:
		return "self-review", "submitted", appraisal.SelfReview{Achievements: "Selesai semua. " + secretWord}, nil
	case appraisal.StepNominatePeers:
		peers, err := s.peers(ctx, t)
		return "peer-nomination", "submitted", service.Nomination{Peers: peers}, err
	case appraisal.StepApprovePeers:
		peers, err := s.peers(ctx, t)
		return "peer-decision", "approved", service.PeersDecision{Approve: true, Peers: peers}, err
	case appraisal.StepPeerAnswer:
		scores := make([]int, appraisal.Behaviours)
		for i := range scores {
			scores[i] = i%4 + 1
		}
		return "peer-answer", "submitted", appraisal.PeerAnswer{Scores: scores, Comment: "Rekan yang baik. " + secretWord}, nil
	case appraisal.StepAppraiserReview:
		return s.review(ctx, t)
	case appraisal.StepAcknowledgeResult:
		if m == objector {
			return "objection", "objected", service.NewObjection{Reasons: "Ada capaian yang belum dihitung. " + secretWord}, nil
		}
		return "acknowledgement", "acknowledged", nil, nil
	case appraisal.StepAnswerObjection:
		return "objection-answer", "submitted", service.ObjectionAnswer{Answer: "Sudah dipertimbangkan. " + secretWord}, nil
	case appraisal.StepDecideObjection:
		return "objection-decision", "decided", service.ObjectionDecision{Change: true, WorkResult: "above", Behaviour: "meets", Reason: "Terbukti. " + secretWord}, nil
	case appraisal.StepApproveDevelopment:
		form, err := s.form(ctx, t)
		decision := service.DevelopmentDecision{Trainings: []string{}}
		if err == nil && form.Appraisal.Development != nil {
			for _, item := range form.Appraisal.Development.Items {
				decision.Trainings = append(decision.Trainings, item.Training)
			}
		}
		return "development-approval", "approved", decision, err
	}
	return "", "", nil, fmt.Errorf("no answer to %s", t.Kind)
}

// form reads the step's form as its owner.
func (s *script) form(ctx context.Context, t task) (service.StepForm, error) {
	var form service.StepForm
	session, err := s.signIn(ctx, t.Owner)
	if err != nil {
		return form, err
	}
	a, err := s.call(ctx, session, http.MethodGet, "/tasks/"+t.Step, "", nil)
	if err != nil {
		return form, err
	}
	if !a.ok() {
		return form, fmt.Errorf("read the form: %d %s", a.status, a.body)
	}
	return form, json.Unmarshal(a.body, &form)
}

// peers picks four of the candidates who owe least, of the first group that is large enough to be shown.
func (s *script) peers(ctx context.Context, t task) ([]appraisal.PersonID, error) {
	form, err := s.form(ctx, t)
	for _, category := range appraisal.PeerCategories() {
		var peers []appraisal.PersonID
		for load := 0; load < 8 && len(peers) < 4; load++ {
			for _, c := range form.Candidates {
				if c.Category == category && c.Owes == load && len(peers) < 4 {
					peers = append(peers, c.ID)
				}
			}
		}
		if len(peers) >= form.Minimum || form.Extension && len(peers) > 0 {
			return peers, err
		}
	}
	return []appraisal.PersonID{}, err
}

func (s *script) progress(ctx context.Context, t task) error {
	form, err := s.form(ctx, t)
	if err != nil || form.Appraisal.Plan == nil {
		return err
	}
	indicator := form.Appraisal.Plan.KeyResults[0].Indicators[0].ID
	a, err := s.act(ctx, t.Owner, t.Step, "/appraisals/"+t.Appraisal+"/progress", "", "progress-"+t.Appraisal,
		appraisal.Progress{Indicator: indicator, Value: "80", Note: "Berjalan. " + secretWord})
	if err == nil && !a.ok() && a.code() != "wrong_stage" {
		err = fmt.Errorf("progress: %d %s", a.status, a.body)
	}
	return err
}

func (s *script) review(ctx context.Context, t task) (string, string, any, error) {
	form, err := s.form(ctx, t)
	if err != nil {
		return "", "", nil, err
	}
	review := appraisal.Review{WorkResult: "meets", Behaviour: "meets", Comment: "Sesuai harapan. " + secretWord}
	for _, c := range form.Appraisal.Competencies {
		review.Competencies = append(review.Competencies, appraisal.CompetencyRating{Competency: c.Code, Level: max(1, c.Required-1)})
	}
	return "review", "submitted", review, nil
}
