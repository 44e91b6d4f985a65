package service

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Signatures that rest and web can rely on; each moves to its own file as it becomes real. THIS FILE GOES AWAY.

var errPending = errors.New("pending")

func (s *Service) RequestLink(ctx context.Context, email, network, next string) error {
	return errPending
}
func (s *Service) Redeem(ctx context.Context, token string) (SignedIn, error) {
	return SignedIn{}, errPending
}
func (s *Service) Authenticate(ctx context.Context, token string) (appraisal.Actor, error) {
	return appraisal.Actor{}, errPending
}
func (s *Service) SignOut(ctx context.Context, token string) error { return errPending }
func (s *Service) SetLanguage(ctx context.Context, actor appraisal.Actor, lang string) error {
	return errPending
}

func (s *Service) Home(ctx context.Context, actor appraisal.Actor) (Home, error) {
	return Home{}, errPending
}
func (s *Service) Appraisal(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (Appraisal, error) {
	return Appraisal{}, errPending
}
func (s *Service) StepForm(ctx context.Context, actor appraisal.Actor, id appraisal.StepID) (StepForm, error) {
	return StepForm{}, errPending
}
func (s *Service) SaveDraft(ctx context.Context, actor appraisal.Actor, id appraisal.StepID, body json.RawMessage) (time.Time, error) {
	return time.Time{}, errPending
}

func (s *Service) SubmitPlan(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, plan []appraisal.KeyResult) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) DecidePlan(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in PlanDecision) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) AddProgress(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in appraisal.Progress) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) CompleteExecution(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) SubmitSelfReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.SelfReview) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) NominatePeers(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in Nomination) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) DecidePeers(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in PeersDecision) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) AnswerPeer(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.PeerAnswer) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) SubmitReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.Review) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) AcknowledgeResult(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) Object(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in NewObjection) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) AnswerObjection(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in ObjectionAnswer) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) DecideObjection(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in ObjectionDecision) (Receipt, error) {
	return Receipt{}, errPending
}
func (s *Service) ApproveDevelopment(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in DevelopmentDecision) (Receipt, error) {
	return Receipt{}, errPending
}

func (s *Service) Cohorts(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	return nil, errPending
}
func (s *Service) Cohort(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID) (Cohort, error) {
	return Cohort{}, errPending
}
func (s *Service) RateUnit(ctx context.Context, actor appraisal.Actor, call Call, cycle appraisal.CycleID, in UnitRating) (Receipt, error) {
	return Receipt{}, errPending
}

func (s *Service) Templates(ctx context.Context, actor appraisal.Actor) ([]appraisal.Template, error) {
	return nil, errPending
}
func (s *Service) Cycles(ctx context.Context, actor appraisal.Actor) ([]Cycle, error) {
	return nil, errPending
}
func (s *Service) Cycle(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) CreateCycle(ctx context.Context, actor appraisal.Actor, call Call, in NewCycle) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Preview(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (Preview, error) {
	return Preview{}, errPending
}
func (s *Service) Launch(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Pause(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Resume(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Cancel(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Close(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CycleID, in CycleCommand) (Cycle, error) {
	return Cycle{}, errPending
}
func (s *Service) Funnel(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]FunnelRow, error) {
	return nil, errPending
}
func (s *Service) Appraisals(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, f ListFilter) (Page[Listed], error) {
	return Page[Listed]{}, errPending
}
func (s *Service) Withdraw(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in CycleCommand) (Receipt, error) {
	return Receipt{}, errPending
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
