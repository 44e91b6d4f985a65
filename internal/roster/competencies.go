package roster

import (
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// CompetencyKind is one of the three kinds of PermenPANRB 38/2017.
type CompetencyKind string

const (
	Managerial    CompetencyKind = "managerial"
	Sociocultural CompetencyKind = "sociocultural"
	Technical     CompetencyKind = "technical"
)

// Competency is an entry of the competency dictionary.
type Competency struct {
	Code string
	Name string
	Kind CompetencyKind
	Row  int
}

// Standard is the level, 1 to 5, that a kind of position requires; UnitCode is empty when it holds in every unit.
type Standard struct {
	PositionKind   appraisal.PositionKind
	UnitCode       string
	CompetencyCode string
	Level          int
	Row            int
}

// Assessment is the level, 1 to 5, that an employee was found to have on a day, and by which source: an assessment centre or a
// competency test.
type Assessment struct {
	NIP            string
	CompetencyCode string
	Level          int
	Source         appraisal.AssessmentSource
	Date           time.Time
	Row            int
}

// Competencies is what the competency files say together.
type Competencies struct {
	Competencies []Competency
	Standards    []Standard
	Assessments  []Assessment
}

const (
	compCode = iota
	compName
	compKind
)

const (
	stdKind = iota
	stdUnit
	stdCompetency
	stdLevel
)

const (
	assNIP = iota
	assCompetency
	assLevel
	assSource
	assDate
)

var competencyCodeNames = []string{"KOMPETENSI KODE", "KODE KOMP"}

var competencyLayout = layout{name: "competencies", columns: []column{
	compCode: {header: "KODE", filled: true},
	compName: {header: "KOMPETENSI", also: []string{"NAMA KOMPETENSI"}, filled: true},
	compKind: {header: "JENIS", also: []string{"JENIS KOMPETENSI"}, filled: true},
}}

var standardLayout = layout{name: "standards", columns: []column{
	stdKind:       {header: "JENIS JABATAN", filled: true},
	stdUnit:       {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT"}},
	stdCompetency: {header: "KODE KOMPETENSI", also: competencyCodeNames, filled: true},
	stdLevel:      {header: "LEVEL", filled: true},
}}

var assessmentLayout = layout{name: "assessments", columns: []column{
	assNIP:        {header: "NIP", also: []string{"NIP BARU"}, filled: true},
	assCompetency: {header: "KODE KOMPETENSI", also: competencyCodeNames, filled: true},
	assLevel:      {header: "LEVEL", filled: true},
	assSource:     {header: "SUMBER", filled: true},
	assDate:       {header: "TANGGAL", also: []string{"TANGGAL PENILAIAN"}, filled: true},
}}

// ReadCompetencies reads competencies, standards and assessments, one or several files in any order, told apart by their headers.
func ReadCompetencies(files []File, known Known, now time.Time) (Competencies, Report) {
	b := newBook(now)
	layouts := []*layout{&competencyLayout, &standardLayout, &assessmentLayout}
	opened := map[*layout][]*sheet{}
	unread := false
	for _, f := range files {
		s, ok := openSheet(b, f, layouts...)
		if !ok {
			unread = true
			continue
		}
		l, ok := kindOf(s, layouts)
		if !ok {
			unread = true
			b.refuse(f.Name, "import.header_no_competency", args{
				"competencies": competencyLayout.headers(), "standards": standardLayout.headers(), "assessments": assessmentLayout.headers(),
			})
			continue
		}
		opened[l] = append(opened[l], s)
	}

	// A file that could not be read may have held the competencies that the others name.
	competencies := reading[Competency]{broken: unread}
	for _, s := range opened[&competencyLayout] {
		competencies.take(b, s, &competencyLayout, compCode, readCompetency)
	}
	at := competencies.first(compCode, "import.code_twice", func(c Competency) string { return c.Code })
	reference := func(r row, c int) string {
		code, ok := r.need(c, maxCode)
		if _, inFile := at[code]; ok && !inFile && !known.Competencies[code] && !known.Unchecked && !competencies.uncertain(code) {
			r.fault(c, "import.competency_unknown", args{"value": printable(code)})
		}
		return code
	}
	var standards reading[Standard]
	for _, s := range opened[&standardLayout] {
		standards.take(b, s, &standardLayout, stdKind, func(r row) Standard { return readStandard(r, known, reference) })
	}
	standards.first(stdCompetency, "import.standard_twice", func(s Standard) string {
		return joined(string(s.PositionKind), s.UnitCode, s.CompetencyCode)
	})
	var assessments reading[Assessment]
	for _, s := range opened[&assessmentLayout] {
		assessments.take(b, s, &assessmentLayout, assNIP, func(r row) Assessment { return readAssessment(r, known, reference) })
	}
	assessments.first(assCompetency, "import.assessment_twice", func(a Assessment) string {
		if a.NIP == "" || a.Date.IsZero() {
			return ""
		}
		return joined(a.NIP, a.CompetencyCode, string(a.Source), a.Date.Format(time.DateOnly))
	})
	return Competencies{competencies.items, standards.items, assessments.items}, b.report()
}

// joined makes one identity of several parts, empty when the first or the last says nothing.
func joined(parts ...string) string {
	if parts[0] == "" || parts[len(parts)-1] == "" {
		return ""
	}
	return strings.Join(parts, " ")
}

// kindOf returns the layout of which the header has the largest share, false when no layout has more than half or two have as much.
func kindOf(s *sheet, layouts []*layout) (*layout, bool) {
	var best *layout
	bestShare, tied := 0.0, false
	for _, l := range layouts {
		share := float64(l.matches(s.header)) / float64(len(l.columns))
		switch {
		case share > bestShare:
			best, bestShare, tied = l, share, false
		case share == bestShare:
			tied = true
		}
	}
	return best, best != nil && !tied && bestShare >= 0.5
}

func readCompetency(r row) Competency {
	c := Competency{Row: r.number}
	c.Code, _ = r.need(compCode, maxCode)
	c.Name, _ = r.need(compName, maxName)
	if s, ok := r.need(compKind, maxCode); ok {
		switch headerKey(s) {
		case "MANAJERIAL":
			c.Kind = Managerial
		case "SOSIALKULTURAL", "SOSIOKULTURAL":
			c.Kind = Sociocultural
		case "TEKNIS":
			c.Kind = Technical
		default:
			r.fault(compKind, "import.competency_kind", args{"value": printable(s)})
		}
	}
	return c
}

func readStandard(r row, known Known, competency func(row, int) string) Standard {
	s := Standard{PositionKind: readPositionKind(r, stdKind), CompetencyCode: competency(r, stdCompetency), Row: r.number}
	if r.raw(stdUnit) != "" {
		s.UnitCode, _ = checkKnownUnit(r, stdUnit, known)
	}
	s.Level, _ = r.level(stdLevel)
	return s
}

func readAssessment(r row, known Known, competency func(row, int) string) Assessment {
	a := Assessment{CompetencyCode: competency(r, assCompetency), Row: r.number}
	a.NIP, _ = checkKnownEmployee(r, assNIP, known)
	a.Level, _ = r.level(assLevel)
	a.Source = readSource(r)
	if d, ok := r.needDate(assDate); ok && r.notLater(assDate, d) {
		a.Date = d
	}
	return a
}

func readSource(r row) appraisal.AssessmentSource {
	s, ok := r.need(assSource, maxName)
	if !ok {
		return ""
	}
	switch headerKey(s) {
	case "ASSESSMENTCENTER", "ASSESSMENTCENTRE", "ASESMENCENTER", "PUSATASESMEN", "PUSATPENILAIAN":
		return appraisal.SourceAssessmentCentre
	case "UJIKOMPETENSI", "UJIKOM":
		return appraisal.SourceCompetencyTest
	}
	r.fault(assSource, "import.assessment_source", args{"value": printable(s)})
	return ""
}
