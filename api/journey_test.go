package api_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// journey is a whole cycle over HTTP, with every answer held against the description.
func TestACycleCanBeRunOverHTTPFromPreparationToClosedAndEveryAnswerIsAsDescribed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.importHolidays()
	o.prepare()
	o.plan("Wati")
	o.printPlan("Wati")
	o.execute("Wati")
	o.align()
	o.reviewSelf("Wati")
	o.askPeers("Wati", "Tono", "Rudi", "Lina")
	o.review("Wati")
	o.calibrate("Wati")
	o.object("Wati")
	o.printResult("Wati")
	o.develop("Wati")
	o.inspect("Wati")
	o.spread()
	o.tabulate("Wati")
	o.measure()
	o.joinLate()
	o.learn()
	o.exercise("Wati")
	o.delegate()
	o.acknowledge("Rudi")
	o.end()
	o.signInAndOut("Maya")
	o.trace("Rudi")

	var unseen []string
	for _, item := range o.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			// The description is no JSON, and payloads are read where Temporal's keys are: in payload_test.go.
			if !o.checked[operation.OperationID] && operation.OperationID != "readDescription" && operation.OperationID != "decodePayloads" {
				unseen = append(unseen, operation.OperationID)
			}
		}
	}
	if slices.Sort(unseen); len(unseen) > 0 {
		t.Errorf("no successful answer was seen of %v", unseen)
	}
}

func (o *office) execute(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageExecution)
	o.ask(who, 200, "POST", "/appraisals/"+string(o.of(who))+"/progress", object{
		"indicator": o.indicator(who), "value": "91.5", "note": "Berkas menumpuk di awal bulan",
	})
	o.support(who)
	o.changePlan(who)
	o.do(who, appraisal.StepRecordProgress, who, "execution-completion", nil)
}

func (o *office) reviewSelf(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageSelfReview)
	o.ask(who, 200, "GET", "/tasks/"+o.task(who, appraisal.StepSelfReview, who), nil)
	o.do(who, appraisal.StepSelfReview, who, "self-review", object{
		"achievements": "Hampir semua surat terbit pada harinya", "development": "Belajar arsip digital",
		"realisations": []object{{"indicator": o.indicator(who), "value": "97"}},
	})
}

func (o *office) askPeers(who string, peers ...string) {
	o.t.Helper()
	o.enter(who, appraisal.StagePeerReview)
	var ids []string
	for _, p := range peers {
		ids = append(ids, o.person(p))
	}
	o.ask(who, 200, "GET", "/tasks/"+o.task(who, appraisal.StepNominatePeers, who), nil)
	o.do(who, appraisal.StepNominatePeers, who, "peer-nomination", object{"peers": ids})
	o.do("Sekdes", appraisal.StepApprovePeers, who, "peer-decision", object{"approve": true, "peers": ids})
	scores := slices.Repeat([]int{3}, appraisal.Behaviours)
	for _, p := range peers {
		step := o.task(p, appraisal.StepPeerAnswer, who)
		o.ask(p, 200, "GET", "/tasks/"+step, nil)
		o.ask(who, 404, "GET", "/tasks/"+step, nil)
		o.do(p, appraisal.StepPeerAnswer, who, "peer-answer", object{"scores": scores, "comment": "Rekan yang sabar"})
	}
}

func (o *office) review(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageAppraiserReview)
	contains(o.t, o.ask("Sekdes", 200, "GET", "/tasks/"+o.task("Sekdes", appraisal.StepAppraiserReview, who), nil), "Rekan yang sabar")
	o.do("Sekdes", appraisal.StepAppraiserReview, who, "review", object{
		"work_result": "meets", "behaviour": "meets", "comment": "Sesuai rencana",
		"competencies": []object{{"competency": "INT", "level": 3}, {"competency": "PEL", "level": 1}},
	})
}

func (o *office) object(who string) {
	o.t.Helper()
	path := "/appraisals/" + string(o.of(who))
	if before := o.ask(who, 200, "GET", path, nil); before.body["rating"] != nil {
		o.t.Errorf("the rating is told before its release: %v", before.body["rating"])
	}
	o.enter(who, appraisal.StageResult)
	if after := o.ask(who, 200, "GET", path, nil); after.body["rating"] == nil {
		o.t.Error("the released rating is not told")
	}
	o.do(who, appraisal.StepAcknowledgeResult, who, "objection", object{"reasons": "Perilaku saya di atas harapan"})
	o.enter(who, appraisal.StageObjection)
	o.do("Sekdes", appraisal.StepAnswerObjection, who, "objection-answer", object{"answer": "Sudah saya pertimbangkan"})
	o.do("Kades", appraisal.StepDecideObjection, who, "objection-decision", object{
		"change": true, "work_result": "above", "behaviour": "above", "reason": "Buktinya kuat",
	})
}

func (o *office) acknowledge(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageResult)
	contains(o.t, o.do(who, appraisal.StepAcknowledgeResult, who, "acknowledgement", nil), `"outcome":"acknowledged"`)
}

func (o *office) develop(who string) {
	o.t.Helper()
	o.enter(who, appraisal.StageDevelopment)
	contains(o.t, o.ask("Sekdes", 200, "GET", "/tasks/"+o.task("Sekdes", appraisal.StepApproveDevelopment, who), nil), "T-PEL")
	o.do("Sekdes", appraisal.StepApproveDevelopment, who, "development-approval", object{"trainings": []string{"T-PEL"}})
	voice := "/appraisals/" + string(o.of(who)) + "/pulse"
	contains(o.t, o.ask(who, 200, "GET", voice, nil), `"open":true`)
	o.ask("Sekdes", 404, "GET", voice, nil)
	o.ask(who, 422, "POST", voice, object{"understandable": 6, "fair": 0})
	o.ask(who, 200, "POST", voice, object{"understandable": 4, "fair": 3, "comment": "Jelas"})
	o.ask("Panitia", 403, "GET", "/cycles/"+o.cycle+"/pulse", nil)
	contains(o.t, o.ask("Personalia", 200, "GET", "/cycles/"+o.cycle+"/pulse", nil), `"state":"open"`, `"answers":0`)
	contains(o.t, o.ask("Personalia", 200, "POST", "/cycles/"+o.cycle+"/pulse-window", object{"days": 14}), `"days":14`)
	o.enter(who, appraisal.StageClosed)
}
