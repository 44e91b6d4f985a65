package worker

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
)

func TestAWorkerDoesNothingThatNamesNoPermissionOrOneThatItHasNot(t *testing.T) {
	if err := permit(duties(nil, nil), (&Options{}).jobs()); err != nil {
		t.Fatalf("what a worker does: %v", err)
	}
	for _, action := range []appraisal.Action{"", "dance", appraisal.ActionReadAppraisal} {
		if err := permit([]duty{{action, &activities.Mail{}}}, nil); err == nil || !strings.Contains(err.Error(), "*activities.Mail") {
			t.Errorf("activities with the permission %q: %v", action, err)
		}
		if err := permit(nil, []job{{"peep", action, nil}}); err == nil || !strings.Contains(err.Error(), `"peep"`) {
			t.Errorf("a job with the permission %q: %v", action, err)
		}
	}
}
