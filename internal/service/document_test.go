package service

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/report"
)

// printing gives the government a press, as the command line does.
func (b *bundle) printing() *bundle {
	b.press = report.New("https://telaah.test", b.zone)
	return b
}

func (b *bundle) paper(t *testing.T, reader, about string, kind appraisal.DocumentKind) []byte {
	t.Helper()
	f, err := b.Document(t.Context(), b.as(reader), b.of(t, about), kind)
	must(t, err)
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	must(t, err)
	if int64(len(content)) != f.Size || !bytes.HasPrefix(content, []byte("%PDF-")) {
		t.Fatalf("%s has %d bytes, says %d, and begins with %q", f.Name, len(content), f.Size, content[:min(8, len(content))])
	}
	return content
}

func (b *bundle) lastCode(t *testing.T, about string, kind appraisal.DocumentKind) string {
	t.Helper()
	return query[string](t, b, `select code from document where appraisal_id = $1 and kind = $2 order by number desc limit 1`, b.of(t, about), kind)
}

func (b *bundle) verified(t *testing.T, code string) Verification {
	t.Helper()
	v, err := b.VerifyDocument(t.Context(), "192.0.2.1", code)
	must(t, err)
	return v
}

func TestPapersExistOnceWhatTheySayIsSettled(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.enter(t, "ani", appraisal.StageTargets)
	for _, kind := range appraisal.DocumentKinds {
		_, err := b.Document(t.Context(), b.as("ani"), b.of(t, "ani"), kind)
		wantCode(t, err, appraisal.CodeWrongStage)
	}
	b.pass(t, "ani", appraisal.StageTargets)
	b.paper(t, "ani", "ani", appraisal.DocumentPlan)
	for _, s := range []appraisal.Stage{appraisal.StageExecution, appraisal.StageSelfReview, appraisal.StagePeerReview, appraisal.StageAppraiserReview} {
		b.enter(t, "ani", s)
		b.pass(t, "ani", s)
	}
	for _, reader := range []string{"ani", "kabid", "kadis", "hana"} { // the rating is there and not released: for nobody
		for _, kind := range []appraisal.DocumentKind{appraisal.DocumentForm, appraisal.DocumentEvaluation} {
			_, err := b.Document(t.Context(), b.as(reader), b.of(t, "ani"), kind)
			wantCode(t, err, appraisal.CodeWrongStage)
		}
	}
}

func TestThosePapersAreForWhoMayReadTheAppraisal(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.reach(t, "ani", appraisal.StageResult)
	var first []byte
	for _, reader := range []string{"ani", "kabid", "kadis", "hana", "komite"} {
		for _, kind := range appraisal.DocumentKinds {
			content := b.paper(t, reader, "ani", kind)
			if kind != appraisal.DocumentEvaluation {
				continue
			}
			if first == nil {
				first = content
			}
			if !bytes.Equal(first, content) {
				t.Errorf("%s gets another paper than the employee", reader)
			}
		}
	}
	for _, stranger := range []string{"budi", "operator", "pimpinan", "sekda"} {
		_, err := b.Document(t.Context(), b.as(stranger), b.of(t, "ani"), appraisal.DocumentPlan)
		wantCode(t, err, appraisal.CodeNotFound)
	}
	_, err := b.Document(t.Context(), b.as("ani"), b.of(t, "ani"), "diploma")
	wantCode(t, err, appraisal.CodeNotFound)
	if n := query[int](t, b, `select count(*)::int from document`); n != 3 {
		t.Errorf("%d papers were issued, want one of each kind", n)
	}
}

func TestTheSameContentIsTheSamePaperEvenForManyAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.reach(t, "ani", appraisal.StageResult)
	papers := make([][]byte, 6)
	var wait sync.WaitGroup
	for i := range papers {
		wait.Go(func() {
			f, err := b.Document(t.Context(), b.as("ani"), b.of(t, "ani"), appraisal.DocumentForm)
			if err != nil {
				t.Error(err)
				return
			}
			papers[i], _ = io.ReadAll(f)
		})
	}
	wait.Wait()
	for _, p := range papers {
		if !bytes.Equal(p, papers[0]) {
			t.Error("two papers with the same content differ")
		}
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'issue_document'`); n != 1 {
		t.Errorf("the trail has %d issues, want 1", n)
	}
}

func TestACodeSaysWhetherThePaperIsGenuineSupersededOrUnknown(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.reach(t, "ani", appraisal.StageResult)
	b.paper(t, "ani", "ani", appraisal.DocumentPlan)
	b.paper(t, "ani", "ani", appraisal.DocumentEvaluation)
	code := b.lastCode(t, "ani", appraisal.DocumentEvaluation)
	want := Verification{
		State: VerifiedGenuine, Code: appraisal.DocumentCode(code), Kind: appraisal.DocumentEvaluation, Name: "A*** L***", Unit: "Bidang Perizinan",
		PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", IssuedAt: b.clock.Now().Format("2006-01-02"),
	}
	if got := b.verified(t, strings.ToLower(strings.ReplaceAll(code, "-", ""))); got != want {
		t.Errorf("verified as %+v, want %+v", got, want)
	}
	mistyped := []byte(code)
	mistyped[0] = map[bool]byte{true: '7', false: '8'}[mistyped[0] == '8']
	if got := b.verified(t, string(mistyped)); got != (Verification{State: VerifiedMistyped}) {
		t.Errorf("mistyped: %+v", got)
	}
	never := appraisal.NewDocumentCode([appraisal.DocumentCodeEntropy]byte{7})
	if got := b.verified(t, string(never)); got != (Verification{State: VerifiedUnknown, Code: never}) {
		t.Errorf("never issued: %+v", got)
	}

	b.change(t, "ani", appraisal.ExpectationAbove, appraisal.ExpectationAbove) // by the decision on an objection
	if got := b.verified(t, code); got.State != VerifiedSuperseded {
		t.Errorf("after the rating has changed the old paper is %s", got.State)
	}
	if got := b.verified(t, b.lastCode(t, "ani", appraisal.DocumentPlan)); got.State != VerifiedGenuine {
		t.Errorf("the plan, which has not changed, is %s", got.State)
	}
	b.paper(t, "ani", "ani", appraisal.DocumentEvaluation)
	later := b.lastCode(t, "ani", appraisal.DocumentEvaluation)
	if later == code {
		t.Fatal("the changed content has the old code")
	}
	if got := b.verified(t, later); got.State != VerifiedGenuine {
		t.Errorf("the new paper is %s", got.State)
	}
}

func TestCodesCannotBeTriedEndlesslyFromOneNetwork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range verificationsPerNetwork {
		b.verified(t, "AAAAA-AAAAA-AAAAA-AAAAA")
	}
	_, err := b.VerifyDocument(t.Context(), "192.0.2.1", "AAAAA-AAAAA-AAAAA-AAAAA")
	wantCode(t, err, appraisal.CodeTooMany)
	if _, err := b.VerifyDocument(t.Context(), "192.0.2.2", "AAAAA-AAAAA-AAAAA-AAAAA"); err != nil {
		t.Errorf("another network is refused too: %v", err)
	}
	b.clock.advance(rateWindow)
	b.verified(t, "AAAAA-AAAAA-AAAAA-AAAAA")
}

// change has an objection of somebody decided in their favour.
func (b *bundle) change(t *testing.T, who string, workResult, behaviour appraisal.Expectation) {
	t.Helper()
	_, err := b.Object(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Realisasi belum dihitung."})
	must(t, err)
	b.look(t, who)
	b.enter(t, who, appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Benar."})
	must(t, err)
	b.look(t, who)
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, b.open(t, who, appraisal.StepDecideObjection), ObjectionDecision{
		Change: true, WorkResult: workResult, Behaviour: behaviour, Reason: "Bukti diterima.",
	})
	must(t, err)
	b.look(t, who)
}
