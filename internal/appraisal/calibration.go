package appraisal

// CalibrationRules say how many of the committee have to take part in a session, and which groups are too small to be
// compared. No regulation that we found fixes a number; the defaults are a choice of the office (c).
type CalibrationRules struct {
	QuorumPercent int  `json:"quorum_percent"` // of the committee, rounded up
	QuorumLeast   int  `json:"quorum_least"`   // people, where the committee has that many
	SoleMember    bool `json:"sole_member"`    // a committee of one may decide alone
	SmallGroup    int  `json:"small_group"`    // an appraiser with fewer people in a cohort is not compared
}

// Quorum returns how many members of a committee have to confirm a session before it is locked: the share, rounded up, and
// never fewer than QuorumLeast where there are that many. ok is false for an empty committee, and for a committee of one where
// the policy does not let one person decide alone.
func (r CalibrationRules) Quorum(committee int) (needed int, ok bool) {
	share := (committee*r.QuorumPercent + 99) / 100
	needed = max(1, share, min(r.QuorumLeast, committee))
	return needed, committee > 1 || committee == 1 && r.SoleMember
}

// Stance is what a member of the committee says to a proposal.
type Stance string

const (
	StanceAgree   Stance = "agree"
	StanceOppose  Stance = "oppose"
	StanceExplain Stance = "explain" // words only: neither for nor against
)

// Valid reports whether s is a stance.
func (s Stance) Valid() bool { return s == StanceAgree || s == StanceOppose || s == StanceExplain }

// Stances lists the stances that a member may take: who appraised the person may explain their rating, but not vote on it.
func Stances(member, appraiser PersonID) []Stance {
	if member == appraiser {
		return []Stance{StanceExplain}
	}
	return []Stance{StanceAgree, StanceOppose, StanceExplain}
}

// ProposedChange is a change of a rating in a session, as far as it matters who confirms it.
type ProposedChange struct {
	Appraisal AppraisalID
	Employee  PersonID
	Appraiser PersonID
}

// Unconfirmed returns the changes that nobody impartial stands behind: nobody decides on their own rating, nor alone on that of
// somebody they appraise. confirming are those who have confirmed the session as it is.
func Unconfirmed(changes []ProposedChange, confirming []PersonID) []ProposedChange {
	var left []ProposedChange
	for _, c := range changes {
		impartial := false
		for _, p := range confirming {
			impartial = impartial || p != c.Employee && p != c.Appraiser
		}
		if !impartial {
			left = append(left, c)
		}
	}
	return left
}
