package roster

import (
	"fmt"
	"time"
)

// SurveyResponse is one citizen's answers to the nine elements of PermenPANRB 14/2017, each 1 to 4, or 0 where left blank.
type SurveyResponse struct {
	UnitCode string
	Date     time.Time
	Answers  [9]int
	Row      int
}

const (
	surveyUnit = iota
	surveyDate
	surveyFirst // of the nine elements
)

var surveyLayout = makeSurveyLayout()

func makeSurveyLayout() layout {
	l := layout{name: "survey", columns: []column{
		surveyUnit: {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT"}, filled: true},
		surveyDate: {header: "TANGGAL", also: []string{"TANGGAL SURVEI"}, filled: true},
	}}
	for i := range 9 {
		l.columns = append(l.columns, column{header: fmt.Sprintf("U%d", i+1)})
	}
	return l
}

// ReadSurvey reads the answers of the citizen-satisfaction survey. Two respondents may well answer alike on the same day, so equal
// rows are no fault. With known.Unchecked any unit code is taken.
func ReadSurvey(file File, known Known, now time.Time) ([]SurveyResponse, Report) {
	b := newBook(now)
	r := readAll(b, &file, &surveyLayout, surveyUnit, func(w row) SurveyResponse {
		s := SurveyResponse{Row: w.number}
		s.UnitCode, _ = checkKnownUnit(w, surveyUnit, known)
		if d, ok := w.needDate(surveyDate); ok && w.notLater(surveyDate, d) {
			s.Date = d
		}
		for i := range s.Answers {
			s.Answers[i] = readAnswer(w, surveyFirst+i)
		}
		return s
	})
	return r.items, b.report()
}

func readAnswer(r row, c int) int {
	s := r.raw(c)
	if s == "" {
		return 0
	}
	n, ok := parseWhole(s)
	if !ok || n < 1 || n > 4 {
		r.fault(c, "import.answer", args{"value": printable(s)})
		return 0
	}
	return n
}
