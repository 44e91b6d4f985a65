package appraisal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// wrongFields returns the fields that an error names.
func wrongFields(err error) string {
	var e *appraisal.Error
	if !errors.As(err, &e) {
		return ""
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Field)
	}
	return strings.Join(names, " ")
}

func TestFeedbackSaysSomethingAndACoachingNoteWhatWasAgreed(t *testing.T) {
	today := time.Date(2026, 6, 10, 0, 0, 0, 0, time.UTC)
	comment := func(f appraisal.Feedback) appraisal.Feedback {
		if f.Kind == "" {
			f.Kind = appraisal.FeedbackComment
		}
		return f
	}
	for name, c := range map[string]struct {
		in    appraisal.Feedback
		wrong string
	}{
		"a comment":                       {appraisal.Feedback{Text: "Bagus"}, ""},
		"nothing":                         {appraisal.Feedback{Text: " \n"}, "text"},
		"too much":                        {appraisal.Feedback{Text: strings.Repeat("a", appraisal.MaxText+1)}, "text"},
		"a comment with an agreement":     {appraisal.Feedback{Text: "Bagus", Agreed: "Lanjut"}, "kind"},
		"a comment to come back to":       {appraisal.Feedback{Text: "Bagus", ComeBack: "2026-07-01"}, "kind"},
		"a coaching note":                 {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara", Agreed: "Ikut kelas"}, ""},
		"coaching without an agreement":   {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara"}, "agreed"},
		"coaching to come back to today":  {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara", Agreed: "Ya", ComeBack: "2026-06-10"}, ""},
		"coaching to come back yesterday": {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara", Agreed: "Ya", ComeBack: "2026-06-09"}, "come_back"},
		"coaching to come back some day":  {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara", Agreed: "Ya", ComeBack: "2031-06-09"}, "come_back"},
		"coaching on no day":              {appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Bicara", Agreed: "Ya", ComeBack: "besok"}, "come_back"},
		"an unknown kind":                 {appraisal.Feedback{Kind: "praise", Text: "Bagus"}, "kind"},
	} {
		if got := wrongFields(comment(c.in).Validate(today)); got != c.wrong {
			t.Errorf("%s: wrong are %q, want %q", name, got, c.wrong)
		}
	}
}

func TestFeedbackIsGivenFromExecutionUntilTheRelease(t *testing.T) {
	for _, stage := range append([]appraisal.Stage{appraisal.StagePending, appraisal.StageWithdrawn}, appraisal.Stages...) {
		var want bool
		switch stage {
		case appraisal.StageExecution, appraisal.StageSelfReview, appraisal.StagePeerReview, appraisal.StageAppraiserReview, appraisal.StageCalibration:
			want = true
		}
		if got := appraisal.FeedbackOpen(stage, false); got != want {
			t.Errorf("in %s feedback is open: %t", stage, got)
		}
		if appraisal.FeedbackOpen(stage, true) {
			t.Errorf("in %s feedback is open after the release", stage)
		}
	}
}

func TestFeedbackCanBeRegrettedForAQuarterOfAnHour(t *testing.T) {
	at := time.Date(2026, 6, 10, 9, 0, 0, 0, time.UTC)
	if err := appraisal.Regrettable(at, at.Add(15*time.Minute)); err != nil {
		t.Error(err)
	}
	if err := appraisal.Regrettable(at, at.Add(15*time.Minute+time.Microsecond)); appraisal.CodeOf(err) != appraisal.CodeWrongStage {
		t.Errorf("a moment later: %v", err)
	}
}

func TestALinkLeadsToAWebPageAndDoesNotHideWhere(t *testing.T) {
	for _, good := range []string{"https://drive.pemda.test/a?b=c#d", "http://10.0.0.1:8080/", "https://contoh.go.id"} {
		if key := appraisal.LinkFault(good); key != "" {
			t.Errorf("%s is refused: %s", good, key)
		}
	}
	for _, bad := range []string{
		"", "drive.pemda.test/a", "javascript:alert(1)", "data:text/html,x", "ftp://pemda.test", "https://", "https:///a", "https://.",
		"https://bank.go.id@jahat.test/", "https://pemda.test/\u202egpj.exe", "https://pemda.test/a b", "https://pemda.test/\n", " https://pemda.test",
		"https:pemda.test", "//pemda.test", "file:///etc/passwd", "HTTPS\u200b://pemda.test",
	} {
		if appraisal.LinkFault(bad) == "" {
			t.Errorf("%q is taken", bad)
		}
	}
	if host := appraisal.LinkHost("https://Drive.pemda.test:8443/a"); host != "Drive.pemda.test:8443" {
		t.Errorf("host is %s", host)
	}
}
