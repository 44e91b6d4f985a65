package service

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// table reads the results as CSV: the columns by their Indonesian headings, people by the first word of their name.
func (b *bundle) table(t *testing.T, reader string, unit appraisal.UnitID) map[string]map[string]string {
	t.Helper()
	f, err := b.Results(t.Context(), b.as(reader), b.cycle, unit, appraisal.ResultsCSV)
	must(t, err)
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	must(t, err)
	if int64(len(content)) != f.Size {
		t.Errorf("%s says %d bytes and has %d", f.Name, f.Size, len(content))
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	in.Comma = ';'
	lines, err := in.ReadAll()
	must(t, err)
	people := map[string]map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, v := range line {
			row[lines[0][i]] = v
		}
		first, _, _ := strings.Cut(row["Nama"], " ")
		people[strings.ToLower(first)] = row
	}
	return people
}

func TestTheResultsOfACycleShowEachVersionOfARating(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageCalibration)
	}
	_, err := b.ChangeRating(t.Context(), b.as("komite"), Call{}, b.cohort(t, "ani"), CalibrationChange{
		Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationMeets, Reason: "Bandingkan."})
	must(t, err)
	if got := b.table(t, "hana", "")["ani"]; got["Penilaian: predikat"] != "baik" || got["Kalibrasi: predikat"] != "" || got["Akhir: predikat"] != "" {
		t.Errorf("before the lock: %v", got)
	}
	b.lock(t, "ani")
	for _, who := range []string{"ani", "budi"} {
		b.look(t, who)
		b.enter(t, who, appraisal.StageResult)
	}
	b.change(t, "ani", appraisal.ExpectationAbove, appraisal.ExpectationAbove)
	people := b.table(t, "hana", "")
	if len(people) != 8 {
		t.Errorf("%d people are in the table, want all 8", len(people))
	}
	for who, want := range map[string]map[string]string{
		"ani":   {"NIP": "'199001012015011003", "Penilaian: predikat": "baik", "Kalibrasi: predikat": "butuh perbaikan", "Akhir: predikat": "sangat baik", "Keberatan": "hasil diubah"},
		"budi":  {"Penilaian: predikat": "baik", "Kalibrasi: predikat": "baik", "Akhir: predikat": "baik", "Keberatan": "tidak ada", "Pejabat penilai": "Kabid Joko"},
		"citra": {"Penilaian: predikat": "baik", "Kalibrasi: predikat": "baik", "Akhir: predikat": "", "Tahap": "Kalibrasi"},
		"kadis": {"Penilaian: predikat": "", "Akhir: predikat": "", "Jabatan": "Kepala Dinas"},
	} {
		for column, value := range want {
			if people[who][column] != value {
				t.Errorf("%s: %s is %q, want %q", who, column, people[who][column], value)
			}
		}
	}
	if below := b.table(t, "hana", b.units["BIDANG"]); len(below) != 7 || below["kadis"] != nil {
		t.Errorf("the division has %d people", len(below))
	}
}

func TestOnesOwnResultIsNotInTheTableBeforeItIsReleased(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	_, err := b.pool.Exec(t.Context(), `insert into role_grant (person_id, role) values ($1, 'hr')`, b.as("ani").ID)
	must(t, err)
	ani := b.as("ani")
	ani.Roles = append(ani.Roles, appraisal.RoleHR)
	b.people["ani"] = ani
	b.reach(t, "ani", appraisal.StageCalibration)
	if got := b.table(t, "ani", "")["ani"]; got["Penilaian: predikat"] != "" || got["Catatan"] != "hasil Anda sendiri belum diumumkan" {
		t.Errorf("the reader finds their own rating: %v", got)
	}
	b.pass(t, "ani", appraisal.StageCalibration)
	b.enter(t, "ani", appraisal.StageResult)
	if got := b.table(t, "ani", "")["ani"]; got["Akhir: predikat"] != "baik" || got["Catatan"] != "" {
		t.Errorf("after the release the reader finds %v", got)
	}
}

func TestResultsAreForHROnlyAndLeaveNothingOnTheDisk(t *testing.T) {
	b := setup(t).printing()
	t.Setenv("TMPDIR", t.TempDir())
	for _, who := range []string{"ani", "kabid", "komite", "operator", "pimpinan", "bupati"} {
		_, err := b.Results(t.Context(), b.as(who), b.cycle, "", appraisal.ResultsXLSX)
		wantCode(t, err, appraisal.CodeForbidden)
	}
	const nobody = "00000000-0000-0000-0000-000000000001"
	for name, call := range map[string]func() (File, error){
		"cycle": func() (File, error) { return b.Results(t.Context(), b.as("hana"), nobody, "", appraisal.ResultsXLSX) },
		"unit": func() (File, error) {
			return b.Results(t.Context(), b.as("hana"), b.cycle, nobody, appraisal.ResultsXLSX)
		},
		"format": func() (File, error) { return b.Results(t.Context(), b.as("hana"), b.cycle, "", "pdf") },
	} {
		_, err := call()
		if appraisal.CodeOf(err) != appraisal.CodeNotFound {
			t.Errorf("an unknown %s gives %v", name, err)
		}
	}
	f, err := b.Results(t.Context(), b.as("hana"), b.cycle, "", appraisal.ResultsXLSX)
	must(t, err)
	left, err := os.ReadDir(os.TempDir())
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%v is on the disk", left)
	}
	must(t, f.Close())
}

func TestANumericCyclesPapersAndResultsShowTheScores(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t).printing()
	b.achieve(t, "ani", "95", "3", "100")
	b.opine(t, "ani")
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	_, err := b.SubmitReview(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAppraiserReview), b.scoredReview(t, "ani", "95", "95", "3", "100"))
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageCalibration)
	b.pass(t, "ani", appraisal.StageCalibration)
	b.enter(t, "ani", appraisal.StageResult)
	score := locale.Indonesian.Number(string(b.read(t, "ani", "ani").Rating.Scores.Score))
	if got := b.table(t, "hana", "")["ani"]; score == "" || got["Penilaian: nilai"] != score || got["Akhir: nilai"] != score || got["Penilaian: hasil kerja"] == "" {
		t.Errorf("the score is %s, and the table shows %v", score, got)
	}
	for _, kind := range appraisal.DocumentKinds {
		b.paper(t, "ani", "ani", kind)
	}
}
