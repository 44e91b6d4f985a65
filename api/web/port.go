package web

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// Service is what the pages let a person do; *service.Service does it.
type Service interface {
	signing
	reading
	stepping
	supporting
	planning
	calibrating
	voicing
	conducting
	operating
	importing
	documenting
	timing
	accounting
	delegating
	tracing
}

// delegating is who stands in for whom.
type delegating interface {
	Delegations(ctx context.Context, actor appraisal.Actor, after string, limit int) (service.Delegations, error)
	Delegate(ctx context.Context, actor appraisal.Actor, call service.Call, in service.NewDelegation) (service.Receipt, error)
	RevokeDelegation(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.DelegationID) (service.Receipt, error)
}

// accounting is what people may know of their data, have corrected in it, and what becomes of it in the end.
type accounting interface {
	MyDataFile(ctx context.Context, actor appraisal.Actor, format service.ExportFormat) (service.File, error)
	MyCorrections(ctx context.Context, actor appraisal.Actor) ([]service.CorrectionRequest, error)
	FileCorrection(ctx context.Context, actor appraisal.Actor, call service.Call, in appraisal.Correction) (service.Receipt, error)
	WithdrawCorrection(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CorrectionID) (service.Receipt, error)
	Corrections(ctx context.Context, actor appraisal.Actor) (service.CorrectionList, error)
	DecideCorrection(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CorrectionID, in appraisal.CorrectionAnswer) (service.Receipt, error)
	RetentionSchedule() *appraisal.RetentionSchedule
	RetentionPreview(ctx context.Context, actor appraisal.Actor) (service.RetentionPreview, error)
	OrderDestruction(ctx context.Context, actor appraisal.Actor, call service.Call, in service.DestructionOrder) (service.Destruction, error)
	Destructions(ctx context.Context, actor appraisal.Actor, after string, limit int) (service.Page[service.Destruction], error)
	Destruction(ctx context.Context, actor appraisal.Actor, id appraisal.DestructionID) (service.Destruction, error)
	Certificate(ctx context.Context, actor appraisal.Actor, id appraisal.DestructionID) (service.File, error)
}

// tracing is who did what, about oneself and, for an auditor, about everybody.
type tracing interface {
	MyTrail(ctx context.Context, actor appraisal.Actor, after string, limit int) (service.Page[service.TrailEntry], error)
	SearchTrail(ctx context.Context, actor appraisal.Actor, f service.TrailFilter) (service.Page[service.AuditEntry], error)
	TrailStatus(ctx context.Context, actor appraisal.Actor) (service.AuditStatus, []string, error)
}

// timing is who takes part in which period, and for how long.
type timing interface {
	MayJoin(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]service.Candidate, error)
	Join(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID, in service.NewMember) (service.Receipt, error)
	History(ctx context.Context, actor appraisal.Actor, person appraisal.PersonID) (service.History, error)
	RecordTraining(ctx context.Context, actor appraisal.Actor, call service.Call, in service.NewTraining) (service.Receipt, error)
	VerifyTraining(ctx context.Context, actor appraisal.Actor, call service.Call, id string, in service.TrainingVerdict) (service.Receipt, error)
	CorrectTenure(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.TenureCorrection) (service.Receipt, error)
}

type signing interface {
	RequestLink(ctx context.Context, in service.LinkRequest) (asker string, err error)
	OpenLink(ctx context.Context, token, asker string) (service.OpenedLink, error)
	RedeemCode(ctx context.Context, typed string, from service.Origin) (service.SignedIn, error)
	Redeem(ctx context.Context, token string, from service.Origin) (service.SignedIn, error)
	Sessions(ctx context.Context, actor appraisal.Actor, current string) ([]service.Session, error)
	EndSession(ctx context.Context, actor appraisal.Actor, id string) error
	EndOtherSessions(ctx context.Context, actor appraisal.Actor, current string) (int64, error)
	APITokens(ctx context.Context, actor appraisal.Actor) ([]service.APIToken, error)
	CreateAPIToken(ctx context.Context, actor appraisal.Actor, session string, in service.NewAPIToken) (service.MadeAPIToken, error)
	RecentlySignedIn(ctx context.Context, actor appraisal.Actor, session string) (bool, error)
	RevokeAPIToken(ctx context.Context, actor appraisal.Actor, id string) error
	OpenFirstAdministratorLink(ctx context.Context, token string) error
	BecomeFirstAdministrator(ctx context.Context, token string, in service.NewAdministrator, from service.Origin) (service.SignedIn, error)
	SignOut(ctx context.Context, actor appraisal.Actor, session string) error
	SetLanguage(ctx context.Context, actor appraisal.Actor, lang string) error
	ProviderName() string
	BeginFederated(ctx context.Context, actor appraisal.Actor, browser, network, next string) (service.Departure, error)
	PasskeysOffered() bool
	Passkeys(ctx context.Context, actor appraisal.Actor, session string) (service.Passkeys, error)
	BeginPasskey(ctx context.Context, actor appraisal.Actor, session, name string) (service.PasskeyChallenge, error)
	AddPasskey(ctx context.Context, actor appraisal.Actor, session string, in service.PasskeyAnswer) (service.Passkey, error)
	RemovePasskey(ctx context.Context, actor appraisal.Actor, session, id string) error
	BeginPasskeySignIn(ctx context.Context, network string) (service.PasskeyChallenge, error)
	FinishPasskeySignIn(ctx context.Context, in service.PasskeyAnswer, from service.Origin) (service.SignedIn, error)
	FinishFederated(ctx context.Context, browser string, a appraisal.IdentityAnswer, from service.Origin) (service.SignedIn, error)
}

type reading interface {
	ServiceByUnit(ctx context.Context, actor appraisal.Actor, p service.ServicePeriod) (service.ServiceByUnit, error)
	Home(ctx context.Context, actor appraisal.Actor) (service.Home, error)
	Appraisal(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (service.Appraisal, error)
	StepForm(ctx context.Context, actor appraisal.Actor, id appraisal.StepID) (service.StepForm, error)
}

type stepping interface {
	SaveDraft(ctx context.Context, actor appraisal.Actor, id appraisal.StepID, body json.RawMessage) (time.Time, error)
	SubmitPlan(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, plan []appraisal.KeyResult) (service.Receipt, error)
	DecidePlan(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.PlanDecision) (service.Receipt, error)
	AddProgress(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.Progress) (service.Receipt, error)
	CompleteExecution(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID) (service.Receipt, error)
	SubmitSelfReview(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in appraisal.SelfReview) (service.Receipt, error)
	NominatePeers(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.Nomination) (service.Receipt, error)
	DecidePeers(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.PeersDecision) (service.Receipt, error)
	AnswerPeer(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in appraisal.PeerAnswer) (service.Receipt, error)
	SubmitReview(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in appraisal.Review) (service.Receipt, error)
	PreviewReview(ctx context.Context, actor appraisal.Actor, step appraisal.StepID, in appraisal.Review) (service.Rating, error)
	AcknowledgeResult(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID) (service.Receipt, error)
	Object(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.NewObjection) (service.Receipt, error)
	AnswerObjection(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.ObjectionAnswer) (service.Receipt, error)
	DecideObjection(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.ObjectionDecision) (service.Receipt, error)
	PreviewDecision(ctx context.Context, actor appraisal.Actor, step appraisal.StepID, in service.ObjectionDecision) (service.Rating, error)
	ApproveDevelopment(ctx context.Context, actor appraisal.Actor, call service.Call, step appraisal.StepID, in service.DevelopmentDecision) (service.Receipt, error)
}

// supporting is feedback and evidence.
type supporting interface {
	GiveFeedback(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.Feedback) (service.Receipt, error)
	WithdrawFeedback(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, feedback appraisal.FeedbackID) (service.Receipt, error)
	AddFile(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, purpose appraisal.EvidencePurpose,
		sent service.SentFile) (service.Evidence, error)
	AddLink(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.NewLink) (service.Evidence, error)
	RemoveEvidence(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, piece appraisal.EvidenceID) (service.Receipt, error)
	EvidenceFile(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, piece appraisal.EvidenceID) (service.File, error)
	EvidenceLimits() appraisal.EvidenceLimits
}

type voicing interface {
	Pulse(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (service.Pulse, error)
	AnswerPulse(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.PulseAnswer) (service.Receipt, error)
	PulseResults(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) (service.PulseResults, error)
	SetPulseWindow(ctx context.Context, actor appraisal.Actor, call service.Call, cycle appraisal.CycleID, in service.PulseWindow) (service.PulseResults, error)
}

type planning interface {
	PlanHistory(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (service.PlanHistory, error)
	PlanChangeForm(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (service.PlanChangeForm, error)
	SavePlanChangeDraft(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, body json.RawMessage) (time.Time, error)
	ProposePlanChange(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in appraisal.PlanChange) (service.Receipt, error)
	AnswerPlanChange(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.PlanChangeID, in service.PlanChangeAnswer) (service.Receipt, error)
	AlignmentCoverage(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID, f service.AlignmentFilter) (service.AlignmentCoverage, error)
	AlignedKeyResults(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID, f service.AlignmentFilter) (service.AlignedKeyResults, error)
	WithdrawPlanChange(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.PlanChangeID) (service.Receipt, error)
}

type calibrating interface {
	Cohorts(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]service.Cohort, error)
	Cohort(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID) (service.Cohort, error)
	ChangeRating(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CohortID, in service.CalibrationChange) (service.Receipt, error)
	SessionMember(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID, who appraisal.AppraisalID) (service.MemberHistory, error)
	JoinSession(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CohortID) (service.Receipt, error)
	ConfirmSession(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CohortID) (service.Receipt, error)
	GiveOpinion(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CohortID, in service.SessionOpinion) (service.Receipt, error)
	PreviewChange(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID, in service.CalibrationChange) (service.Rating, error)
	LockCohort(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CohortID, in service.Lock) (service.Receipt, error)
	Spread(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) (service.CycleSpread, error)
	UnitRatings(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]service.RatedUnit, error)
	RateUnit(ctx context.Context, actor appraisal.Actor, call service.Call, cycle appraisal.CycleID, in service.UnitRating) (service.Receipt, error)
}

type conducting interface {
	Policies(ctx context.Context, actor appraisal.Actor) ([]service.InstalledPolicy, error)
	Templates(ctx context.Context, actor appraisal.Actor) ([]appraisal.Template, error)
	Cycles(ctx context.Context, actor appraisal.Actor) ([]service.Cycle, error)
	Cycle(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (service.Cycle, error)
	CreateCycle(ctx context.Context, actor appraisal.Actor, call service.Call, in service.NewCycle) (service.Cycle, error)
	Preview(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (service.Preview, error)
	Launch(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID) (service.Cycle, error)
	Pause(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error)
	Resume(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error)
	Cancel(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error)
	Close(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.CycleID, in service.CycleCommand) (service.Cycle, error)
	Funnel(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) ([]service.FunnelRow, error)
	Appraisals(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, f service.ListFilter) (service.Page[service.Listed], error)
	Withdraw(ctx context.Context, actor appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.CycleCommand) (service.Receipt, error)
}

type operating interface {
	Stalled(ctx context.Context, actor appraisal.Actor, after string, limit int) (service.Page[service.Stalled], error)
	Mails(ctx context.Context, actor appraisal.Actor, f service.MailFilter) (service.Page[service.Mail], error)
	ResendMail(ctx context.Context, actor appraisal.Actor, call service.Call, id string) (service.Receipt, error)
}

type importing interface {
	Import(ctx context.Context, actor appraisal.Actor, kind service.ImportKind, files []roster.File, dryRun bool,
		options ...service.ImportOption) (service.ImportReport, []roster.Fault, error)
}

type documenting interface {
	Document(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, kind appraisal.DocumentKind) (service.File, error)
	Results(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID, format appraisal.ResultsFormat) (service.File, error)
	Archive(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID) (service.File, error)
	VerifyDocument(ctx context.Context, network, typed string) (service.Verification, error)
}
