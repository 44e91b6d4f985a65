package appraisal

// Action is something a person may or may not do. Every route names one; a route without one does not start.
type Action string

const (
	ActionPublic           Action = "public"          // before signing in
	ActionSignedIn         Action = "signed_in"       // one's own tasks, session and preferences
	ActionReadAppraisal    Action = "read_appraisal"  // plan, evidence, rating, timeline of one person
	ActionDoStep           Action = "do_step"         // the step's owner, or whoever holds its role
	ActionChangePlan       Action = "change_plan"     // the employee and the appraiser: agree upon another plan
	ActionReadAlignment    Action = "read_alignment"  // HR, committee, leadership: every unit; whoever heads a unit or appraises in it, that one
	ActionGiveFeedback     Action = "give_feedback"   // whoever may read the appraisal
	ActionAddEvidence      Action = "add_evidence"    // the owner of the step that it goes with; to feedback, whoever may give that
	ActionReadEvidence     Action = "read_evidence"   // whoever may read the appraisal; what is not submitted yet, its author
	ActionCalibrate        Action = "calibrate"       // committee: cohorts, changes, lock
	ActionRateUnit         Action = "rate_unit"       // HR: the organisation's rating
	ActionManageCycle      Action = "manage_cycle"    // HR: prepare, preview, launch, pause, resume, cancel, close
	ActionReadCycle        Action = "read_cycle"      // HR, committee, leadership, administrator: lists, funnel, counts
	ActionReadSpread       Action = "read_spread"     // HR, committee, leadership: how the ratings of a cycle spread
	ActionReadResults      Action = "read_results"    // HR: everybody's ratings in one table, papers in one archive
	ActionWithdraw         Action = "withdraw"        // HR: take a person out of a running cycle
	ActionEnrol            Action = "enrol"           // HR: add a person to a running cycle, correct the months that others served
	ActionImport           Action = "import"          // HR: roster, strategy, measurements, …
	ActionReadHistory      Action = "read_history"    // the person, who appraises them, HR: years, results, learning hours
	ActionVerifyTraining   Action = "verify_training" // who appraises the person, HR
	ActionReadOrganisation Action = "read_organisation"
	ActionOperate          Action = "operate"      // administrator: stalled pipelines, mail
	ActionAnswerPulse      Action = "answer_pulse" // the employee: what they say about their own appraisal
	ActionReadPulse        Action = "read_pulse"   // HR, leadership: what was published of it
)

// floors lists the roles of which an actor needs one before the subject is even looked at.
var floors = map[Action][]Role{
	ActionSignedIn:         {RoleEmployee},
	ActionReadAppraisal:    {RoleEmployee},
	ActionDoStep:           {RoleEmployee},
	ActionChangePlan:       {RoleEmployee},
	ActionReadAlignment:    {RoleEmployee},
	ActionGiveFeedback:     {RoleEmployee},
	ActionAddEvidence:      {RoleEmployee},
	ActionReadEvidence:     {RoleEmployee},
	ActionCalibrate:        {RoleCommittee},
	ActionRateUnit:         {RoleHR},
	ActionManageCycle:      {RoleHR},
	ActionReadCycle:        {RoleHR, RoleCommittee, RoleLeadership, RoleAdministrator},
	ActionReadSpread:       {RoleHR, RoleCommittee, RoleLeadership},
	ActionReadResults:      {RoleHR},
	ActionWithdraw:         {RoleHR},
	ActionEnrol:            {RoleHR},
	ActionReadHistory:      {RoleEmployee},
	ActionVerifyTraining:   {RoleEmployee},
	ActionImport:           {RoleHR},
	ActionReadOrganisation: {RoleHR, RoleAdministrator, RoleLeadership},
	ActionOperate:          {RoleAdministrator, RoleHR},
	ActionAnswerPulse:      {RoleEmployee},
	ActionReadPulse:        {RoleHR, RoleLeadership},
}

// Known reports whether the action has a rule.
func (a Action) Known() bool { return a == ActionPublic || floors[a] != nil }

// Subject is whom and what an action is about, as far as permission depends on it.
type Subject struct {
	Employee  PersonID
	Appraiser PersonID
	Reviewer  PersonID
	Owner     PersonID // of the step; empty where the step belongs to a role
	Party     Party    // of the step
	Author    PersonID // of evidence that is not submitted yet
}

// MayTry reports whether the actor's roles allow the action on any subject at all.
func MayTry(a Actor, action Action) error {
	if action == ActionPublic {
		return nil
	}
	if a.ID == "" && !a.Operator {
		return Fault(CodeUnauthorized, "error.sign_in", nil)
	}
	for _, r := range floors[action] {
		if a.Has(r) {
			return nil
		}
	}
	return Fault(CodeForbidden, "error.forbidden", nil)
}

// Can answers whether the actor may do the action on the subject; the error says why not. Those who may not read an
// appraisal are told that it does not exist.
func Can(a Actor, action Action, s Subject) error {
	if err := MayTry(a, action); err != nil {
		return err
	}
	switch action {
	case ActionReadEvidence:
		if s.Author != "" && a.ID != s.Author {
			return Fault(CodeNotFound, "error.not_found", nil)
		}
		return Can(a, ActionReadAppraisal, s)
	case ActionAnswerPulse:
		if a.ID != s.Employee {
			return Fault(CodeNotFound, "error.not_found", nil)
		}
		return nil
	case ActionGiveFeedback:
		return Can(a, ActionReadAppraisal, s)
	case ActionReadAppraisal:
		if a.ID == s.Employee || a.ID == s.Appraiser || a.ID == s.Reviewer || a.Has(RoleHR) || a.Has(RoleCommittee) {
			return nil
		}
		return Fault(CodeNotFound, "error.not_found", nil)
	case ActionChangePlan:
		if a.ID == s.Employee || s.Appraiser != "" && a.ID == s.Appraiser {
			return nil
		}
		if Can(a, ActionReadAppraisal, s) != nil {
			return Fault(CodeNotFound, "error.not_found", nil)
		}
		return Fault(CodeForbidden, "error.change_sides", nil)
	case ActionEnrol: // the months that one served oneself decide on one's own score
		if a.ID != "" && a.ID == s.Employee {
			return Fault(CodeForbidden, "period.error.own_months", nil)
		}
		return nil
	case ActionReadHistory:
		if a.ID == s.Employee || s.Appraiser != "" && a.ID == s.Appraiser || a.Has(RoleHR) {
			return nil
		}
		return Fault(CodeNotFound, "error.not_found", nil)
	case ActionVerifyTraining:
		switch {
		case a.ID == s.Employee:
			return Fault(CodeForbidden, "learning.error.own", nil)
		case s.Appraiser != "" && a.ID == s.Appraiser || a.Has(RoleHR):
			return nil
		default:
			return Fault(CodeNotFound, "error.not_found", nil)
		}
	case ActionDoStep, ActionAddEvidence:
		if s.Owner != "" && a.ID == s.Owner || s.Owner == "" && s.Party == PartyHR && a.Has(RoleHR) {
			return nil
		}
		if Can(a, ActionReadAppraisal, s) != nil {
			return Fault(CodeNotFound, "error.not_found", nil)
		}
		return Fault(CodeForbidden, "error.not_your_step", nil)
	default:
		return nil
	}
}
