package roster

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Training is an entry of the training catalogue. It leads to Level of its competency. Hours are learning hours (JP), Cost is in whole
// rupiah, Start and End are midnight UTC of the first and the last day.
type Training struct {
	Code           string
	Title          string
	CompetencyCode string
	Level          int
	Channel        appraisal.TrainingChannel
	Form           appraisal.TrainingForm
	Hours          int
	Seats          int
	Cost           int64
	Start          time.Time
	End            time.Time
	Row            int
}

const (
	trainCode = iota
	trainTitle
	trainCompetency
	trainLevel
	trainChannel
	trainForm
	trainHours
	trainSeats
	trainCost
	trainStart
	trainEnd
)

var trainingLayout = layout{name: "trainings", columns: []column{
	trainCode:       {header: "KODE", also: []string{"KODE PELATIHAN"}, filled: true},
	trainTitle:      {header: "JUDUL", also: []string{"NAMA PELATIHAN", "JUDUL PELATIHAN"}, filled: true},
	trainCompetency: {header: "KODE KOMPETENSI", also: competencyCodeNames, filled: true},
	trainLevel:      {header: "LEVEL", filled: true},
	trainChannel:    {header: "JALUR", filled: true},
	trainForm:       {header: "BENTUK", filled: true},
	trainHours:      {header: "JP", also: []string{"JAM PELAJARAN"}, filled: true},
	trainSeats:      {header: "KURSI", also: []string{"KUOTA"}, filled: true},
	trainCost:       {header: "BIAYA", filled: true},
	trainStart:      {header: "MULAI", also: []string{"TANGGAL MULAI"}, filled: true},
	trainEnd:        {header: "SELESAI", also: []string{"TANGGAL SELESAI"}, filled: true},
}}

const (
	maxHours = 2_000
	maxSeats = 1_000_000
)

// trainingForms are the forms of learning as offices write them (PP 11/2017); what an office calls otherwise is refused, because
// the mixture of a development plan depends on it.
var trainingForms = map[string]appraisal.TrainingForm{
	"PELATIHAN": appraisal.FormCourse, "KURSUS": appraisal.FormCourse, "DIKLAT": appraisal.FormCourse,
	"WORKSHOP": appraisal.FormWorkshop, "LOKAKARYA": appraisal.FormWorkshop,
	"BIMBINGANTEKNIS": appraisal.FormTechnicalGuidance, "BIMTEK": appraisal.FormTechnicalGuidance,
	"SEMINAR": appraisal.FormSeminar, "COACHING": appraisal.FormCoaching, "MENTORING": appraisal.FormMentoring,
	"ELEARNING": appraisal.FormELearning,
	"MAGANG":    appraisal.FormSecondment, "PERTUKARAN": appraisal.FormSecondment, "DETASERING": appraisal.FormSecondment,
	"JOBSHADOWING": appraisal.FormJobShadowing, "BELAJARMANDIRI": appraisal.FormSelfStudy,
}

// ReadTrainings reads the training catalogue; its competencies must be known.
func ReadTrainings(file File, known Known) ([]Training, Report) {
	b := &book{}
	r := readAll(b, &file, &trainingLayout, trainCode, func(w row) Training { return readTraining(w, known) })
	r.first(trainCode, "import.code_twice", func(t Training) string { return t.Code })
	return r.items, b.report()
}

func readTraining(r row, known Known) Training {
	t := Training{Row: r.number}
	t.Code, _ = r.need(trainCode, maxCode)
	t.Title, _ = r.need(trainTitle, maxText)
	var ok bool
	if t.CompetencyCode, ok = r.need(trainCompetency, maxCode); ok && !known.Competencies[t.CompetencyCode] && !known.Unchecked {
		r.fault(trainCompetency, "import.competency_unknown", args{"value": printable(t.CompetencyCode)})
	}
	t.Level, _ = r.level(trainLevel)
	if s, ok := r.need(trainChannel, maxCode); ok {
		switch headerKey(s) {
		case "KLASIKAL":
			t.Channel = appraisal.ChannelClassroom
		case "NONKLASIKAL":
			t.Channel = appraisal.ChannelNonClassroom
		default:
			r.fault(trainChannel, "import.channel", args{"value": printable(s)})
		}
	}
	if s, ok := r.need(trainForm, maxName); ok {
		if t.Form, ok = trainingForms[headerKey(s)]; !ok {
			r.fault(trainForm, "import.training_form", args{"value": printable(s)})
		}
	}
	t.Hours, _ = r.whole(trainHours, 1, maxHours)
	t.Seats, _ = r.whole(trainSeats, 0, maxSeats)
	if s, ok := r.need(trainCost, maxCode); ok {
		if t.Cost, ok = parseRupiah(s); !ok {
			r.fault(trainCost, "import.rupiah", args{"value": printable(s)})
		}
	}
	var start, end bool
	t.Start, start = r.needDate(trainStart)
	t.End, end = r.needDate(trainEnd)
	if start && end && t.End.Before(t.Start) {
		r.fault(trainEnd, "import.end_before_start", args{"value": writeDate(t.End), "start": writeDate(t.Start)})
	}
	return t
}
