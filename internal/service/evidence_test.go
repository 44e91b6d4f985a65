package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// paper is a small PDF that differs from others by its mark.
func paper(mark string) []byte { return []byte("%PDF-1.7\n% " + mark + "\ntrailer<<>>\n%%EOF\n") }

// lay puts a file on somebody's desk.
func (b *bundle) lay(t *testing.T, who, about string, purpose appraisal.EvidencePurpose, mark string) (Evidence, error) {
	t.Helper()
	b.clock.advance(time.Millisecond)
	return b.AddFile(t.Context(), b.as(who), Call{}, b.of(t, about), purpose, SentFile{Name: mark + ".pdf", Content: paper(mark)})
}

func (b *bundle) mustLay(t *testing.T, who, about string, purpose appraisal.EvidencePurpose, mark string) Evidence {
	t.Helper()
	e, err := b.lay(t, who, about, purpose, mark)
	must(t, err)
	return e
}

// opens returns the code with which somebody is refused a file, empty if they may read it.
func (b *bundle) opens(t *testing.T, who, about string, piece appraisal.EvidenceID) appraisal.Code {
	t.Helper()
	file, err := b.EvidenceFile(t.Context(), b.as(who), b.of(t, about), piece)
	if err != nil {
		return appraisal.CodeOf(err)
	}
	content, err := io.ReadAll(file)
	must(t, err)
	must(t, file.Close())
	if len(content) == 0 || int64(len(content)) != file.Size {
		t.Errorf("%s reads %d bytes of %d", who, len(content), file.Size)
	}
	return ""
}

// indicator returns the first indicator of somebody's plan.
func (b *bundle) indicator(t *testing.T, who string) string {
	t.Helper()
	return b.read(t, who, who).Plan.KeyResults[0].Indicators[0].ID
}

func TestAFileIsReadByThoseWhoMayReadTheAppraisalAndToOthersItIsMissing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	b.reach(t, "budi", appraisal.StageExecution)
	e := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	everybody := []string{"ani", "kabid", "kadis", "hana", "komite", "budi", "operator", "pimpinan", "bupati", "sekda"}
	may := map[string]bool{"ani": true}
	check := func(when string) {
		for _, who := range everybody {
			want := appraisal.CodeNotFound
			if may[who] {
				want = ""
			}
			if got := b.opens(t, who, "ani", e.ID); got != want {
				t.Errorf("%s %s gets %q, want %q", when, who, got, want)
			}
		}
	}
	check("before it is handed in")
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: b.indicator(t, "ani"), Value: "1"})
	must(t, err)
	for _, who := range []string{"kabid", "kadis", "hana"} {
		may[who] = true
	}
	check("afterwards")
	if got := b.opens(t, "kabid", "budi", e.ID); got != appraisal.CodeNotFound {
		t.Errorf("under another appraisal it is %q", got)
	}
	if got := b.opens(t, "ani", "ani", "no such file"); got != appraisal.CodeNotFound {
		t.Errorf("no file is %q", got)
	}
	readers := query[[]string](t, b, `select array_agg(distinct p.full_name order by p.full_name) from audit_event a join person p on p.id = a.actor_id
		where a.action = 'read_file' and a.appraisal_id = $1`, b.of(t, "ani"))
	if want := []string{"Hana Putri", "Kabid Joko", "Kadis Ratna"}; !slices.Equal(readers, want) {
		t.Errorf("the trail names %v", readers)
	}
	for _, line := range b.read(t, "kabid", "ani").Timeline {
		if strings.Contains(line.Action, "file") {
			t.Errorf("the timeline tells %s", line.Action)
		}
	}
}

func TestAFileGoesAlongWithWhatIsHandedInNextAndOnlyWithThat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	id, indicator := b.of(t, "ani"), b.indicator(t, "ani")
	for _, mark := range []string{"januari", "februari"} {
		b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, mark)
		if desk := b.read(t, "ani", "ani").Desk; len(desk) != 1 || desk[0].Name != mark+".pdf" || desk[0].Submitted {
			t.Fatalf("on the desk lies %+v", desk)
		}
		if desk := b.read(t, "kabid", "ani").Desk; len(desk) != 0 {
			t.Errorf("the appraiser sees %+v", desk)
		}
		_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, id, appraisal.Progress{Indicator: indicator, Value: "1", Note: mark})
		must(t, err)
	}
	v := b.read(t, "kabid", "ani")
	if len(v.Desk) != 0 || len(v.Progress) != 2 {
		t.Fatalf("%+v", v.Progress)
	}
	for _, entry := range v.Progress {
		if len(entry.Attached) != 1 || entry.Attached[0].Name != entry.Note+".pdf" || !entry.Attached[0].Submitted {
			t.Errorf("with %s goes %+v", entry.Note, entry.Attached)
		}
	}
	_, err := b.AddLink(t.Context(), b.as("kabid"), Call{}, id, NewLink{Purpose: appraisal.EvidenceFeedback, Link: "https://pemda.test/a"})
	must(t, err)
	given, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Lihat contoh ini"})
	must(t, err)
	if e := b.read(t, "ani", "ani").Feedback[0].Entries[0].Evidence; len(e) != 1 || e[0].Link != "https://pemda.test/a" {
		t.Errorf("with the feedback goes %+v", e)
	}
	_, err = b.WithdrawFeedback(t.Context(), b.as("kabid"), Call{}, id, appraisal.FeedbackID(given.ID))
	must(t, err)
	if e := b.read(t, "ani", "ani").Feedback[0].Entries[0].Evidence; len(e) != 0 {
		t.Errorf("withdrawn feedback keeps %+v", e)
	}
}

func TestEvidenceOfASelfReviewAnObjectionAndItsAnswerIsReadAfterwards(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageSelfReview)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceSelfReview, "mandiri")
	_, err := b.lay(t, "kabid", "ani", appraisal.EvidenceSelfReview, "bukan")
	wantCode(t, err, appraisal.CodeForbidden)
	b.pass(t, "ani", appraisal.StageSelfReview)
	if v := b.read(t, "kabid", "ani"); len(v.SelfReview.Attached) != 1 || v.SelfReview.Attached[0].Name != "mandiri.pdf" {
		t.Fatalf("with the self-review goes %+v", v.SelfReview.Attached)
	}
	for _, s := range []appraisal.Stage{appraisal.StagePeerReview, appraisal.StageAppraiserReview} {
		b.enter(t, "ani", s)
		b.pass(t, "ani", s)
	}
	b.enter(t, "ani", appraisal.StageCalibration)
	b.lock(t, "ani")
	b.enter(t, "ani", appraisal.StageResult)
	_, err = b.lay(t, "ani", "ani", appraisal.EvidenceFeedback, "terlambat")
	wantCode(t, err, appraisal.CodeWrongStage)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceObjection, "alasan")
	_, err = b.Object(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Ada kekeliruan"})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageObjection)
	b.mustLay(t, "kabid", "ani", appraisal.EvidenceObjectionAnswer, "jawaban")
	_, err = b.lay(t, "ani", "ani", appraisal.EvidenceObjectionAnswer, "bukan")
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Sudah sesuai"})
	must(t, err)
	o := b.read(t, "kadis", "ani").Objection
	if len(o.Attached) != 1 || o.Attached[0].Name != "alasan.pdf" || len(o.AnswerAttached) != 1 || o.AnswerAttached[0].Name != "jawaban.pdf" {
		t.Errorf("the reviewing official reads %+v and %+v", o.Attached, o.AnswerAttached)
	}
}

func TestAnOpinionGiverSeesNoEvidenceAndBringsNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	e := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: b.indicator(t, "ani"), Value: "1"})
	must(t, err)
	_, err = b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Rahasia berdua"})
	must(t, err)
	b.pass(t, "ani", appraisal.StageExecution)
	b.enter(t, "ani", appraisal.StageSelfReview)
	b.pass(t, "ani", appraisal.StageSelfReview)
	b.enter(t, "ani", appraisal.StagePeerReview)
	peer := b.choosePeers(t, "ani")[0]
	form, err := b.StepForm(t.Context(), b.as(peer), b.asked(t, peer, "ani"))
	must(t, err)
	raw, err := json.Marshal(form)
	must(t, err)
	if strings.Contains(string(raw), "rekap") || strings.Contains(string(raw), "Rahasia berdua") {
		t.Errorf("%s reads %s", peer, raw)
	}
	if got := b.opens(t, peer, "ani", e.ID); got != appraisal.CodeNotFound {
		t.Errorf("%s gets %q", peer, got)
	}
	for _, purpose := range []appraisal.EvidencePurpose{"peer_answer", appraisal.EvidenceProgress, appraisal.EvidenceFeedback} {
		if _, err := b.lay(t, peer, "ani", purpose, "pendapat"); err == nil {
			t.Errorf("%s brings a file for %s", peer, purpose)
		}
	}
}

func TestEvidenceIsTakenOffTheDeskByItsAuthorOnlyUntilItIsHandedIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	id := b.of(t, "ani")
	remove := func(who string, piece appraisal.EvidenceID) error {
		_, err := b.RemoveEvidence(t.Context(), b.as(who), Call{}, id, piece)
		return err
	}
	loose := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "salah")
	for _, who := range []string{"kabid", "hana", "budi"} {
		wantCode(t, remove(who, loose.ID), appraisal.CodeNotFound)
	}
	must(t, remove("ani", loose.ID))
	wantCode(t, remove("ani", loose.ID), appraisal.CodeNotFound)
	if n := query[int](t, b, `select count(*)::int from evidence_content`); n != 0 {
		t.Errorf("%d contents are left", n)
	}
	kept := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "benar")
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, id, appraisal.Progress{Indicator: b.indicator(t, "ani"), Value: "1"})
	must(t, err)
	wantCode(t, remove("ani", kept.ID), appraisal.CodeWrongStage)
	if got := b.opens(t, "ani", "ani", kept.ID); got != "" {
		t.Errorf("what was handed in is %q", got)
	}
	acts := query[[]string](t, b, `select array_agg(action order by id) from audit_event where appraisal_id = $1 and action in ('add_file', 'remove_evidence')`, id)
	if !slices.Equal(acts, []string{"add_file", "remove_evidence", "add_file"}) {
		t.Errorf("the trail tells %v", acts)
	}
}

func TestTheSameFileTakesRoomOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	id := b.of(t, "ani")
	first := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	if again := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap"); again.ID != first.ID {
		t.Errorf("the same file lies there twice: %+v", again)
	}
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, id, appraisal.Progress{Indicator: b.indicator(t, "ani"), Value: "1"})
	must(t, err)
	second := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	if second.ID == first.ID || second.SameAs != "rekap.pdf" {
		t.Errorf("a second use is %+v", second)
	}
	other := b.mustLay(t, "kabid", "ani", appraisal.EvidenceFeedback, "rekap")
	if other.SameAs != "rekap.pdf" {
		t.Errorf("the appraiser's is %+v", other)
	}
	if n := query[int](t, b, `select count(*)::int from evidence_content`); n != 1 {
		t.Errorf("%d contents", n)
	}
	_, err = b.RemoveEvidence(t.Context(), b.as("ani"), Call{}, id, second.ID)
	must(t, err)
	if got := b.opens(t, "kabid", "ani", first.ID); got != "" {
		t.Errorf("with the second the first is gone: %s", got)
	}
}

func TestWhatNobodyMayKnowOfIsNotToldAsTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	if e := b.mustLay(t, "kabid", "ani", appraisal.EvidenceFeedback, "rekap"); e.SameAs != "" {
		t.Errorf("the appraiser is told of %q on the employee's desk", e.SameAs)
	}
}

func TestAnAppraisalTakesOnlySoMuch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.limits = appraisal.EvidenceLimits{File: 100, Total: 130, Count: 4}
	b.reach(t, "ani", appraisal.StageExecution)
	send := func(size int, mark string) error {
		content := append(paper(mark), bytes.Repeat([]byte(" "), size-len(paper(mark)))...)
		_, err := b.AddFile(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.EvidenceProgress, SentFile{Name: "a.pdf", Content: content})
		return err
	}
	wantField(t, send(101, "a"), "file")
	must(t, send(100, "a"))
	wantField(t, send(31+10, "b"), "file")
	must(t, send(100, "a")) // it lies there already
	for i := range 3 {
		_, err := b.AddLink(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), NewLink{Purpose: appraisal.EvidenceProgress, Link: fmt.Sprintf("https://pemda.test/%d", i)})
		must(t, err)
	}
	_, err := b.AddLink(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), NewLink{Purpose: appraisal.EvidenceProgress, Link: "https://pemda.test/x"})
	wantField(t, err, "file")
}

func TestFilesThatArriveAtTheSameTimeStayWithinTheLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.limits = appraisal.EvidenceLimits{File: 100, Total: 1000, Count: 3}
	b.reach(t, "ani", appraisal.StageExecution)
	id := b.of(t, "ani")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, _ = b.AddFile(context.WithoutCancel(t.Context()), b.as("ani"), Call{}, id, appraisal.EvidenceProgress,
				SentFile{Name: "a.pdf", Content: paper(fmt.Sprint(i))})
		})
	}
	wg.Wait()
	if n := query[int](t, b, `select count(*)::int from evidence`); n != 3 {
		t.Errorf("%d files, want 3", n)
	}
}

func TestARepeatedUploadIsOneAndAnotherFileUnderItsKeyIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	send := func(mark string) (Evidence, error) {
		return b.AddFile(t.Context(), b.as("ani"), Call{Key: "k"}, b.of(t, "ani"), appraisal.EvidenceProgress, SentFile{Name: "a.pdf", Content: paper(mark)})
	}
	first, err := send("a")
	must(t, err)
	again, err := send("a")
	must(t, err)
	if first.ID != again.ID {
		t.Errorf("%+v and then %+v", first, again)
	}
	_, err = send("b")
	wantCode(t, err, appraisal.CodeKeyReused)
}

func TestALinkThatHidesWhereItLeadsIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	for _, link := range []string{"javascript:alert(1)", "https://a@jahat.test", "pemda.test", "https://pemda.test/" + strings.Repeat("a", 500)} {
		_, err := b.AddLink(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), NewLink{Purpose: appraisal.EvidenceProgress, Link: link})
		wantField(t, err, "link")
	}
}
