package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// scripted answers the pages' questions with what a test laid down and writes down what it was asked to do. The real service
// needs a database; what it does is tested beside it, and these tests are about pages.
type scripted struct {
	everybodyIn bool            // nobody is left to be added to a cycle
	foreseen    *service.Rating // what a rating would come to
	web.Service                 // whatever a test did not lay down ends in a nil dereference, and so in a failing test

	home      service.Home
	appraisal service.Appraisal
	form      service.StepForm
	history   service.PlanHistory
	change    service.PlanChangeForm
	coverage  service.AlignmentCoverage
	cycle     service.Cycle
	cycles    []service.Cycle
	preview   service.Preview
	funnel    []service.FunnelRow
	listed    service.Page[service.Listed]
	cohort    service.Cohort
	stalled   service.Page[service.Stalled]
	mails     service.Page[service.Mail]
	searched  service.TrailFilter // of the trail, by an auditor
	verified  service.Verification
	signedIn  service.SignedIn
	provider  string // name of the provider of identities
	opened    service.OpenedLink
	sessions  []service.Session
	tokens    []service.APIToken
	passkeys  bool // browsers keep passkeys for this address
	receipt   service.Receipt
	at        time.Time
	report    service.ImportReport
	wrong     []roster.Fault

	desk []service.Evidence // what AddFile and AddLink have put there
	held string             // content of every file

	mu      sync.Mutex
	refuse  map[string]error // act → error
	acts    []act
	answers map[string]service.Receipt // idempotency key → stored answer
}

// act is something that the pages asked the service to do.
type act struct {
	Name    string
	Call    service.Call
	Subject string
	In      any
}

func (s *scripted) do(name string, call service.Call, subject string, in any) (service.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuse[name]; err != nil {
		return service.Receipt{}, err
	}
	if stored, again := s.answers[call.Key]; again && call.Key != "" {
		return stored, nil
	}
	s.acts = append(s.acts, act{name, call, subject, in})
	if s.answers == nil {
		s.answers = map[string]service.Receipt{}
	}
	s.answers[call.Key] = s.receipt
	return s.receipt, nil
}

func (s *scripted) done() []act {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]act(nil), s.acts...)
}

func (s *scripted) RequestLink(_ context.Context, in service.LinkRequest) (string, error) {
	_, err := s.do("request_link", service.Call{}, in.Email, in)
	return "penanya", err
}

func (s *scripted) OpenLink(context.Context, string, string) (service.OpenedLink, error) {
	return s.opened, s.refuse["open_link"]
}

func (s *scripted) RedeemCode(_ context.Context, typed string, from service.Origin) (service.SignedIn, error) {
	_, err := s.do("redeem_code", service.Call{}, typed, from.Asker)
	return s.signedIn, err
}

func (s *scripted) Redeem(_ context.Context, token string, from service.Origin) (service.SignedIn, error) {
	_, err := s.do("redeem", service.Call{}, token, from.Asker)
	return s.signedIn, err
}

func (s *scripted) SignOut(_ context.Context, _ appraisal.Actor, session string) error {
	_, err := s.do("sign_out", service.Call{}, session, nil)
	return err
}

func (s *scripted) Sessions(context.Context, appraisal.Actor, string) ([]service.Session, error) {
	return s.sessions, s.refuse["sessions"]
}

func (s *scripted) EndSession(_ context.Context, _ appraisal.Actor, id string) error {
	_, err := s.do("end_session", service.Call{}, id, nil)
	return err
}

func (s *scripted) EndOtherSessions(_ context.Context, _ appraisal.Actor, current string) (int64, error) {
	_, err := s.do("end_other_sessions", service.Call{}, current, nil)
	return 2, err
}

func (s *scripted) APITokens(context.Context, appraisal.Actor) ([]service.APIToken, error) {
	return s.tokens, s.refuse["tokens"]
}

func (s *scripted) RecentlySignedIn(context.Context, appraisal.Actor, string) (bool, error) {
	return true, nil
}

func (s *scripted) CreateAPIToken(_ context.Context, _ appraisal.Actor, _ string, in service.NewAPIToken) (service.MadeAPIToken, error) {
	_, err := s.do("create_token", service.Call{}, in.Name, in)
	return service.MadeAPIToken{APIToken: service.APIToken{Name: in.Name}, Token: "telaah_rahasia"}, err
}

func (s *scripted) RevokeAPIToken(_ context.Context, _ appraisal.Actor, id string) error {
	_, err := s.do("revoke_token", service.Call{}, id, nil)
	return err
}

func (s *scripted) OpenFirstAdministratorLink(context.Context, string) error {
	return s.refuse["open_first"]
}

func (s *scripted) BecomeFirstAdministrator(_ context.Context, token string, in service.NewAdministrator, _ service.Origin) (service.SignedIn, error) {
	_, err := s.do("become_first", service.Call{}, token, in)
	return s.signedIn, err
}

func (s *scripted) SetLanguage(_ context.Context, a appraisal.Actor, lang string) error {
	_, err := s.do("set_language", service.Call{}, string(a.ID), lang)
	return err
}

func (s *scripted) Home(context.Context, appraisal.Actor) (service.Home, error) {
	return s.home, s.refuse["home"]
}

func (s *scripted) Appraisal(context.Context, appraisal.Actor, appraisal.AppraisalID) (service.Appraisal, error) {
	return s.appraisal, s.refuse["appraisal"]
}

func (s *scripted) StepForm(context.Context, appraisal.Actor, appraisal.StepID) (service.StepForm, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.form, s.refuse["step_form"]
}

func (s *scripted) SaveDraft(_ context.Context, _ appraisal.Actor, _ appraisal.StepID, body json.RawMessage) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuse["save_draft"]; err != nil {
		return time.Time{}, err
	}
	s.form.Draft, s.form.DraftAt = body, &s.at
	return s.at, nil
}

func (s *scripted) SubmitPlan(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in []appraisal.KeyResult) (service.Receipt, error) {
	return s.do("submit_plan", call, string(id), in)
}

func (s *scripted) DecidePlan(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.PlanDecision) (service.Receipt, error) {
	return s.do("decide_plan", call, string(id), in)
}

func (s *scripted) AddProgress(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.Progress) (service.Receipt, error) {
	if err := in.Validate(); err != nil {
		return service.Receipt{}, err
	}
	return s.do("add_progress", call, string(id), in)
}

func (s *scripted) CompleteExecution(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID) (service.Receipt, error) {
	return s.do("complete_execution", call, string(id), nil)
}

func (s *scripted) SubmitSelfReview(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in appraisal.SelfReview) (service.Receipt, error) {
	return s.do("submit_self_review", call, string(id), in)
}

func (s *scripted) NominatePeers(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.Nomination) (service.Receipt, error) {
	return s.do("nominate_peers", call, string(id), in)
}

func (s *scripted) DecidePeers(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.PeersDecision) (service.Receipt, error) {
	return s.do("decide_peers", call, string(id), in)
}

func (s *scripted) AnswerPeer(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in appraisal.PeerAnswer) (service.Receipt, error) {
	return s.do("answer_peer", call, string(id), in)
}

func (s *scripted) SubmitReview(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in appraisal.Review) (service.Receipt, error) {
	return s.do("submit_review", call, string(id), in)
}

func (s *scripted) PreviewReview(context.Context, appraisal.Actor, appraisal.StepID, appraisal.Review) (service.Rating, error) {
	return *s.foreseen, s.refuse["preview_review"]
}

func (s *scripted) PreviewDecision(context.Context, appraisal.Actor, appraisal.StepID, service.ObjectionDecision) (service.Rating, error) {
	return *s.foreseen, s.refuse["preview_decision"]
}

func (s *scripted) AcknowledgeResult(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID) (service.Receipt, error) {
	return s.do("acknowledge_result", call, string(id), nil)
}

func (s *scripted) Object(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.NewObjection) (service.Receipt, error) {
	return s.do("object", call, string(id), in)
}

func (s *scripted) AnswerObjection(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.ObjectionAnswer) (service.Receipt, error) {
	return s.do("answer_objection", call, string(id), in)
}

func (s *scripted) DecideObjection(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.ObjectionDecision) (service.Receipt, error) {
	return s.do("decide_objection", call, string(id), in)
}

func (s *scripted) ApproveDevelopment(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.StepID, in service.DevelopmentDecision) (service.Receipt, error) {
	return s.do("approve_development", call, string(id), in)
}

func (s *scripted) Policies(context.Context, appraisal.Actor) ([]service.InstalledPolicy, error) {
	return []service.InstalledPolicy{
		{Ref: "kantor-kami@2", Name: "kantor-kami", Version: 2, Kind: appraisal.PolicyNumeric, Source: "Perwali 3/2026"},
		{Ref: "permen6-2022@1", Name: "permen6-2022", Version: 1, Kind: appraisal.PolicyMatrix, Source: "PermenPAN-RB 6/2022", Default: true},
	}, nil
}

func (s *scripted) Templates(context.Context, appraisal.Actor) ([]appraisal.Template, error) {
	return appraisal.Templates()
}

func (s *scripted) Cycles(context.Context, appraisal.Actor) ([]service.Cycle, error) {
	return s.cycles, nil
}

func (s *scripted) Cycle(context.Context, appraisal.Actor, appraisal.CycleID) (service.Cycle, error) {
	return s.cycle, s.refuse["cycle"]
}

func (s *scripted) CreateCycle(_ context.Context, _ appraisal.Actor, call service.Call, in service.NewCycle) (service.Cycle, error) {
	_, err := s.do("create_cycle", call, in.Code, in)
	return s.cycle, err
}

func (s *scripted) Preview(context.Context, appraisal.Actor, appraisal.CycleID) (service.Preview, error) {
	return s.preview, nil
}

func (s *scripted) Launch(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID) (service.Cycle, error) {
	_, err := s.do("launch", call, string(id), nil)
	return s.cycle, err
}

func (s *scripted) Pause(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error) {
	_, err := s.do("pause", call, string(id), in)
	return s.cycle, err
}

func (s *scripted) Resume(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error) {
	_, err := s.do("resume", call, string(id), in)
	return s.cycle, err
}

func (s *scripted) Cancel(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error) {
	_, err := s.do("cancel", call, string(id), in)
	return s.cycle, err
}

func (s *scripted) Close(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error) {
	_, err := s.do("close", call, string(id), in)
	return s.cycle, err
}

func (s *scripted) ServiceByUnit(_ context.Context, _ appraisal.Actor, p service.ServicePeriod) (service.ServiceByUnit, error) {
	if p.From == "Januari" {
		var f appraisal.Faults
		f.Add("from", "measured.fault.month", nil)
		return service.ServiceByUnit{}, f.Err()
	}
	return exampleService(), nil
}

func (s *scripted) Funnel(context.Context, appraisal.Actor, appraisal.CycleID) ([]service.FunnelRow, error) {
	return s.funnel, nil
}

func (s *scripted) Appraisals(context.Context, appraisal.Actor, appraisal.CycleID, service.ListFilter) (service.Page[service.Listed], error) {
	return s.listed, nil
}

func (s *scripted) Withdraw(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.CycleCommand) (service.Receipt, error) {
	return s.do("withdraw", call, string(id), in)
}

func (s *scripted) Stalled(context.Context, appraisal.Actor, string, int) (service.Page[service.Stalled], error) {
	return s.stalled, nil
}

func (s *scripted) Mails(context.Context, appraisal.Actor, service.MailFilter) (service.Page[service.Mail], error) {
	return s.mails, nil
}

func (s *scripted) ResendMail(_ context.Context, _ appraisal.Actor, call service.Call, id string) (service.Receipt, error) {
	return s.do("resend_mail", call, id, nil)
}

func (s *scripted) EvidenceLimits() appraisal.EvidenceLimits { return appraisal.DefaultEvidenceLimits }

func (s *scripted) GiveFeedback(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.Feedback) (service.Receipt, error) {
	return s.do("give_feedback", call, string(id), in)
}

func (s *scripted) WithdrawFeedback(_ context.Context, _ appraisal.Actor, call service.Call, _ appraisal.AppraisalID, feedback appraisal.FeedbackID) (service.Receipt, error) {
	return s.do("withdraw_feedback", call, string(feedback), nil)
}

// lay puts evidence on the desk that the pages are shown.
func (s *scripted) lay(e service.Evidence) (service.Evidence, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.ID, e.Appraisal = appraisal.EvidenceID(fmt.Sprintf("e-%d", len(s.desk)+1)), s.appraisal.ID
	s.desk = append(s.desk, e)
	s.appraisal.Desk, s.form.Appraisal.Desk = s.desk, s.desk
	return e, nil
}

func (s *scripted) AddFile(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, purpose appraisal.EvidencePurpose,
	sent service.SentFile) (service.Evidence, error) {
	if _, err := s.do("add_file", call, string(id), sent); err != nil {
		return service.Evidence{}, err
	}
	return s.lay(service.Evidence{Purpose: purpose, Name: sent.Name, Size: int64(len(sent.Content))})
}

func (s *scripted) AddLink(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.NewLink) (service.Evidence, error) {
	if _, err := s.do("add_link", call, string(id), in); err != nil {
		return service.Evidence{}, err
	}
	return s.lay(service.Evidence{Purpose: in.Purpose, Link: in.Link})
}

func (s *scripted) RemoveEvidence(_ context.Context, _ appraisal.Actor, call service.Call, _ appraisal.AppraisalID, piece appraisal.EvidenceID) (service.Receipt, error) {
	return s.do("remove_evidence", call, string(piece), nil)
}

func (s *scripted) EvidenceFile(context.Context, appraisal.Actor, appraisal.AppraisalID, appraisal.EvidenceID) (service.File, error) {
	return service.File{Name: "Rekap \"Mei\" – Ñandú.pdf", Type: "application/pdf", Size: int64(len(s.held)), ReadCloser: io.NopCloser(strings.NewReader(s.held))}, s.refuse["file"]
}

func (s *scripted) Pulse(_ context.Context, _ appraisal.Actor, id appraisal.AppraisalID) (service.Pulse, error) {
	return service.Pulse{Appraisal: id, Open: true, ClosesAt: &s.at}, nil
}

func (s *scripted) AnswerPulse(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.PulseAnswer) (service.Receipt, error) {
	return s.do("answer_pulse", call, string(id), in)
}

func (s *scripted) PulseResults(context.Context, appraisal.Actor, appraisal.CycleID) (service.PulseResults, error) {
	return service.PulseResults{State: service.PulseClosed, Days: 30, ClosesAt: &s.at, Minimum: 5, Answers: 12, Understandable: "3.75", Fair: "3.42",
		Groups: []service.PulseGroup{{Unit: "Dinas Kependudukan", Units: []appraisal.UnitID{"u-1", "u-2"}, Answers: 12, Understandable: "3.75", Fair: "3.42",
			Comments: []string{"Penjelasannya jelas."}}}}, nil
}

func (s *scripted) PlanHistory(context.Context, appraisal.Actor, appraisal.AppraisalID) (service.PlanHistory, error) {
	return s.history, s.refuse["plan_history"]
}

func (s *scripted) PlanChangeForm(context.Context, appraisal.Actor, appraisal.AppraisalID) (service.PlanChangeForm, error) {
	return s.change, s.refuse["plan_change_form"]
}

func (s *scripted) SavePlanChangeDraft(_ context.Context, _ appraisal.Actor, id appraisal.AppraisalID, body json.RawMessage) (time.Time, error) {
	_, err := s.do("save_change_draft", service.Call{}, string(id), string(body))
	if err == nil {
		s.change.Draft, s.change.DraftAt = body, &s.at
	}
	return s.at, err
}

func (s *scripted) ProposePlanChange(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.PlanChange) (service.Receipt, error) {
	return s.do("propose_plan_change", call, string(id), in)
}

func (s *scripted) AnswerPlanChange(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.PlanChangeID, in service.PlanChangeAnswer) (service.Receipt, error) {
	return s.do("answer_plan_change", call, string(id), in)
}

func (s *scripted) WithdrawPlanChange(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.PlanChangeID) (service.Receipt, error) {
	return s.do("withdraw_plan_change", call, string(id), nil)
}

func (s *scripted) AlignmentCoverage(context.Context, appraisal.Actor, appraisal.CycleID, service.AlignmentFilter) (service.AlignmentCoverage, error) {
	return s.coverage, s.refuse["alignment"]
}

func (s *scripted) AlignedKeyResults(_ context.Context, _ appraisal.Actor, _ appraisal.CycleID, f service.AlignmentFilter) (service.AlignedKeyResults, error) {
	return service.AlignedKeyResults{Cycle: "c-1", Item: f.Item, Statement: "Dokumen tepat waktu",
		Units: []service.CarryingUnit{{Unit: "Dinas Kependudukan", KeyResults: 7, People: 3}}}, nil
}

func (s *scripted) ProviderName() string { return s.provider }

func (s *scripted) PasskeysOffered() bool { return s.passkeys }
