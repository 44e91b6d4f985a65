package appraisal

import "slices"

// Subject is whom and what an action is about, as far as permission depends on it.
type Subject struct {
	Employee  PersonID
	Appraiser PersonID // of the appraisal's own row, as it was launched
	Reviewer  PersonID // the reviewing official of that row
	Unit      UnitID   // in which the employee is appraised; of a unit's own figures, that unit
	Stage     Stage
	Released  bool // the employee may read the rating

	Owner  PersonID // of the step; empty where the step belongs to a role
	Party  Party    // of the step
	Author PersonID // of evidence that is not submitted yet, of a remark, of a proposal

	AuthorFor PersonID   // whom the author stood in for
	Delegate  PersonID   // of a delegation, whose delegator is the Employee
	Asked     []PersonID // who were asked for an opinion about the employee
	Appraised []PersonID // whom the employee appraises, directly or as reviewing official
	Judges    []PersonID // who rated the employee as appraiser, or answered the objection

	Leads bool     // the actor heads the unit or appraises in it
	Units []UnitID // whose people a cycle takes in, with all below; nil: everybody's
}

// rule says who may do an action.
type rule struct {
	may    who
	never  exceptions // whoever else they are
	refuse refusal
}

type (
	who        []capacity
	exceptions []exception

	// exception is who may not, and the key of the reason; without one they are told that there is nothing.
	exception struct {
		who capacity
		key string
	}
)

// capacity is a way in which somebody may stand to what they do. A role that it needs is asked for before the subject is looked
// up; who has no role is asked for as nobody.
type capacity struct {
	role     Role
	whole    bool // the role has to be held for the whole organisation
	byUnit   bool // the role reaches as far as the units for which it is held
	personal bool // it follows from who somebody is, and no role brings it
	operator bool // nobody who signs in: the command line of the installation, and what runs by itself
	fits     func(a Actor, s Subject) bool
}

var (
	anybody  = capacity{}
	everyone = capacity{role: RoleEmployee, fits: always}

	allButTheEmployeeBeforeRelease = capacity{fits: func(a Actor, s Subject) bool { return s.Released || !a.is(s.Employee) }}

	theEmployee  = person(func(a Actor, s Subject) bool { return a.is(s.Employee) })
	theAppraiser = person(func(a Actor, s Subject) bool { return a.is(s.Appraiser) })
	theOwner     = person(func(a Actor, s Subject) bool { return a.is(s.Owner) })
	theAuthor    = person(func(a Actor, s Subject) bool { return a.is(s.Author) })
	theDelegate  = person(func(a Actor, s Subject) bool { return a.is(s.Delegate) })

	// Whoever has delegated their duties for a leave is joined by who stands in, where that is no conflict.
	theActingAppraiser = person(func(a Actor, s Subject) bool { return s.StandsAs(a, PartyAppraiser) })
	theActingReviewer  = person(func(a Actor, s Subject) bool { return s.StandsAs(a, PartyReviewingOfficial) })
	theDoer            = person(func(a Actor, s Subject) bool { _, err := s.Does(a); return err == nil })
	theProposer        = person(func(a Actor, s Subject) bool { // or for whom or in whose place it was proposed
		if a.is(s.Author) || a.is(s.AuthorFor) {
			return true
		}
		return (s.Author == s.Appraiser || s.AuthorFor == s.Appraiser) && s.StandsAs(a, PartyAppraiser)
	})
	theOtherSide = person(func(a Actor, s Subject) bool { // of a proposal between employee and appraiser
		if s.Author == s.Employee {
			return s.StandsAs(a, PartyAppraiser)
		}
		return a.is(s.Employee)
	})
	everyoneButTheAuthor = person(func(a Actor, s Subject) bool { return s.Author != "" && !a.is(s.Author) })
	everyoneButThePeer   = person(func(a Actor, s Subject) bool { return s.Party == PartyPeer && !a.is(s.Owner) }) // whose answer is secret
	whoWasAsked          = person(func(a Actor, s Subject) bool { return slices.Contains(s.Asked, a.ID) })         // could work out what the others said
	// HR names nobody to their own advantage: not themselves, and not whoever is to judge them.
	whoNamesThemselves    = person(func(a Actor, s Subject) bool { return a.is(s.Delegate) && !a.is(s.Employee) })
	whomTheEmployeeJudges = person(func(a Actor, s Subject) bool { return slices.Contains(s.Appraised, a.ID) && !a.is(s.Employee) })
	leaderOfTheUnit       = person(func(_ Actor, s Subject) bool { return s.Leads })

	// HR serves the whole organisation, or some units with all below them.
	hr           = capacity{role: RoleHR, fits: always}
	hrOfTheWhole = capacity{role: RoleHR, whole: true, fits: always}
	hrOfTheUnit  = capacity{role: RoleHR, byUnit: true, fits: func(a Actor, s Subject) bool { return a.serves(s.Unit) }}
	hrInTheCycle = capacity{role: RoleHR, byUnit: true, fits: func(a Actor, s Subject) bool { return s.Units == nil || slices.ContainsFunc(s.Units, a.serves) }}
	hrOfTheCycle = capacity{role: RoleHR, byUnit: true, fits: func(a Actor, s Subject) bool {
		beyond := func(u UnitID) bool { return !a.serves(u) }
		return a.HRUnits == nil || len(s.Units) > 0 && !slices.ContainsFunc(s.Units, beyond)
	}}

	committee                  = capacity{role: RoleCommittee, fits: always}
	committeeFromCalibrationOn = capacity{role: RoleCommittee, fits: func(_ Actor, s Subject) bool {
		return slices.Index(Stages, s.Stage) >= slices.Index(Stages, StageCalibration)
	}}

	leadership    = capacity{role: RoleLeadership, fits: always}
	administrator = capacity{role: RoleAdministrator, fits: always}
	auditor       = capacity{role: RoleAuditor, fits: always}
	theOperator   = capacity{operator: true, fits: always}
)

func always(Actor, Subject) bool { return true }

func person(fits func(a Actor, s Subject) bool) capacity {
	return capacity{role: RoleEmployee, personal: true, fits: fits}
}

// is reports whether the actor is a person; nobody is the person who is missing.
func (a Actor) is(p PersonID) bool { return p != "" && a.ID == p }

// serves reports whether somebody in HR serves a unit.
func (a Actor) serves(u UnitID) bool { return a.HRUnits == nil || slices.Contains(a.HRUnits, u) }

// holds reports whether the actor has what a capacity asks for before the subject is known.
func (a Actor) holds(c capacity) bool {
	if c.operator {
		return a.Operator
	}
	return c.role == "" || a.Has(c.role) && (!c.whole || a.HRUnits == nil)
}

// stands reports whether the actor stands in a capacity to the subject.
func (a Actor) stands(c capacity, s Subject) bool {
	return a.holds(c) && (c.fits == nil || c.fits(a, s))
}

// refusal is what somebody who may not is answered: plainly that they may not; as if there were nothing; or the reason, for those
// who may do another action on the same subject, and nothing for everybody else.
type refusal struct {
	key    string
	knower Action
	hide   bool
}

var hidden = refusal{hide: true}

func tell(knower Action, key string) refusal { return refusal{key: key, knower: knower} }

func nothing() error { return Fault(CodeNotFound, "error.not_found", nil) }

func (r refusal) of(a Actor, s Subject) error {
	if why := s.barred(a); why != nil { // who holds a delegation knows what it is about
		return why
	}
	switch {
	case r.hide, r.knower != "" && Can(a, r.knower, s) != nil:
		return nothing()
	case r.key != "":
		return Fault(CodeForbidden, r.key, nil)
	default:
		return Fault(CodeForbidden, "error.forbidden", nil)
	}
}
