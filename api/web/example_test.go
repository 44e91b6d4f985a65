package web_test

import (
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

var (
	jakarta = time.FixedZone("WIB", 7*3600)
	today   = time.Date(2027, 1, 7, 3, 42, 0, 0, time.UTC) // 10.42 in Jakarta
)

// everybody holds every role, so that every page opens.
var everybody = appraisal.Actor{
	ID: "p-dewi", Name: "Dewi Ratna Lubis, S.Kom.", Lang: "id",
	Roles: []appraisal.Role{appraisal.RoleHR, appraisal.RoleCommittee, appraisal.RoleLeadership, appraisal.RoleAdministrator},
}

func moment(days int) *time.Time {
	t := time.Date(2027, 1, 7+days, 9, 0, 0, 0, time.UTC)
	return &t
}

func yes(b bool) *bool { return &b }

// example is a government in the middle of a cycle.
func example() *scripted {
	s := &scripted{at: today, receipt: service.Receipt{At: today, Outcome: appraisal.OutcomeSubmitted, Next: appraisal.PartyAppraiser}}
	s.appraisal, s.foreseen = exampleAppraisal(), exampleRating()
	s.form = exampleForm(appraisal.StepDraftPlan)
	s.cycle = exampleCycle("running")
	s.cycles = []service.Cycle{s.cycle, exampleCycle("draft"), exampleCycle("closed")}
	s.home = exampleHome()
	s.preview = examplePreview()
	s.funnel = exampleFunnel()
	s.cohort = exampleCohort(24)
	for i := range 50 {
		s.listed.Items = append(s.listed.Items, service.Listed{
			ID: appraisal.AppraisalID(fmt.Sprintf("4f1c7a52-0000-4000-8000-%012d", i)), Employee: "Siti Nurhaliza Situmorang, S.E., M.Si.",
			Unit: "Bidang Pelayanan Pendaftaran Penduduk", Appraiser: "Bambang Hartono, S.H.", Stage: appraisal.StageAppraiserReview,
			Health: appraisal.HealthWaitingOnPerson, WaitingOn: appraisal.PartyAppraiser, StageAt: *moment(-9), Deadline: moment(-2),
			WorkflowID: "appraisal/9a3b6f1e-6d6b-4a51-9a31-6f6c1f0b7a11/4f1c7a52-0000-4000-8000-000000000001",
		})
	}
	s.listed.Next = "CURSOR"
	for i, h := range []appraisal.Health{
		appraisal.HealthWaitingOnPerson, appraisal.HealthPersonOnLeave, appraisal.HealthPersonLeft, appraisal.HealthNoAppraiser,
		appraisal.HealthMailBouncing, appraisal.HealthInsufficientPeers, appraisal.HealthCohortIncomplete, appraisal.HealthWorkflowError,
	} {
		s.stalled.Items = append(s.stalled.Items, service.Stalled{
			Appraisal: "a-1", Cycle: "Penilaian Kinerja 2026", Unit: "Dinas Kependudukan dan Pencatatan Sipil", Stage: appraisal.StageTargets,
			Cause: h, WaitingOn: appraisal.PartyAppraiser, Owner: "Bambang Hartono, S.H.", Since: *moment(-i - 1), WorkflowID: "appraisal/c-1/p-1",
		})
	}
	s.stalled.Next = "CURSOR"
	for i, state := range []string{"queued", "sending", "sent", "unneeded", "failed"} {
		m := service.Mail{
			ID: fmt.Sprint("m-", i), Kind: []string{"task", "reminder", "overdue", "escalation", "withdrawn"}[i], State: state,
			Recipient: "siti.situmorang@marelan.go.id", Attempts: i, CreatedAt: *moment(-1),
		}
		if state == "failed" {
			m.Error = "550 5.1.1 <siti.situmorang@marelan.go.id>: Recipient address rejected: User unknown"
		}
		if state == "sent" {
			m.SentAt = moment(0)
		}
		s.mails.Items = append(s.mails.Items, m)
	}
	s.mails.Next = "CURSOR"
	s.sessions = []service.Session{
		{ID: "b-1", Current: true, Means: service.MeansCode, Network: "203.0.113.7", Device: service.Device{Browser: "Firefox", System: "Windows"}, BegunAt: *moment(-3), SeenAt: *moment(0), ExpiresAt: *moment(27)},
		{ID: "b-2", Means: service.MeansOpenID, Network: "2001:db8:aaaa:bbbb::/64", Device: service.Device{Browser: "Samsung Internet", System: "Android"}, BegunAt: *moment(-9), SeenAt: *moment(-2), ExpiresAt: *moment(21)},
		{ID: "b-3", Means: service.MeansLink, BegunAt: *moment(-9), SeenAt: *moment(-2), ExpiresAt: *moment(21)},
	}
	s.tokens = []service.APIToken{
		{ID: "t-1", Name: "Impor roster dari SIASN setiap malam", Scopes: []appraisal.TokenScope{appraisal.ScopeRead, appraisal.ScopeImport}, CreatedAt: *moment(-30), ExpiresAt: *moment(60), SeenAt: moment(-1)},
		{ID: "t-2", Name: "Percobaan", Scopes: appraisal.TokenScopes, CreatedAt: *moment(-90), ExpiresAt: *moment(-1), Expired: true},
	}
	return s
}

func exampleHome() service.Home {
	return service.Home{
		Tasks: []service.Task{
			{Step: "s-1", Kind: appraisal.StepSelfReview, Appraisal: "a-1", CycleName: "Penilaian Kinerja 2026", AboutSelf: true, Appraisee: everybody.Name, Round: 1, Deadline: moment(7), HasDraft: true},
			{Step: "s-2", Kind: appraisal.StepApprovePlan, Appraisal: "a-2", CycleName: "Penilaian Kinerja 2026", Appraisee: "Arif Saputra, S.A.P.", Round: 2, Deadline: moment(-2), Overdue: true},
			{Step: "s-3", Kind: appraisal.StepPeerAnswer, Appraisal: "a-3", CycleName: "Penilaian Kinerja 2026", Appraisee: "Oki Ratna Santoso, S.A.P.", Round: 1, Deadline: moment(1)},
			{Step: "s-4", Kind: appraisal.StepCalibrate, Cohort: "k-1", CycleName: "Penilaian Kinerja 2026", Appraisee: "Dinas Kependudukan", Round: 1},
		},
		Waiting: []service.Waiting{
			{Appraisal: "a-1", AboutSelf: true, Appraisee: everybody.Name, Stage: appraisal.StageTargets, Health: appraisal.HealthWaitingOnPerson, WaitingOn: appraisal.PartyAppraiser, Name: "Bambang Hartono, S.H.", Since: *moment(-9), Deadline: moment(-2)},
			{Appraisal: "a-4", Appraisee: "Rina Wulandari", Stage: appraisal.StagePeerReview, Health: appraisal.HealthOnTime, WaitingOn: appraisal.PartyPeer, Since: *moment(-1), Deadline: moment(6)},
		},
		News: []service.News{
			{Appraisal: "a-1", CycleName: "Penilaian Kinerja 2026", Appraisee: everybody.Name, AboutSelf: true, At: *moment(-1), Action: "decide_plan", Actor: "Bambang Hartono, S.H.", Outcome: appraisal.OutcomeReturned},
			{Appraisal: "a-3", CycleName: "Penilaian Kinerja 2026", Appraisee: "Oki Ratna Santoso, S.A.P.", At: *moment(-2), Action: "entered", Stage: appraisal.StageResult},
		},
		Appraisals: []service.MyAppraisal{
			{ID: "a-1", CycleName: "Penilaian Kinerja 2026", Appraisee: everybody.Name, Stage: appraisal.StageSelfReview, Health: appraisal.HealthOnTime, StageAt: *moment(-2), Deadline: moment(7)},
			{ID: "a-0", CycleName: "Penilaian Kinerja 2025", Appraisee: everybody.Name, Stage: appraisal.StageClosed, Health: appraisal.HealthOnTime, StageAt: *moment(-300), Predikat: appraisal.PredikatBaik},
		},
		Team: []service.MyAppraisal{
			{ID: "a-2", CycleName: "Penilaian Kinerja 2026", Appraisee: "Arif Saputra, S.A.P.", Stage: appraisal.StageTargets, Health: appraisal.HealthWaitingOnPerson, Deadline: moment(-2)},
			{ID: "a-3", CycleName: "Penilaian Kinerja 2026", Appraisee: "Oki Ratna Santoso, S.A.P.", Stage: appraisal.StagePeerReview, Health: appraisal.HealthOnTime, Deadline: moment(4)},
		},
	}
}

func examplePlan() *service.Plan {
	chain := []service.ChainLink{
		{Kind: "key_result", Statement: "Waktu layanan kependudukan makin singkat", Owner: "Bambang Hartono, S.H."},
		{Kind: "sasaran", Statement: "Meningkatnya kualitas pelayanan publik"},
		{Kind: "misi", Statement: "Meningkatkan kualitas pelayanan publik yang cepat, pasti, dan ramah"},
		{Kind: "visi", Statement: "Marelan maju, melayani, dan berdaya saing"},
	}
	indicator := func(id, description, target, measure, realisation string, d appraisal.Direction, met *bool) service.Indicator {
		return service.Indicator{
			Indicator:   appraisal.Indicator{ID: id, Aspect: appraisal.AspectTime, Description: description, Target: target, Measure: measure, Direction: d},
			Realisation: realisation, Met: met,
		}
	}
	return &service.Plan{
		ID: "plan-1", Number: 2, State: "approved", SubmittedAt: *moment(-200), DecidedAt: moment(-198), Comment: "Sudah jelas dan terukur.",
		KeyResults: []service.KeyResult{
			{ID: "kr-1", Statement: "Kartu keluarga terbit lebih cepat", Serves: chain, ServesKeyResult: "sup-1", Indicators: []service.Indicator{
				indicator("i-1", "Rata-rata waktu penerbitan", "2.5", "hari", "2.13", appraisal.DirectionLess, yes(true)),
				indicator("i-2", "Berkas selesai tepat waktu", "95", "persen", "91.5", appraisal.DirectionMore, yes(false)),
			}},
			{ID: "kr-2", Statement: "Data kependudukan desa lengkap dan mutakhir", Serves: chain[1:], ServesStrategy: "str-1", Indicators: []service.Indicator{
				indicator("i-3", "Desa dengan data mutakhir", "60", "desa", "", appraisal.DirectionMore, nil),
			}},
		},
	}
}

func examplePeers() *service.PeerState {
	averages := make([]string, appraisal.Behaviours)
	for i := range averages {
		averages[i] = fmt.Sprintf("3.%02d", i*4)
	}
	averages[5] = ""
	return &service.PeerState{
		Asked: 6, Minimum: 3, Published: true,
		Nominees: []service.Nominee{{Person: service.Person{ID: "p-0", Name: "Arif Saputra, S.A.P.", Post: "Pengadministrasi Umum"}, Category: appraisal.CategoryPeer, Owes: 3}},
		Aggregates: []appraisal.PeerAggregate{
			{Category: appraisal.CategoryPeer, Asked: 4, Answers: 4, Averages: averages, Comments: []string{"Selalu siap membantu di loket.", "Laporan bulanan kadang terlambat."}},
			{Category: appraisal.CategorySubordinate, Asked: 2, Withheld: true},
		},
		Extension: &service.PeerExtension{At: *moment(-3), Categories: []appraisal.PeerCategory{appraisal.CategorySubordinate}},
		Overall:   &appraisal.PeerOverall{Values: []appraisal.Decimal{"3.04", "3.14", "3.28", "3.40", "3.52", "3.64", "3.76"}, Score: "3.40"},
	}
}

func exampleRating() *service.Rating {
	return &service.Rating{
		Number: 2, Source: "calibration", WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationMeets, Predikat: appraisal.PredikatBaik,
		Comment: "Waktu penerbitan turun jauh.\n\nPertahankan.", Reason: "Disamakan dengan unit sejenis.", RatedBy: "Tim Penilai Kinerja", RatedAt: *moment(-1),
		Explanation: appraisal.Explanation{{
			Subject: "predikat", Rule: "policy.rule.matrix", Source: "PermenPAN-RB 6/2022", Value: appraisal.InputWord("policy.predikat.baik"),
			Sentence: appraisal.Sentence{Key: "policy.explain.matrix", Inputs: map[string]appraisal.Input{
				"work_result": appraisal.InputWord("policy.expectation.above"), "behaviour": appraisal.InputWord("policy.expectation.meets"),
				"predikat": appraisal.InputWord("policy.predikat.baik"),
			}},
		}},
	}
}

func exampleDevelopment() *service.Development {
	return &service.Development{
		State: "approved", Hours: 22, Comment: "Mulai dari komunikasi.",
		Gaps: []appraisal.Gap{
			{Competency: "K03", Required: 3, Level: 1, Counted: appraisal.SourceAssessmentCentre, Size: 2},
			{Competency: "K01", Required: 3},
			{Competency: "K02", Required: 3, Level: 4, Counted: appraisal.SourceAppraiser, Size: -1},
		},
		Items: []service.Recommendation{
			{Training: "PLT-003", Title: "Coaching Komunikasi tingkat 2", Competency: "K03", Channel: "non_classroom", Form: "coaching", Hours: 10, Starts: *moment(90), Ends: *moment(90), Approved: true, Reason: exampleReason("policy.training.closes_gap")},
			{Training: "PLT-010", Title: "Pelatihan Komunikasi tingkat 3", Competency: "K03", Channel: "classroom", Form: "course", Hours: 12, Starts: *moment(120), Ends: *moment(124), Reason: exampleReason("policy.training.closes_gap")},
		},
	}
}

func exampleReason(key string) appraisal.Sentence {
	return appraisal.Sentence{Key: key, Inputs: map[string]appraisal.Input{
		"competency": appraisal.InputText("K03"), "from": appraisal.InputCount(1), "to": appraisal.InputCount(2), "required": appraisal.InputCount(3),
		"hours": appraisal.InputCount(10), "form": appraisal.InputWord("policy.form.coaching"), "kind": appraisal.InputWord("policy.learning.social"),
	}}
}

func exampleAppraisal() service.Appraisal {
	a := service.Appraisal{
		ID: "a-1", CycleID: "c-1", CycleName: "Penilaian Kinerja 2026", PeriodStart: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), PeriodEnd: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		Employee:  service.Person{ID: everybody.ID, Name: everybody.Name, Post: "Pengelola Layanan Kependudukan"},
		Appraiser: &service.Person{ID: "p-bambang", Name: "Bambang Hartono, S.H.", Post: "Kepala Bidang Pelayanan"},
		Reviewer:  &service.Person{ID: "p-ahmad", Name: "Ahmad Wahyu Nasution, S.Pd.", Post: "Sekretaris Daerah"},
		Unit:      "Dinas Kependudukan dan Pencatatan Sipil", PositionKind: appraisal.PositionPelaksana, Cohort: "k-1",
		Stage: appraisal.StageResult, StageAt: *moment(-1), Health: appraisal.HealthOnTime, WaitingOn: appraisal.PartyEmployee, Deadline: moment(7), Version: 12,
		Steps: []service.Step{{ID: "s-9", Kind: appraisal.StepAcknowledgeResult, Round: 1, State: "open", Mine: true, Owner: everybody.Name, OpenedAt: *moment(-1), Deadline: moment(7), Version: 1}},
		Plan:  examplePlan(), Peers: examplePeers(), Rating: exampleRating(), Development: exampleDevelopment(),
		Progress: []service.ProgressEntry{
			{At: *moment(-90), Author: everybody.Name, Indicator: "Rata-rata waktu penerbitan", Value: "2.40", Note: "Loket ketiga dibuka.\n\nAntrean turun.", Evidence: "https://data.marelan.go.id/laporan/juli"},
			{At: *moment(-20), Author: everybody.Name, Indicator: "Berkas selesai tepat waktu", Note: "Masih menunggu rekap."},
		},
		SelfReview: &service.SelfReview{SubmittedAt: *moment(-12), Achievements: "Waktu layanan turun dari 4 hari menjadi 2 hari.", Obstacles: "Dua bulan tanpa operator.", Development: "Mengikuti e-learning komunikasi."},
		Competencies: []service.CompetencyLevel{
			{Code: "K01", Name: "Integritas", Required: 3, Rated: 3},
			{Code: "K02", Name: "Kerja Sama", Required: 3, Rated: 4},
			{Code: "K03", Name: "Komunikasi", Required: 3, Rated: 2, Assessed: 1, Source: "assessment_centre"},
		},
		Objection: &service.Objection{
			Reasons: "Realisasi triwulan IV belum terhitung.", Evidence: "https://data.marelan.go.id/laporan/tw4", FiledAt: *moment(-1),
			Answer: "Rekap resmi terbit setelah periode ditutup.", AnsweredAt: moment(0), Decision: "upheld", DecisionReason: "Angka resmi sudah diperhitungkan.", DecidedAt: moment(0),
		},
	}
	a.Tenure, a.Periods = exampleTenure(), examplePeriods()
	a.Plan.KeyResults[1].Indicators[0].PartTarget = &appraisal.Input{Number: "40"}
	a.Ratings = []service.Rating{
		{Number: 1, Source: "review", WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Predikat: appraisal.PredikatSangatBaik, RatedBy: "Bambang Hartono, S.H.", RatedAt: *moment(-5)},
		*a.Rating,
	}
	for i, e := range []service.TimelineEntry{
		{Action: "entered", Stage: appraisal.StageTargets}, {Action: "submit_plan", Actor: everybody.Name, Outcome: appraisal.OutcomeSubmitted},
		{Action: "decide_plan", Actor: "Bambang Hartono, S.H.", Outcome: appraisal.OutcomeReturned, Detail: "Target kedua belum terukur."},
		{Action: "decide_plan", Actor: "Bambang Hartono, S.H.", Outcome: appraisal.OutcomeApproved}, {Action: "settled", Stage: appraisal.StageTargets, Outcome: appraisal.OutcomeApproved},
		{Action: "add_progress", Actor: everybody.Name}, {Action: "submit_review", Actor: "Bambang Hartono, S.H.", Outcome: appraisal.OutcomeSubmitted},
		{Action: "change_rating", Actor: "Tim Penilai Kinerja", Detail: "Disamakan dengan unit sejenis."},
		{Action: "entered", Stage: appraisal.StageResult},
	} {
		e.At = *moment(-100 + 10*i)
		a.Timeline = append(a.Timeline, e)
	}
	return a
}

// exampleForm is the form of a step kind with all that it can show.
func exampleForm(kind appraisal.StepKind) service.StepForm {
	f := service.StepForm{
		Step:      service.Step{ID: "s-1", Kind: kind, Round: 1, State: "open", Owner: everybody.Name, Mine: true, OpenedAt: *moment(-2), Deadline: moment(7), Version: 4},
		Appraisal: exampleAppraisal(), Asked: 5,
	}
	f.Appraisal.Stage = kind.Stage()
	switch kind.Stage() {
	case appraisal.StageTargets, appraisal.StageExecution, appraisal.StageSelfReview, appraisal.StagePeerReview, appraisal.StageAppraiserReview:
		f.Appraisal.Rating, f.Appraisal.Ratings, f.Appraisal.Objection, f.Appraisal.Development = nil, nil, nil, nil
	case appraisal.StageResult:
		f.Appraisal.Objection, f.Appraisal.Development = nil, nil
	}
	switch kind {
	case appraisal.StepDraftPlan:
		f.Appraisal.Plan.State, f.Appraisal.Plan.Comment = "returned", "Indikator kedua belum terukur."
		f.Alignments = []service.Alignment{
			{KeyResult: "sup-1", Statement: "Waktu layanan kependudukan makin singkat", Chain: []service.ChainLink{{Kind: "misi", Statement: "Meningkatnya kualitas pelayanan publik"}, {Kind: "visi", Statement: "Marelan maju, melayani, dan berdaya saing"}}},
			{Strategy: "str-1", Statement: "Meningkatnya kualitas pelayanan publik", Chain: []service.ChainLink{{Kind: "visi", Statement: "Marelan maju, melayani, dan berdaya saing"}}},
		}
	case appraisal.StepNominatePeers, appraisal.StepApprovePeers:
		for i, name := range []string{"Arif Saputra, S.A.P.", "Oki Ratna Santoso, S.A.P.", "Rina Wulandari", "Yusuf Harahap", "Maria Simanjuntak"} {
			category := appraisal.CategoryPeer
			if i > 3 {
				category = appraisal.CategorySubordinate
			}
			f.Candidates = append(f.Candidates, service.Nominee{Person: service.Person{ID: appraisal.PersonID(fmt.Sprint("p-", i)), Name: name, Post: "Pengadministrasi Umum, Bidang Pelayanan"}, Category: category, Owes: i})
		}
	case appraisal.StepSelfReview, appraisal.StepAppraiserReview:
		f.Appraisal.Service = &service.MeasuredService{Survey: &service.Survey{
			Unit: "Dinas Kependudukan dan Pencatatan Sipil", Respondents: 412, Index: "83.42", Grade: "B",
			Elements: []string{"3.21", "3.30", "3.05", "3.80", "3.41", "3.36", "3.44", "3.10", "3.35"},
		}}
		for m := range 12 {
			f.Appraisal.Service.Months = append(f.Appraisal.Service.Months, appraisal.MonthOfService{Month: time.Date(2026, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC), Version: 1, Received: 120 + m, Completed: 118 + m, OnTime: 101 + m, MeanDays: "2.13", File: "ukuran-layanan.csv", Row: m + 2})
		}
	}
	if kind.Party() != appraisal.PartyEmployee {
		f.Appraisal.Employee = service.Person{ID: "p-arif", Name: "Arif Saputra, S.A.P.", Post: "Pengadministrasi Umum"}
	}
	return f
}

func exampleCycle(status string) service.Cycle {
	templates, err := appraisal.Templates()
	if err != nil {
		panic(err)
	}
	c := service.Cycle{
		ID: "c-1", Code: "skp-2026", Name: "Penilaian Kinerja 2026", PeriodStart: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), PeriodEnd: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		Policy: "permen6-2022", PolicyVersion: "1", Template: templates[0], FirstStage: appraisal.StageTargets, Status: status, Version: 3, WorkflowID: "cycle/c-1",
	}
	if status != "draft" {
		c.People, c.Started, c.Ended = 590, 590, 142
	}
	return c
}

func examplePreview() service.Preview {
	p := service.Preview{Cycle: exampleCycle("draft"), Included: 588, FirstMails: 588, Excluded: []service.Excluded{{Name: "Surya Ginting", Reason: "preview.inactive"}}}
	for i := range 40 {
		p.Findings = append(p.Findings, service.Finding{Key: "preview.no_appraiser", Name: fmt.Sprint("Pegawai Nomor ", i+1)})
	}
	p.Findings = append(p.Findings, service.Finding{Key: "preview.no_email", Name: "Rina Wulandari"})
	for i, rule := range p.Cycle.Template.Steps {
		p.Dates = append(p.Dates, service.StageDate{Step: rule.Step, Stage: rule.Step.Stage(), Opens: *moment(i * 10), Deadline: *moment(i*10 + 9), Missed: rule.Missed})
	}
	for i := range 70 {
		p.Cohorts = append(p.Cohorts, service.CohortPreview{Unit: fmt.Sprint("Dinas Nomor ", i), Level: appraisal.LevelPelaksana, People: 8})
	}
	p.PeriodKind, p.PartYear = appraisal.PeriodYearly, []service.PartYear{{Name: "Gita Anggraini", Tenure: *exampleTenure()}}
	p.Findings = append(p.Findings, service.Finding{Key: "preview.superior_left", Name: "Ani Lestari", Instead: "Kadis Ratna"})
	return p
}

func exampleFunnel() []service.FunnelRow {
	var rows []service.FunnelRow
	for u := range 69 {
		unit := appraisal.UnitID(fmt.Sprintf("2b1c7a52-0000-4000-8000-%012d", u))
		name := fmt.Sprint("Dinas Pelayanan Nomor ", u+1)
		rows = append(rows,
			service.FunnelRow{UnitID: unit, UnitCode: fmt.Sprint("D", u), Unit: name, Stage: appraisal.StageTargets, Health: appraisal.HealthOnTime, People: 1 + u%4},
			service.FunnelRow{UnitID: unit, UnitCode: fmt.Sprint("D", u), Unit: name, Stage: appraisal.StagePeerReview, Health: appraisal.HealthOnTime, People: 2},
			service.FunnelRow{UnitID: unit, UnitCode: fmt.Sprint("D", u), Unit: name, Stage: appraisal.StageCalibration, Health: appraisal.HealthCohortIncomplete, People: u % 3},
			service.FunnelRow{UnitID: unit, UnitCode: fmt.Sprint("D", u), Unit: name, Stage: appraisal.StageClosed, Health: appraisal.HealthOnTime, People: 3})
	}
	return rows
}

func exampleHistory() service.MemberHistory {
	k := exampleCohort(2)
	m := k.Members[1]
	proposal := service.Proposal{ID: "u-1", Round: 1, Cell: *m.Before, Reason: "Bukti perilaku.", ProposedBy: "Tim Penilai", ProposedAt: *moment(-1), Ended: "replaced", EndedBy: everybody.Name, EndedAt: moment(0)}
	second := service.Proposal{ID: "u-2", Round: 1, Cell: *m.After, Reason: "Disamakan dengan unit sejenis.", ProposedBy: everybody.Name, ProposedAt: *moment(0)}
	return service.MemberHistory{
		Cohort: "k-1", Unit: k.Unit, Level: k.Level, Status: "open", Member: m, Proposals: []service.Proposal{proposal, second},
		Opinions: []service.Opinion{
			{By: "Bambang Hartono, S.H.", Stance: appraisal.StanceExplain, Words: "Target baru sejak Juli.", At: *moment(-1)},
			{Proposal: "u-1", By: "Yusuf Harahap", Stance: appraisal.StanceOppose, Words: "Buktinya belum cukup.", At: *moment(-1)},
			{Proposal: "u-2", By: "Yusuf Harahap", Stance: appraisal.StanceAgree, At: *moment(0)},
		},
		Stances: appraisal.Stances("p-dewi", "p-bambang"),
	}
}

func exampleCohort(size int) service.Cohort {
	k := service.Cohort{
		ID: "k-1", CycleID: "c-1", CycleName: "Penilaian Kinerja 2026", Unit: "Dinas Kependudukan dan Pencatatan Sipil", Level: appraisal.LevelPelaksana,
		Status: "open", Round: 1, Expected: size, Ready: size, Deadline: moment(5), Rating: appraisal.OrganisationBaik, Version: 7, Counts: map[appraisal.Predikat]int{},
		Breaches: []appraisal.Breach{{
			Rule: appraisal.GuidelineAtMost, Of: []appraisal.Predikat{appraisal.PredikatBaik}, Percent: "70", Count: 18, Total: 24, Bound: 16, Source: "SE MenPANRB 3/2023",
			Says: appraisal.Sentence{Key: "policy.breach.at_most_percent", Inputs: map[string]appraisal.Input{
				"predikat": {Words: []string{"policy.predikat.baik"}}, "count": appraisal.InputCount(18), "total": appraisal.InputCount(24), "bound": appraisal.InputCount(16), "percent": {Number: "70"},
			}},
		}},
		Appraisers: []service.Severity{{Appraiser: "Bambang Hartono, S.H.", People: 14, Mean: "5.21", Spread: "0.58", Difference: "+0.13"}, {Appraiser: "Lestari Siregar, M.A.P.", People: 10, Mean: "4.90", Spread: "0.32", Difference: "-0.18"}},
	}
	k.Rules.Kind, k.Before = appraisal.PolicyMatrix, map[appraisal.Predikat]int{}
	asks := k.Breaches[0].Says
	asks.Key = "policy.guideline.at_most_percent"
	k.Guidelines = []appraisal.GuidelineCheck{{Breach: k.Breaches[0], Asks: asks}}
	k.Committee = service.Committee{Size: 3, Needed: 2, Confirmed: 1, Reachable: true, People: []service.CommitteeMember{
		{Name: everybody.Name, Mine: true, JoinedAt: moment(0)}, {Name: "Lestari Siregar, M.A.P.", JoinedAt: moment(0), ConfirmedAt: moment(0), Confirms: true},
		{Name: "Yusuf Harahap"},
	}}
	cells := []service.Cell{
		{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationMeets, Predikat: appraisal.PredikatBaik},
		{WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Predikat: appraisal.PredikatSangatBaik},
		{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Predikat: appraisal.PredikatBaik},
		{WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationMeets, Predikat: appraisal.PredikatButuhPerbaikan},
	}
	names := []string{"Arif Saputra, S.A.P.", "Oki Ratna Santoso, S.A.P.", "Rina Wulandari", "Yusuf Harahap", "Maria Simanjuntak, A.Md."}
	for i := range size {
		m := service.CohortMember{
			Appraisal: appraisal.AppraisalID(fmt.Sprintf("4f1c7a52-0000-4000-8000-%012d", i)), Name: names[i%5], Position: "Pengadministrasi Umum",
			Appraiser: "Bambang Hartono, S.H.", Ready: true, Before: &cells[i%4],
		}
		if i%7 == 1 {
			m.After, m.Reason, m.ChangedBy, m.Agreed = &cells[0], "Disamakan dengan unit sejenis.", "Tim Penilai", 2
		}
		k.Before[m.Before.Predikat]++
		now := m.Before
		if m.After != nil {
			now = m.After
		}
		k.Counts[now.Predikat]++
		k.Members = append(k.Members, m)
	}
	return k
}
