package appraisal

import (
	"cmp"
	"slices"
	"time"
)

// TrainingCode names a training of the office's catalogue.
type TrainingCode string

// TrainingChannel tells classroom training from everything else (PP 11/2017).
type TrainingChannel string

const (
	ChannelClassroom    TrainingChannel = "classroom"     // klasikal
	ChannelNonClassroom TrainingChannel = "non_classroom" // nonklasikal
)

// TrainingForm is the form in which one learns.
type TrainingForm string

const (
	FormCourse            TrainingForm = "course"             // pelatihan
	FormWorkshop          TrainingForm = "workshop"           // lokakarya
	FormTechnicalGuidance TrainingForm = "technical_guidance" // bimbingan teknis
	FormSeminar           TrainingForm = "seminar"
	FormCoaching          TrainingForm = "coaching"
	FormMentoring         TrainingForm = "mentoring"
	FormELearning         TrainingForm = "e_learning"
	FormSecondment        TrainingForm = "secondment" // magang, pertukaran
	FormJobShadowing      TrainingForm = "job_shadowing"
	FormSelfStudy         TrainingForm = "self_study" // belajar mandiri
)

// TrainingForms lists every form.
func TrainingForms() []TrainingForm {
	return []TrainingForm{
		FormCourse, FormWorkshop, FormTechnicalGuidance, FormSeminar, FormCoaching, FormMentoring, FormELearning,
		FormSecondment, FormJobShadowing, FormSelfStudy,
	}
}

// Word returns the translation key of the form's name.
func (f TrainingForm) Word() string { return "policy.form." + string(f) }

// LearningKind is the share of the 70:20:10 guide that a form belongs to.
type LearningKind string

const (
	LearnExperience LearningKind = "experience"
	LearnSocial     LearningKind = "social"
	LearnFormal     LearningKind = "formal"
)

// Word returns the translation key of the kind's name.
func (k LearningKind) Word() string { return "policy.learning." + string(k) }

// Kind returns the share of the 70:20:10 guide that the form belongs to.
func (f TrainingForm) Kind() LearningKind {
	switch f {
	case FormSecondment, FormJobShadowing:
		return LearnExperience
	case FormCoaching, FormMentoring:
		return LearnSocial
	default:
		return LearnFormal
	}
}

// Training is an offer that brings a person to Level of one competency. Seats are those that are left, Hours are learning
// hours (JP), CostRupiah is per person; Starts and Ends are days, both included.
type Training struct {
	Code       TrainingCode
	Title      string
	Competency CompetencyCode
	Level      int
	Channel    TrainingChannel
	Form       TrainingForm
	Hours      int
	Seats      int
	CostRupiah int64
	Starts     time.Time
	Ends       time.Time
}

// RecommendRules are what a recommendation has to keep to: the policy's learning rules, the day from which trainings may
// start, and what the person has planned or taken this year already.
type RecommendRules struct {
	Learning   LearningRules
	Now        time.Time
	HoursSoFar int
	Taken      []TrainingCode
}

// Pick is one recommended training with the reason for it.
type Pick struct {
	Training Training
	From     int          // the level that counts before it
	Kind     LearningKind // its share of the 70:20:10 guide
	Reason   Sentence
}

// Unmet is a competency for which the catalogue offers nothing that fits, from Level upwards.
type Unmet struct {
	Competency CompetencyCode
	Level      int
	Reason     Sentence
}

// Recommendation is a proposal for a development plan; people decide. Picks are in the order of urgency.
type Recommendation struct {
	Picks      []Pick
	Hours      int              // of the picks
	HoursTotal int              // with those planned or taken already
	Goal       Sentence         // how the hours stand to the year's minimum or maximum
	Unmet      []Unmet          // gaps that stay open, with the reason
	Unassessed []CompetencyCode // an assessment is needed before anything can be recommended
}

// Recommend picks trainings that close the gaps: always the largest remaining gap first (of equal ones, that which was larger at the start), level by level, with the form of which
// the plan has least by the 70:20:10 guide, then the earliest, shortest and cheapest offer. It takes no training that has
// begun by rules.Now or has no seat, none twice, none before the level below it was trained, and no two classroom trainings on
// the same day. The hours of a PPPK stay within the maximum of the rules; those of a PNS within the planned hours, and up
// to the minimum with trainings that go one level beyond. The same input always gives the same picks.
func Recommend(gaps []Gap, catalogue []Training, kind EmployeeKind, rules RecommendRules) Recommendation {
	r := newRecommender(gaps, catalogue, kind, rules)
	for gap := r.largest(); gap != nil; gap = r.largest() {
		r.raise(gap, "policy.training.closes_gap")
	}
	if minimum := r.minimum(); minimum > 0 {
		r.reach(minimum)
	}
	return r.result()
}

// climb is a gap on its way up.
type climb struct {
	gap     Gap
	level   int       // reached with the picks so far
	after   time.Time // end of the last pick for it
	blocked bool      // nothing fits any more
}

func (c *climb) remaining() int { return c.gap.Required - c.level }

type recommender struct {
	kind      EmployeeKind
	rules     RecommendRules
	catalogue []Training
	climbs    []*climb
	hours     map[LearningKind]int
	out       Recommendation
}

func newRecommender(gaps []Gap, catalogue []Training, kind EmployeeKind, rules RecommendRules) *recommender {
	r := &recommender{kind: kind, rules: rules, hours: map[LearningKind]int{}}
	for _, t := range catalogue {
		if t.Starts.After(rules.Now) && t.Seats > 0 && t.Hours > 0 && !slices.Contains(rules.Taken, t.Code) {
			r.catalogue = append(r.catalogue, t)
		}
	}
	sorted := slices.Clone(gaps)
	slices.SortFunc(sorted, byUrgency)
	for _, g := range sorted {
		if g.Missing() {
			r.out.Unassessed = append(r.out.Unassessed, g.Competency)
			continue
		}
		r.climbs = append(r.climbs, &climb{gap: g, level: g.Level})
	}
	return r
}

// largest returns the largest gap that something may still be done about; the sorted order breaks ties.
func (r *recommender) largest() *climb {
	var found *climb
	for _, c := range r.climbs {
		if !c.blocked && c.remaining() > 0 && (found == nil || c.remaining() > found.remaining()) {
			found = c
		}
	}
	return found
}

// raise picks a training that brings c one level up, or blocks c with the reason.
func (r *recommender) raise(c *climb, reason string) {
	var fit []Training
	for _, t := range r.catalogue {
		if t.Competency == c.gap.Competency && t.Level == c.level+1 && t.Starts.After(c.after) && !r.clashes(t) {
			fit = append(fit, t)
		}
	}
	affordable := slices.DeleteFunc(slices.Clone(fit), func(t Training) bool { return !r.affords(t) })
	if len(affordable) == 0 {
		c.blocked = true
		if c.remaining() > 0 {
			key := "policy.training.none_offered"
			if len(fit) > 0 {
				key = "policy.training.no_hours_left"
			}
			r.out.Unmet = append(r.out.Unmet, Unmet{c.gap.Competency, c.level + 1, Sentence{Key: key, Inputs: map[string]Input{
				"competency": InputText(string(c.gap.Competency)),
				"level":      InputCount(c.level + 1),
			}}})
		}
		return
	}
	r.take(c, slices.MinFunc(affordable, r.prefer), reason)
}

func (r *recommender) take(c *climb, t Training, reason string) {
	r.out.Picks = append(r.out.Picks, Pick{Training: t, From: c.level, Kind: t.Form.Kind(), Reason: Sentence{
		Key: reason,
		Inputs: map[string]Input{
			"competency": InputText(string(c.gap.Competency)),
			"from":       InputCount(c.level),
			"to":         InputCount(t.Level),
			"required":   InputCount(c.gap.Required),
			"hours":      InputCount(t.Hours),
			"form":       InputWord(t.Form.Word()),
			"kind":       InputWord(t.Form.Kind().Word()),
		},
	}})
	r.out.Hours += t.Hours
	r.hours[t.Form.Kind()] += t.Hours
	r.catalogue = slices.DeleteFunc(r.catalogue, func(other Training) bool { return other.Code == t.Code })
	c.level, c.after = t.Level, t.Ends
}

// reach adds trainings one level beyond the required one, strongest need first, until the year's minimum is reached.
func (r *recommender) reach(minimum int) {
	for _, c := range r.climbs {
		if r.rules.HoursSoFar+r.out.Hours >= minimum {
			return
		}
		if !c.blocked { // what is still open was blocked before
			r.raise(c, "policy.training.reaches_minimum")
		}
	}
}

func (r *recommender) minimum() int {
	if r.kind == EmployeePPPK {
		return 0
	}
	return r.rules.Learning.PNSMinimum
}

// maximum returns the hours that the plan may fill, and 0 for no bound.
func (r *recommender) maximum() int {
	if r.kind == EmployeePPPK {
		return r.rules.Learning.PPPKMaximum
	}
	return r.rules.Learning.PNSPlanned
}

func (r *recommender) affords(t Training) bool {
	return r.maximum() == 0 || r.rules.HoursSoFar+r.out.Hours+t.Hours <= r.maximum()
}

// clashes reports whether t and a pick are classroom trainings on the same day.
func (r *recommender) clashes(t Training) bool {
	return slices.ContainsFunc(r.out.Picks, func(p Pick) bool {
		both := t.Channel == ChannelClassroom && p.Training.Channel == ChannelClassroom
		return both && !t.Starts.After(p.Training.Ends) && !p.Training.Starts.After(t.Ends)
	})
}

// prefer orders trainings for the same level, the better choice first.
func (r *recommender) prefer(a, b Training) int {
	return cmp.Or(
		cmp.Compare(r.lack(b), r.lack(a)),
		a.Starts.Compare(b.Starts),
		cmp.Compare(a.Hours, b.Hours),
		cmp.Compare(a.CostRupiah, b.CostRupiah),
		cmp.Compare(a.Code, b.Code),
	)
}

// lack says how far the plan is behind its share of the training's kind: guide − actual, in hundredths of an hour.
func (r *recommender) lack(t Training) int {
	guide := map[LearningKind]int{
		LearnExperience: r.rules.Learning.Mix.Experience,
		LearnSocial:     r.rules.Learning.Mix.Social,
		LearnFormal:     r.rules.Learning.Mix.Formal,
	}[t.Form.Kind()]
	return guide*(r.out.Hours+1) - 100*r.hours[t.Form.Kind()]
}

func (r *recommender) result() Recommendation {
	out := r.out
	out.HoursTotal = r.rules.HoursSoFar + out.Hours
	inputs := map[string]Input{"hours": InputCount(out.HoursTotal)}
	switch {
	case r.kind == EmployeePPPK && r.maximum() > 0:
		inputs["maximum"] = InputCount(r.maximum())
		out.Goal = Sentence{Key: "policy.training.goal_maximum", Inputs: inputs}
	case r.minimum() > 0 && out.HoursTotal < r.minimum():
		inputs["minimum"] = InputCount(r.minimum())
		out.Goal = Sentence{Key: "policy.training.goal_short", Inputs: inputs}
	case r.minimum() > 0:
		inputs["minimum"] = InputCount(r.minimum())
		out.Goal = Sentence{Key: "policy.training.goal_reached", Inputs: inputs}
	default:
		out.Goal = Sentence{Key: "policy.training.goal_none", Inputs: inputs}
	}
	return out
}
