package appraisal

import "slices"

// TokenScope is a part of what its person may do that an API token is made for. A token never reaches further than its person does
// at the moment.
type TokenScope string

const (
	ScopeRead    TokenScope = "read"    // what the person sees
	ScopeAct     TokenScope = "act"     // the person's own steps, proposals, feedback and evidence, and the cohorts of their committee
	ScopeImport  TokenScope = "import"  // what other systems deliver
	ScopeCycles  TokenScope = "cycles"  // prepare, run and end cycles
	ScopeOperate TokenScope = "operate" // pipelines and mails that need help
)

// TokenScopes lists every scope, the one that reaches least first.
var TokenScopes = []TokenScope{ScopeRead, ScopeAct, ScopeImport, ScopeCycles, ScopeOperate}

// scopes says by which of its scopes a token reaches an action; by none of those that are not listed. An act needs what is
// looked at before it, so what is read about one's own work goes with acting.
var scopes = map[Action][]TokenScope{
	ActionSignedIn: {ScopeRead, ScopeAct, ScopeImport, ScopeCycles, ScopeOperate},

	ActionReadAppraisal:    {ScopeRead, ScopeAct},
	ActionReadRating:       {ScopeRead, ScopeAct},
	ActionReadDeliberation: {ScopeRead, ScopeAct},
	ActionReadNominees:     {ScopeRead, ScopeAct},
	ActionReadOpinions:     {ScopeRead, ScopeAct},
	ActionReadInvitation:   {ScopeRead, ScopeAct},
	ActionReadForm:         {ScopeRead, ScopeAct},
	ActionReadEvidence:     {ScopeRead, ScopeAct},
	ActionReadHistory:      {ScopeRead, ScopeAct},
	ActionReadCycle:        {ScopeRead, ScopeAct, ScopeCycles, ScopeOperate},
	ActionReadResults:      {ScopeRead},
	ActionReadSpread:       {ScopeRead},
	ActionReadSmallSpread:  {ScopeRead},
	ActionReadAlignment:    {ScopeRead},
	ActionReadPulse:        {ScopeRead},
	ActionReadOrganisation: {ScopeRead},
	ActionReadFewMeasured:  {ScopeRead},
	ActionReadStalled:      {ScopeRead, ScopeOperate},
	ActionReadTrail:        {ScopeRead},

	ActionDoStep:           {ScopeAct},
	ActionAddEvidence:      {ScopeAct},
	ActionGiveFeedback:     {ScopeAct},
	ActionCoach:            {ScopeAct},
	ActionWithdrawFeedback: {ScopeAct},
	ActionChangePlan:       {ScopeAct},
	ActionAnswerPlanChange: {ScopeAct},
	ActionWithdrawChange:   {ScopeAct},
	ActionAnswerPulse:      {ScopeAct},
	ActionRecordTraining:   {ScopeAct},
	ActionVerifyTraining:   {ScopeAct},
	ActionCalibrate:        {ScopeAct},

	ActionPrepareCycle:  {ScopeCycles},
	ActionManageCycle:   {ScopeCycles},
	ActionEnrol:         {ScopeCycles},
	ActionWithdraw:      {ScopeCycles},
	ActionCorrectTenure: {ScopeCycles},
	ActionRateUnit:      {ScopeCycles},

	ActionImport:  {ScopeImport},
	ActionOperate: {ScopeOperate},
}

// ScopesOf returns the scopes by which a token reaches an action; none where only a person who has signed in does.
func ScopesOf(action Action) []TokenScope { return slices.Clone(scopes[action]) }

// covers reports whether the actor comes with a session, or with a token that is made for the action.
func (a Actor) covers(action Action) bool {
	return !a.ByToken || action == ActionPublic ||
		slices.ContainsFunc(scopes[action], func(s TokenScope) bool { return slices.Contains(a.Scopes, s) })
}
