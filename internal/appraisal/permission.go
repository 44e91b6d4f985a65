package appraisal

import "slices"

// Action is something a person may or may not do. Every route, export, file, command and job names one; what names none does
// not start.
type Action string

const (
	ActionPublic         Action = "public"          // before signing in
	ActionSignedIn       Action = "signed_in"       // one's own tasks
	ActionOwnAccount     Action = "own_account"     // one's own sessions, tokens, means of signing in and preferences: never by an API token
	ActionRecordTraining Action = "record_training" // what one has learned

	// One person's appraisal.
	ActionReadAppraisal    Action = "read_appraisal"    // plan, evidence, timeline, and as far as ActionReadRating goes the rating
	ActionReadRating       Action = "read_rating"       // levels, scores, predikat and the words beside them
	ActionReadDeliberation Action = "read_deliberation" // what a calibration session proposes
	ActionReadNominees     Action = "read_nominees"     // who was asked for an opinion; never who gave one
	ActionReadOpinions     Action = "read_opinions"     // what was published of the opinions of others
	ActionReadInvitation   Action = "read_invitation"   // what an opinion-giver is told of the person: their key results
	ActionReadForm         Action = "read_form"         // the form of a step
	ActionDoStep           Action = "do_step"           // what a step asks for
	ActionAddEvidence      Action = "add_evidence"      // a file or link that goes along with a step; with feedback: ActionGiveFeedback
	ActionReadEvidence     Action = "read_evidence"     // a file or link
	ActionGiveFeedback     Action = "give_feedback"     // a remark through the period
	ActionCoach            Action = "coach"             // a remark on a coaching talk
	ActionWithdrawFeedback Action = "withdraw_feedback" // a remark that was just written
	ActionChangePlan       Action = "change_plan"       // propose another plan in the midst of the period
	ActionAnswerPlanChange Action = "answer_change"     // agree to it or decline it
	ActionWithdrawChange   Action = "withdraw_change"   // take it back
	ActionWithdraw         Action = "withdraw"          // take the person out of a running cycle
	ActionCorrectTenure    Action = "correct_tenure"    // the months that the person served
	ActionAnswerPulse      Action = "answer_pulse"      // what the person says about their own appraisal
	ActionDelegate         Action = "delegate"          // name who stands in while an official is away
	ActionEndDelegation    Action = "end_delegation"    // take the duties back, give them back
	ActionReadHistory      Action = "read_history"      // a person's years, results and learning hours
	ActionVerifyTraining   Action = "verify_training"   // that a training was taken

	// A cycle and its sessions.
	ActionPrepareCycle    Action = "prepare_cycle"     // what a new cycle is made from: templates and policies
	ActionManageCycle     Action = "manage_cycle"      // create, preview, launch, pause, resume, cancel, close
	ActionEnrol           Action = "enrol"             // add a person to a running cycle
	ActionReadCycle       Action = "read_cycle"        // lists, funnel, counts: who stands where, no content
	ActionReadResults     Action = "read_results"      // ratings in one table, papers in one archive
	ActionReadSpread      Action = "read_spread"       // how ratings spread
	ActionReadSmallSpread Action = "read_small_spread" // the same of groups of few, and of a cycle that still runs
	ActionReadAlignment   Action = "read_alignment"    // how far objectives are carried
	ActionReadPulse       Action = "read_pulse"        // what was published of a cycle's pulse
	ActionRateUnit        Action = "rate_unit"         // the organisation's rating of a unit
	ActionCalibrate       Action = "calibrate"         // sessions: attend, propose, opine, lock

	// The installation.
	ActionImport           Action = "import"            // roster, strategy, measurements, …
	ActionReadOrganisation Action = "read_organisation" // measured service by unit
	ActionReadFewMeasured  Action = "read_few_measured" // the same of units in which few were measured
	ActionReadStalled      Action = "read_stalled"      // pipelines that need help: whose, where, why, no content
	ActionOperate          Action = "operate"           // the outbox of mails, lost workflows
	ActionManageAccess     Action = "manage_access"     // give roles and take them back, end the sessions of others: never by an API token
	ActionReadTrail        Action = "read_trail"        // the audit trail of everybody

	// What people may have done with their data, and what becomes of it.
	ActionDecideCorrection   Action = "decide_correction"   // answer what somebody says is wrong in their data
	ActionWithdrawCorrection Action = "withdraw_correction" // take that back
	ActionRetain             Action = "retain"              // what the retention schedule destroys

	ActionDecodePayloads    Action = "decode_payloads"     // what Temporal keeps, which is ids, roles and times
	ActionManagePayloadKeys Action = "manage_payload_keys" // replace and destroy the keys that encrypt it

	ActionRunInstallation Action = "run_installation" // start its parts, prepare its database, look after trail and files as such
	ActionConduct         Action = "conduct"          // what Telaah does by itself: open and close stages, mail, seal, sweep
)

// permissions is the one table that says who may. A line reads: whoever stands in one of the capacities may, the exceptions first.
// Who is not in it is refused: plainly, or as if there were nothing (hidden), or with the reason (tell) for those who may know
// that there is something.
var permissions = map[Action]rule{
	ActionPublic:         {may: who{anybody}},
	ActionSignedIn:       {may: who{everyone}},
	ActionOwnAccount:     {may: who{everyone}},
	ActionRecordTraining: {may: who{everyone}},

	ActionReadAppraisal:    {may: readers, refuse: hidden},
	ActionReadRating:       {may: who{allButTheEmployeeBeforeRelease}, refuse: hidden}, // of an appraisal that they read
	ActionReadDeliberation: {may: who{hrOfTheUnit, committee}, never: exceptions{{theEmployee, "error.calibrate_self"}}, refuse: hidden},
	ActionReadNominees:     {may: who{theEmployee, theActingAppraiser}, refuse: hidden},
	ActionReadOpinions:     {may: readers, never: exceptions{{whoWasAsked, "permission.own_opinion"}}, refuse: hidden},
	ActionReadInvitation:   {may: who{theOwner}, refuse: hidden},
	ActionReadForm:         {may: append(who{theOwner}, readers...), refuse: hidden},
	ActionDoStep:           {may: who{theDoer}, never: exceptions{{everyoneButThePeer, ""}}, refuse: tell(ActionReadAppraisal, "error.not_your_step")},
	ActionAddEvidence:      {may: who{theDoer}, refuse: tell(ActionReadAppraisal, "error.not_your_step")},
	ActionReadEvidence:     {may: readers, never: exceptions{{everyoneButTheAuthor, ""}}, refuse: hidden},
	ActionGiveFeedback:     {may: readers, refuse: hidden},
	ActionCoach:            {may: who{theActingAppraiser, theActingReviewer}, refuse: hidden},
	ActionWithdrawFeedback: {may: who{theAuthor}, refuse: tell(ActionReadAppraisal, "feedback.error.not_yours")},
	ActionChangePlan:       {may: who{theEmployee, theActingAppraiser}, refuse: tell(ActionReadAppraisal, "error.change_sides")},
	ActionAnswerPlanChange: {may: who{theOtherSide}, refuse: tell(ActionReadAppraisal, "error.change_own")},
	ActionWithdrawChange:   {may: who{theProposer}, refuse: tell(ActionReadAppraisal, "error.change_not_own")},
	ActionWithdraw:         {may: who{hrOfTheUnit}, never: exceptions{{theEmployee, "permission.own_withdrawal"}}, refuse: hidden},
	ActionCorrectTenure:    {may: who{hrOfTheUnit}, never: exceptions{{theEmployee, "period.error.own_months"}}, refuse: hidden},
	ActionAnswerPulse:      {may: who{theEmployee}, refuse: hidden},
	ActionDelegate: {may: who{theEmployee, hrOfTheUnit}, never: exceptions{
		{whoNamesThemselves, "delegation.error.names_oneself"}, {whomTheEmployeeJudges, "delegation.error.own_judge"}}, refuse: refusal{key: "delegation.error.not_yours"}},
	ActionEndDelegation:  {may: who{theEmployee, theDelegate, hrOfTheUnit}, refuse: hidden},
	ActionReadHistory:    {may: who{theEmployee, theAppraiser, hrOfTheUnit}, refuse: hidden},
	ActionVerifyTraining: {may: who{theAppraiser, hrOfTheUnit}, never: exceptions{{theEmployee, "learning.error.own"}}, refuse: hidden},

	ActionPrepareCycle:    {may: who{hr}},
	ActionManageCycle:     {may: who{hrOfTheCycle}, refuse: tell(ActionReadCycle, "permission.cycle_beyond")},
	ActionEnrol:           {may: who{hrOfTheUnit}, never: exceptions{{theEmployee, "permission.own_enrolment"}}, refuse: hidden},
	ActionReadCycle:       {may: who{hrInTheCycle, committee, leadership, administrator}, refuse: hidden},
	ActionReadResults:     {may: who{hrOfTheUnit}, refuse: hidden},
	ActionReadSpread:      {may: who{hrOfTheUnit, committee, leadership}, refuse: hidden},
	ActionReadSmallSpread: {may: who{hrOfTheUnit, committee}, refuse: hidden},
	ActionReadAlignment:   {may: who{hrOfTheUnit, committee, leadership, leaderOfTheUnit}, refuse: hidden},
	ActionReadPulse:       {may: who{hrOfTheCycle, leadership}, refuse: tell(ActionReadCycle, "permission.cycle_beyond")},
	ActionRateUnit:        {may: who{hrOfTheUnit}, refuse: hidden},
	ActionCalibrate:       {may: who{committee}, never: exceptions{{theEmployee, "error.calibrate_self"}}},

	ActionImport:           {may: who{hrOfTheWhole}},
	ActionReadOrganisation: {may: who{hr, administrator, leadership}},
	ActionReadFewMeasured:  {may: who{hrOfTheWhole}},
	ActionReadStalled:      {may: who{hrOfTheUnit, administrator}},
	ActionOperate:          {may: who{hrOfTheWhole, administrator}},
	ActionManageAccess:     {may: who{administrator}},
	ActionReadTrail:        {may: who{auditor}},

	ActionDecideCorrection:   {may: who{hrOfTheUnit}, never: exceptions{{theEmployee, "correction.error.own"}}, refuse: hidden},
	ActionWithdrawCorrection: {may: who{theEmployee}, refuse: hidden},
	ActionRetain:             {may: who{hrOfTheWhole, administrator}},

	ActionDecodePayloads:    {may: who{administrator}},
	ActionManagePayloadKeys: {may: who{administrator}},

	ActionRunInstallation: {may: who{theOperator}},
	ActionConduct:         {may: who{theOperator}},
}

// readers are those who may read one person's appraisal. The row of the appraisal names appraiser and reviewing official, as it
// was launched: who was the superior once reads what they appraised and nothing of later years, and who became it later nothing
// of earlier ones. An administrator and an auditor are not among them.
var readers = who{theEmployee, theActingAppraiser, theActingReviewer, hrOfTheUnit, committeeFromCalibrationOn}

// Known reports whether the action has a rule.
func (a Action) Known() bool { return permissions[a].may != nil }

// Actions lists every action that has a rule.
func Actions() []Action {
	list := make([]Action, 0, len(permissions))
	for a := range permissions {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// MayTry reports whether the actor, and the API token by which they act, may do the action to any subject at all, before one is
// looked up.
func MayTry(a Actor, action Action) error {
	if action == ActionPublic {
		return nil
	}
	if a.ID == "" && !a.Operator {
		return Fault(CodeUnauthorized, "error.sign_in", nil)
	}
	if !a.covers(action) {
		return Fault(CodeForbidden, "token.error.scope", nil)
	}
	if !slices.ContainsFunc(permissions[action].may, a.holds) {
		return Fault(CodeForbidden, "error.forbidden", nil)
	}
	return nil
}

// Can answers whether the actor may do the action on the subject; the error says why not. Those who may not know that there
// is something are told that there is nothing.
func Can(a Actor, action Action, s Subject) error {
	if err := MayTry(a, action); err != nil {
		return err
	}
	r := permissions[action]
	for _, e := range r.never {
		switch {
		case !a.stands(e.who, s):
		case e.key == "":
			return nothing()
		default:
			return Fault(CodeForbidden, e.key, nil)
		}
	}
	if slices.ContainsFunc(r.may, func(c capacity) bool { return a.stands(c, s) }) {
		return nil
	}
	return r.refuse.of(a, s)
}

// KnowsRating reports whether somebody who reads an appraisal may see its ratings too: the rule of ActionReadRating.
func KnowsRating(reader Actor, employee PersonID, released bool) bool {
	return Can(reader, ActionReadRating, Subject{Employee: employee, Released: released}) == nil
}

// Scope is the part of the organisation that a list, a count or a table may be about: everywhere, or the units named.
type Scope struct {
	Everywhere bool
	Units      []UnitID
}

// Reach returns where in the organisation the actor may do an action by their roles: what Can answers unit by unit, for a query
// over many.
func Reach(a Actor, action Action) Scope {
	var reach Scope
	for _, c := range permissions[action].may {
		switch {
		case !a.holds(c) || c.personal:
		case c.byUnit && a.HRUnits != nil:
			reach.Units = a.HRUnits
		default:
			reach.Everywhere = true
		}
	}
	if reach.Everywhere {
		reach.Units = nil
	}
	return reach
}

// Covers reports whether the scope has a unit in it.
func (s Scope) Covers(unit UnitID) bool { return s.Everywhere || slices.Contains(s.Units, unit) }

// Readership is the rule of ActionReadAppraisal in the form that a query over many appraisals needs: whose, in which units, and at
// which stages in every unit.
type Readership struct {
	People []PersonID // the person, or their appraiser or reviewing official, is one of them
	Scope  Scope
	Stages []Stage
}

// ReadBy returns which appraisals the actor may read: for each, Can says the same. What they read while they stand in for somebody is
// not among them: a delegation opens one appraisal at a time, and no list of many.
func ReadBy(a Actor) Readership {
	r := Readership{People: []PersonID{}, Scope: Reach(a, ActionReadResults), Stages: []Stage{}}
	if a.ID != "" {
		r.People = append(r.People, a.ID)
	}
	for _, s := range Stages {
		if a.stands(committeeFromCalibrationOn, Subject{Stage: s}) {
			r.Stages = append(r.Stages, s)
		}
	}
	return r
}
