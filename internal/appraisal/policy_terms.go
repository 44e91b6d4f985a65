package appraisal

// Expectation is the three-level rating that an appraiser gives to each dimension (PermenPAN-RB 6/2022).
type Expectation string

const (
	ExpectationBelow Expectation = "below"
	ExpectationMeets Expectation = "meets"
	ExpectationAbove Expectation = "above"
)

// Expectations lists the levels from the lowest to the highest.
func Expectations() []Expectation {
	return []Expectation{ExpectationBelow, ExpectationMeets, ExpectationAbove}
}

// Word returns the translation key of the level's name.
func (e Expectation) Word() string { return "policy.expectation." + string(e) }

// Predikat is the outcome of an appraisal (predikat kinerja). Which ones can occur is the policy's choice.
type Predikat string

const (
	PredikatSangatBaik     Predikat = "sangat_baik"
	PredikatBaik           Predikat = "baik"
	PredikatCukup          Predikat = "cukup"
	PredikatButuhPerbaikan Predikat = "butuh_perbaikan"
	PredikatKurang         Predikat = "kurang"
	PredikatSangatKurang   Predikat = "sangat_kurang"
)

// Predikats lists every predikat that any policy may use, the best first.
func Predikats() []Predikat {
	return []Predikat{
		PredikatSangatBaik, PredikatBaik, PredikatCukup, PredikatButuhPerbaikan, PredikatKurang, PredikatSangatKurang,
	}
}

// Rank orders predikats: a higher rank is a better outcome, 0 is no predikat at all.
func (p Predikat) Rank() int {
	switch p {
	case PredikatSangatBaik:
		return 6
	case PredikatBaik:
		return 5
	case PredikatCukup:
		return 4
	case PredikatButuhPerbaikan:
		return 3
	case PredikatKurang:
		return 2
	case PredikatSangatKurang:
		return 1
	default:
		return 0
	}
}

// Valid reports whether p is a predikat of any policy.
func (p Predikat) Valid() bool { return p.Rank() > 0 }

// Word returns the translation key of the predikat's name.
func (p Predikat) Word() string { return "policy.predikat." + string(p) }

// OrganisationRating is the rating of a unit's own performance, on which the distribution guideline of its people depends
// (SE MenPANRB 3/2023).
type OrganisationRating string

const (
	OrganisationIstimewa       OrganisationRating = "istimewa"
	OrganisationBaik           OrganisationRating = "baik"
	OrganisationButuhPerbaikan OrganisationRating = "butuh_perbaikan"
	OrganisationKurang         OrganisationRating = "kurang"
	OrganisationSangatKurang   OrganisationRating = "sangat_kurang"
)

// OrganisationRatings lists the ratings, the best first.
func OrganisationRatings() []OrganisationRating {
	return []OrganisationRating{
		OrganisationIstimewa, OrganisationBaik, OrganisationButuhPerbaikan, OrganisationKurang, OrganisationSangatKurang,
	}
}

// Valid reports whether r is one of the five ratings.
func (r OrganisationRating) Valid() bool {
	switch r {
	case OrganisationIstimewa, OrganisationBaik, OrganisationButuhPerbaikan, OrganisationKurang, OrganisationSangatKurang:
		return true
	default:
		return false
	}
}

// Word returns the translation key of the rating's name.
func (r OrganisationRating) Word() string { return "policy.organisation." + string(r) }

// Direction says which way an indicator improves.
type Direction string

const (
	DirectionMore Direction = "more" // more is better
	DirectionLess Direction = "less" // less is better
)

// Valid reports whether d is one of the two directions.
func (d Direction) Valid() bool { return d == DirectionMore || d == DirectionLess }

// Word returns the translation key of the direction's name.
func (d Direction) Word() string { return "policy.direction." + string(d) }

// Aspect is what an indicator measures; positions of JPT use a perspective in its place (PermenPAN-RB 6/2022).
type Aspect string

const (
	AspectQuantity Aspect = "quantity"
	AspectQuality  Aspect = "quality"
	AspectTime     Aspect = "time"
	AspectCost     Aspect = "cost"

	PerspectiveReceivers     Aspect = "receivers"     // penerima layanan
	PerspectiveProcess       Aspect = "process"       // proses bisnis internal
	PerspectiveStrengthening Aspect = "strengthening" // penguatan internal
	PerspectiveBudget        Aspect = "budget"        // anggaran
)

// Aspects lists what an indicator may measure: the perspectives for a JPT, the four aspects for everybody else.
func Aspects(level PositionLevel) []Aspect {
	if level == LevelJPT {
		return []Aspect{PerspectiveReceivers, PerspectiveProcess, PerspectiveStrengthening, PerspectiveBudget}
	}
	return []Aspect{AspectQuantity, AspectQuality, AspectTime, AspectCost}
}

// Valid reports whether a is an aspect or a perspective.
func (a Aspect) Valid() bool {
	switch a {
	case AspectQuantity, AspectQuality, AspectTime, AspectCost,
		PerspectiveReceivers, PerspectiveProcess, PerspectiveStrengthening, PerspectiveBudget:
		return true
	default:
		return false
	}
}

// Word returns the translation key of the aspect's name.
func (a Aspect) Word() string { return "policy.aspect." + string(a) }

// PeerCategories lists the categories in the order in which they are shown.
func PeerCategories() []PeerCategory { return []PeerCategory{CategoryPeer, CategorySubordinate} }

// Valid reports whether c is one of the categories.
func (c PeerCategory) Valid() bool { return c == CategoryPeer || c == CategorySubordinate }

// Word returns the translation key of the category's name.
func (c PeerCategory) Word() string { return "policy.peer_category." + string(c) }

// DayCount says which days a legal window counts.
type DayCount string

const (
	CountCalendar DayCount = "calendar"
	CountWorking  DayCount = "working"
)

// Valid reports whether c is one of the two counts.
func (c DayCount) Valid() bool { return c == CountCalendar || c == CountWorking }
