package appraisal

import "slices"

// EmployeeKind tells permanent civil servants from those on contract.
type EmployeeKind string

const (
	EmployeePNS  EmployeeKind = "pns"
	EmployeePPPK EmployeeKind = "pppk"
)

// PositionKind is the kind of position (jenis jabatan) that an employee holds.
type PositionKind string

const (
	PositionJPTUtama      PositionKind = "jpt_utama"
	PositionJPTMadya      PositionKind = "jpt_madya"
	PositionJPTPratama    PositionKind = "jpt_pratama"
	PositionAdministrator PositionKind = "administrator"
	PositionPengawas      PositionKind = "pengawas"
	PositionFungsional    PositionKind = "fungsional"
	PositionPelaksana     PositionKind = "pelaksana"
)

// PositionLevel groups position kinds that are compared with each other in one calibration cohort.
type PositionLevel string

const (
	LevelJPT           PositionLevel = "jpt"
	LevelAdministrator PositionLevel = "administrator"
	LevelPengawas      PositionLevel = "pengawas"
	LevelFungsional    PositionLevel = "fungsional"
	LevelPelaksana     PositionLevel = "pelaksana"
)

// Level returns the level at which the kind is calibrated.
func (k PositionKind) Level() PositionLevel {
	switch k {
	case PositionJPTUtama, PositionJPTMadya, PositionJPTPratama:
		return LevelJPT
	case PositionAdministrator:
		return LevelAdministrator
	case PositionPengawas:
		return LevelPengawas
	case PositionFungsional:
		return LevelFungsional
	default:
		return LevelPelaksana
	}
}

// Role is what a person may be in the system beside being appraised. Appraiser and reviewing official are not granted:
// they follow from the organisation tree, appraisal by appraisal.
type Role string

const (
	RoleEmployee      Role = "employee"
	RoleHR            Role = "hr"
	RoleCommittee     Role = "committee"
	RoleLeadership    Role = "leadership"
	RoleAdministrator Role = "administrator" // runs the system and reads no appraisal's content
	RoleAuditor       Role = "auditor"       // reads the trail and nothing else
)

// GrantedRoles lists the roles that an administrator or the demonstration can grant.
var GrantedRoles = []Role{RoleHR, RoleCommittee, RoleLeadership, RoleAdministrator, RoleAuditor}

// Actor is who acts: a person with the roles they hold at this moment. Operator marks whoever runs the installation on its
// command line: no person, and written as nobody in the trail.
type Actor struct {
	ID       PersonID
	Name     string
	Roles    []Role
	Lang     string // "id" or "en"
	Operator bool

	ByToken bool // acts by an API token, which reaches no further than its
	Scopes  []TokenScope

	HRUnits []UnitID   // of which the actor is HR, each with all below it; nil with RoleHR: the whole organisation
	For     []PersonID // who have delegated their duties as appraiser and reviewing official to the actor, today
	Behalf  PersonID   // for whom of them the actor does the act at hand; empty: for themselves
	Network string     // where the request comes from, for the trail: an address or an IPv6 /64
}

// Itself is what Telaah does by itself: no person, and written as nobody in the trail.
func Itself() Actor { return Actor{Operator: true, Roles: []Role{RoleAdministrator}} }

// Person returns the actor's id, nil for an operator.
func (a Actor) Person() *PersonID {
	if a.ID == "" {
		return nil
	}
	return &a.ID
}

// OnBehalfOf returns for whom the actor does the act at hand, nil for themselves.
func (a Actor) OnBehalfOf() *PersonID {
	if a.Behalf == "" {
		return nil
	}
	return &a.Behalf
}

// Has reports whether the actor holds the role. Everybody signed in is an employee in this sense.
func (a Actor) Has(r Role) bool {
	return r == RoleEmployee && a.ID != "" || slices.Contains(a.Roles, r)
}

// Party says in which capacity somebody has to act on a step: the only thing about people that Temporal is told.
type Party string

const (
	PartyEmployee          Party = "employee"
	PartyAppraiser         Party = "appraiser"
	PartyReviewingOfficial Party = "reviewing_official"
	PartyPeer              Party = "peer"
	PartyCommittee         Party = "committee"
	PartyHR                Party = "hr"
	PartyNobody            Party = "nobody"
)
