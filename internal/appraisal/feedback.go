package appraisal

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// FeedbackKind tells a remark from the note of a coaching talk.
type FeedbackKind string

const (
	FeedbackComment  FeedbackKind = "comment"
	FeedbackCoaching FeedbackKind = "coaching" // written by the superiors: what was talked about and agreed
)

// FeedbackRegret is how long an author may withdraw what they wrote.
const FeedbackRegret = 15 * time.Minute

// Feedback is one attributed remark of the period on a key result, or on the plan as a whole.
type Feedback struct {
	KeyResult string       `json:"key_result,omitempty"` // empty: the plan as a whole
	Kind      FeedbackKind `json:"kind"`
	Text      string       `json:"text"`
	Agreed    string       `json:"agreed,omitempty"`    // coaching: what was agreed
	ComeBack  string       `json:"come_back,omitempty"` // coaching: the day to come back to it, as 2006-01-02
}

// Validate reports the faults of a feedback that is given on a day of the office.
func (f Feedback) Validate(today time.Time) error {
	var faults Faults
	requireText(&faults, "text", f.Text, MaxText)
	switch f.Kind {
	case FeedbackComment:
		if f.Agreed != "" || f.ComeBack != "" {
			faults.Add("kind", "feedback.error.coaching_only", nil)
		}
	case FeedbackCoaching:
		requireText(&faults, "agreed", f.Agreed, MaxText)
		validateComeBack(&faults, f.ComeBack, today)
	default:
		faults.Add("kind", "feedback.error.kind", nil)
	}
	return faults.Err()
}

func validateComeBack(faults *Faults, day string, today time.Time) {
	if day == "" {
		return
	}
	at, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		faults.Add("come_back", "error.date", nil)
	case day < today.Format(time.DateOnly) || at.After(today.AddDate(2, 0, 0)):
		faults.Add("come_back", "feedback.error.come_back", nil)
	}
}

// FeedbackOpen reports whether feedback can be given: once there is a plan to carry out, until the result is released.
func FeedbackOpen(stage Stage, released bool) bool {
	return !released && !stage.Ended() && stage.Order() >= StageExecution.Order() && stage.Order() <= StageCalibration.Order()
}

// Regrettable reports why the author cannot withdraw a feedback of theirs any more, nil if they can.
func Regrettable(at, now time.Time) error {
	if now.Sub(at) > FeedbackRegret {
		return Fault(CodeWrongStage, "feedback.error.regret_over", map[string]any{"minutes": int(FeedbackRegret.Minutes())})
	}
	return nil
}

// LinkFault returns the translation key of what is wrong with the address of evidence, empty if nothing is. It has to lead to a
// web page and must not hide where it leads: no name before the host, no invisible signs.
func LinkFault(link string) string {
	u, err := url.Parse(link)
	hidden := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.ContainsFunc(link, hidden) ||
		strings.Trim(u.Hostname(), ".") == "" {
		return "error.link"
	}
	return ""
}

// LinkHost returns the host that a link leads to, as it is shown beside it.
func LinkHost(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Host
}
