package report_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/report"
)

var zone = time.FixedZone("WIB", 7*60*60)

func at(day string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" 10:00", zone)
	if err != nil {
		panic(err)
	}
	return t
}

func issue() appraisal.Issue {
	return appraisal.Issue{Number: 1, Code: appraisal.NewDocumentCode([appraisal.DocumentCodeEntropy]byte{1, 2, 3}), At: at("2027-01-14")}
}

func press() *report.Press { return report.New("https://telaah.test/", zone) }

// document is a paper of a kind about somebody with everything that there can be.
func document(kind appraisal.DocumentKind, name string) appraisal.Document {
	yes, no, approved := true, false, at("2026-01-20")
	d := appraisal.Document{
		Kind: kind, Cycle: "Kinerja 2026", PeriodStart: at("2026-01-01"), PeriodEnd: at("2026-12-31"), Policy: "permen6-2022", PolicyVersion: "1",
		Unit: "Bidang Perizinan", PositionKind: appraisal.PositionPelaksana,
		Employee:  appraisal.Signatory{Name: name, NIP: "199001012015011001", Grade: "III/a", Post: "Analis Perizinan", Unit: "Bidang Perizinan"},
		Appraiser: &appraisal.Signatory{Name: "Drs. Joko Widodo Santoso, M.Si.", NIP: "197001011995011001", Grade: "IV/a", Post: "Kepala Bidang Perizinan", Unit: "Bidang Perizinan"},
		Reviewer:  &appraisal.Signatory{Name: "Hasan Basri", Post: "Bupati", Unit: "Pemerintah Kabupaten"},
		Plan:      &appraisal.DocumentedPlan{Number: 2, ApprovedAt: &approved},
		Progress: []appraisal.DocumentedEntry{{
			At: at("2026-06-02"), Author: name, Indicator: "Izin terbit tepat waktu", Value: "87.5", Note: "Antrean dibagi dua.", Evidence: "https://berkas.test/laporan",
		}},
		SelfReview:   &appraisal.DocumentedAccount{Achievements: "Antrean izin selesai dalam sehari.", Obstacles: "Listrik padam.", Development: "Kursus 24 JP."},
		Competencies: []appraisal.DocumentedLevel{{Name: "Integritas", Required: 3, Rated: 3}, {Name: "Pelayanan publik", Required: 3, Rated: 2, Assessed: 1}},
		Ratings: []appraisal.DocumentedRating{
			{Number: 1, Source: "review", WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Predikat: appraisal.PredikatBaik,
				Comment: "Kerja yang rapi.", RatedBy: "Joko", RatedAt: at("2026-12-20")},
			{Number: 2, Source: "calibration", WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationMeets, Predikat: appraisal.PredikatButuhPerbaikan,
				Reason: "Dibandingkan dengan rekan setingkat.", RatedBy: "Komite", RatedAt: at("2026-12-28")},
			{Number: 3, Source: "objection", WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Predikat: appraisal.PredikatSangatBaik,
				Reason: "Bukti baru diterima.", RatedBy: "Hasan", RatedAt: at("2027-01-13"), Explanation: appraisal.Explanation{{
					Sentence: appraisal.Sentence{Key: "policy.gap.missing", Inputs: map[string]appraisal.Input{
						"competency": appraisal.InputText("Integritas"), "required": appraisal.InputCount(3)}},
					Rule: "policy.gap.missing", Source: "PermenPAN-RB 6/2022",
				}}},
		},
		OrganisationRating: appraisal.OrganisationIstimewa, RatedUnit: "Dinas Pelayanan",
		Objection: &appraisal.DocumentedObjection{
			FiledAt: at("2027-01-04"), Reasons: "Realisasi triwulan IV belum dihitung.", Answer: "Benar, terlewat.", Decision: "changed",
			DecisionReason: "Bukti baru diterima.", DecidedAt: &approved,
		},
		Development: &appraisal.DocumentedTraining{Hours: 34, Comment: "Ambil bulan Maret.", Items: []appraisal.DocumentedCourse{
			{Title: "Pelayanan prima", Competency: "Pelayanan publik", Form: "course", Hours: 24, Starts: at("2027-03-01"), Ends: at("2027-03-03")},
			{Title: "Integritas ASN", Competency: "Integritas", Form: "e_learning", Hours: 10, Starts: at("2027-04-01"), Ends: at("2027-04-01")},
		}},
	}
	for i := range 3 {
		d.Plan.Results = append(d.Plan.Results, appraisal.DocumentedResult{
			Statement: fmt.Sprintf("Hasil kerja nomor %d", i+1), Serves: []string{"Izin terbit tepat waktu", "Pelayanan yang cepat", "Kabupaten yang melayani"},
			Indicators: []appraisal.DocumentedIndicator{
				{Indicator: appraisal.Indicator{Aspect: appraisal.AspectQuantity, Description: "Izin terbit tepat waktu", Target: "95.5", Measure: "persen", Direction: appraisal.DirectionMore}, Realisation: "97", Met: &yes},
				{Indicator: appraisal.Indicator{Aspect: appraisal.AspectTime, Description: "Lama proses rata-rata", Target: "3", Measure: "hari", Direction: appraisal.DirectionLess}, Realisation: "4", Met: &no},
				{Indicator: appraisal.Indicator{Aspect: appraisal.AspectQuality, Description: "Berkas lengkap", Target: "90", Measure: "persen", Direction: appraisal.DirectionMore}},
			},
		})
	}
	return d
}

func printed(t *testing.T, d appraisal.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := press().Print(&b, d, issue()); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TELAAH_SAMPLES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+"-"+string(d.Kind)+".pdf"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// text extracts what a reader can search and copy, with a tool that knows nothing of how the file was made.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian: apt-get install poppler-utils): %v", err)
	}
	return string(out)
}

// squeezed joins words that a line's end parts.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestNamesWithAnyLatinSignsAreOnThePaperAsTheyAreWritten(t *testing.T) {
	for name, want := range map[string]string{
		"Đặng Thị Hồng":                "Đặng Thị Hồng",
		"Łukasz Ćwikła":                "Łukasz Ćwikła",
		"I Gusti Ngurah S\u0301\u0301": "I Gusti Ngurah Ś\u0301",
		"A\u030asa O\u0308ztürk":       "Åsa Öztürk",
		"Ḥāfiẓ Ṣiddīq Ǧamīl":           "Ḥāfiẓ Ṣiddīq Ǧamīl",
		"Ṳ̈ M̂ ŋ ǂ ɓ ʔ ẞ":              "Ṳ̈ M̂ ŋ ǂ ɓ ʔ ẞ",
		"Ni'matul \u202eJannah\x07":    "Ni'matul Jannah",
		"Budi 😀 Santoso":               "Budi \ufffd Santoso",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			for _, kind := range appraisal.DocumentKinds {
				if got := squeezed(text(t, printed(t, document(kind, name)))); !strings.Contains(got, want) {
					t.Errorf("the %s about %q reads %.400s", kind, name, got)
				}
			}
		})
	}
}

func TestEveryPageTellsItsNumberTheCodeAndWhereItIsChecked(t *testing.T) {
	t.Parallel()
	for _, kind := range appraisal.DocumentKinds {
		pages := strings.Split(strings.TrimSuffix(text(t, printed(t, document(kind, "Ani Lestari"))), "\f"), "\f")
		if len(pages) < 2 {
			t.Errorf("the %s has %d pages", kind, len(pages))
		}
		for i, page := range pages {
			for _, want := range []string{
				fmt.Sprintf("Halaman %d dari %d", i+1, len(pages)), string(issue().Code), "https://telaah.test/verifikasi", "Diterbitkan 14 Januari 2027 10.00",
			} {
				if !strings.Contains(page, want) {
					t.Errorf("page %d of the %s lacks %q:\n%s", i+1, kind, want, page)
				}
			}
		}
	}
}

func TestAPaperIsTheSameBytesEveryTimeAndNoneAreSharedByTwoContents(t *testing.T) {
	t.Parallel()
	for _, kind := range appraisal.DocumentKinds {
		first := printed(t, document(kind, "Ani Lestari"))
		for range 3 {
			if !bytes.Equal(first, printed(t, document(kind, "Ani Lestari"))) {
				t.Fatalf("two prints of the same %s differ", kind)
			}
		}
		a, b := document(kind, "Ani Lestari"), document(kind, "Ani Lestary")
		if bytes.Equal(first, printed(t, b)) || digest(t, a) == digest(t, b) || digest(t, a) != digest(t, document(kind, "Ani Lestari")) {
			t.Errorf("the digests of two %ss do not tell them apart", kind)
		}
	}
}

func digest(t *testing.T, d appraisal.Document) appraisal.DocumentDigest {
	t.Helper()
	sum, err := d.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestLongTextsAreBrokenOverPagesBelowRepeatedHeadingsAndNothingIsLost(t *testing.T) {
	t.Parallel()
	d := document(appraisal.DocumentForm, "Ani Lestari")
	var want []string
	var long strings.Builder
	for i := range 900 {
		word := fmt.Sprintf("kata%03d", i)
		want = append(want, word)
		long.WriteString(word + " ")
	}
	d.Progress[0].Note = long.String()
	d.Progress[0].Evidence = "https://berkas.test/" + strings.Repeat("laporan", 60)
	for range 40 {
		d.Progress = append(d.Progress, d.Progress[0])
		d.Progress[len(d.Progress)-1].Note = "Antrean dibagi dua."
	}
	d.SelfReview.Achievements = strings.Repeat("Capaian yang panjang sekali. ", 400)
	got := text(t, printed(t, d))
	all := squeezed(got)
	for _, w := range want {
		if strings.Count(all, w) != 1 {
			t.Fatalf("%s is on the paper %d times", w, strings.Count(all, w))
		}
	}
	headed := 0
	for _, page := range strings.Split(got, "\f") {
		if strings.Contains(page, "Antrean dibagi") || strings.Contains(page, "kata0") {
			headed++
			if !strings.Contains(page, "Catatan dan tautan bukti") {
				t.Errorf("a page of the table has no headings:\n%s", page)
			}
		}
	}
	if headed < 4 {
		t.Errorf("the table is on %d pages only", headed)
	}
	if n := strings.Count(all, "Capaian yang panjang sekali."); n != 400 {
		t.Errorf("%d of 400 sentences are on the paper", n)
	}
}

func TestTheEvaluationDocumentShowsBothVersionsTheObjectionAndTheCalculation(t *testing.T) {
	t.Parallel()
	got := squeezed(text(t, printed(t, document(appraisal.DocumentEvaluation, "Ani Lestari"))))
	for _, want := range []string{
		"DOKUMEN EVALUASI KINERJA", "199001012015011001", "Kepala Bidang Perizinan", "Bupati", "1 Januari 2026 – 31 Desember 2026", "SANGAT BAIK",
		"Kinerja organisasi Dinas Pelayanan: istimewa.", "permen6-2022, versi 1", "Bukti baru diterima.", "sidang kalibrasi", "Dibandingkan dengan rekan",
		"Realisasi triwulan IV belum dihitung.", "Benar, terlewat.", "hasil diubah", "Kerja yang rapi.", "34 JP", "Pelayanan prima", "Ambil bulan Maret.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on the paper", want)
		}
	}
}

func TestANumericPolicysPapersShowScoresAndTheMonthsServed(t *testing.T) {
	t.Parallel()
	for _, kind := range []appraisal.DocumentKind{appraisal.DocumentForm, appraisal.DocumentEvaluation} {
		d := document(kind, "Ani Lestari")
		for i := range d.Ratings {
			d.Ratings[i].WorkResult, d.Ratings[i].Behaviour = "", ""
			d.Ratings[i].Score, d.Ratings[i].WorkResultScore, d.Ratings[i].BehaviourScore = "112.45", "118.5", ""
			d.Ratings[i].Innovation = "Antrean daring."
		}
		from := at("2026-06-01")
		d.Tenure = &appraisal.DocumentedTenure{Served: 7, Months: 12, From: &from, Cause: appraisal.TenureJoined}
		d.Feedback = []appraisal.DocumentedRemark{{At: at("2026-05-04"), Author: "Joko", About: "Hasil kerja nomor 1", Text: "Percepat.", Agreed: "Antrean dibagi."}}
		first := &d.Plan.Results[0].Indicators[0]
		first.PartTarget, first.Given, first.Reason = &appraisal.Input{Number: "55.7"}, "99", "Terhitung dua kali."
		got := squeezed(text(t, printed(t, d)))
		want := []string{"SANGAT BAIK (112,45)", "118,5", "Bertugas 7 dari 12 bulan, karena mulai bertugas 1 Juni 2026."}
		if kind == appraisal.DocumentForm {
			want = append(want, "55,7", "Dilaporkan 99", "Terhitung", "Percepat.", "Disepakati: Antrean dibagi.")
		} else {
			want = append(want, "Antrean daring.")
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("the %s lacks %q: %.900s", kind, w, got)
			}
		}
		if strings.ContainsAny(got, "{}") || strings.Contains(got, "policy.") || strings.Contains(got, "period.") {
			t.Errorf("the %s shows a key: %s", kind, got)
		}
	}
}

func TestTheFileSaysItsTitleAndItsLanguage(t *testing.T) {
	t.Parallel()
	pdf := printed(t, document(appraisal.DocumentPlan, "Łukasz Ćwikła"))
	cmd := exec.CommandContext(t.Context(), "pdfinfo", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	info, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Sasaran Kinerja Pegawai – Łukasz Ćwikła", "A4", "Telaah"} {
		if !strings.Contains(string(info), want) {
			t.Errorf("the file does not say %q:\n%s", want, info)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang (id)")) {
		t.Error("the file does not say its language")
	}
	if len(pdf) > 100_000 {
		t.Errorf("the file has %d bytes: the whole font is in it", len(pdf))
	}
}

func BenchmarkPrint(b *testing.B) {
	d := document(appraisal.DocumentForm, "Ani Lestari")
	for b.Loop() {
		if err := press().Print(&bytes.Buffer{}, d, issue()); err != nil {
			b.Fatal(err)
		}
	}
}
