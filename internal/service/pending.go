package service

import (
	"context"
	"errors"

	"github.com/marelan/telaah/internal/appraisal"
)

// Signatures that rest and web can rely on; each moves to its own file as it becomes real. THIS FILE GOES AWAY.

var errPending = errors.New("pending")

func (s *Service) Home(ctx context.Context, actor appraisal.Actor) (Home, error) {
	return Home{}, errPending
}
func (s *Service) Appraisal(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (Appraisal, error) {
	return Appraisal{}, errPending
}
func (s *Service) StepForm(ctx context.Context, actor appraisal.Actor, id appraisal.StepID) (StepForm, error) {
	return StepForm{}, errPending
}

func (s *Service) Cohorts(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	return nil, errPending
}
func (s *Service) Cohort(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID) (Cohort, error) {
	return Cohort{}, errPending
}

func (s *Service) Funnel(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]FunnelRow, error) {
	return nil, errPending
}
func (s *Service) Appraisals(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, f ListFilter) (Page[Listed], error) {
	return Page[Listed]{}, errPending
}

func (s *Service) Stalled(ctx context.Context, actor appraisal.Actor, after string, limit int) (Page[Stalled], error) {
	return Page[Stalled]{}, errPending
}
func (s *Service) Mails(ctx context.Context, actor appraisal.Actor, f MailFilter) (Page[Mail], error) {
	return Page[Mail]{}, errPending
}
func (s *Service) ResendMail(ctx context.Context, actor appraisal.Actor, call Call, id string) (Receipt, error) {
	return Receipt{}, errPending
}
