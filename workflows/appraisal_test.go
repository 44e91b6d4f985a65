package workflows_test

import (
	"testing"
)

func TestWhereEverybodyIsOnTimeAPipelinePassesEveryStageInAYear(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.pipeline(template("tahunan"), "")
	a := y.asked.of(y.pipelineID("ani"))
	t.Log(join(y.stages("ani")))
	t.Log(join(y.steps("ani")))
	t.Log(y.mails())
	t.Logf("%+v", *a)
	t.Log(y.env.Now())
}

func TestAWholeCycle(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.wholeCycle(template("tahunan"), "BIDANG", "")
	for _, who := range []string{"ani", "kabid"} {
		t.Log(join(y.stages(who)))
	}
	t.Log(y.mails())
	t.Log(y.env.Now())
}
