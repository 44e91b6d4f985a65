package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// sessionPage is one calibration session: the committee, the distribution against the guideline, the matrix, everybody's rating
// before and after, and how severe each appraiser is.
type sessionPage struct {
	Frame
	Cohort     service.Cohort
	Open       bool
	Joined     bool // the reader takes part
	Confirms   bool // and stands behind the session as it is
	Short      int  // how many more have to confirm before the reader can lock
	Earlier    int  // people who were decided in an earlier session
	Matrix     []matrixRow
	Bands      []bandLine // of a numeric policy, in place of the matrix
	Bars       []predikatBar
	Guidelines []guidelineLine
	View       sessionView
	Filter     []field
	Members    []memberLine // those that the view shows
	Changed    int
	Scored     bool
	Score      scoreFields // what changes under a numeric policy
	WorkResult field       // and under a matrix
	Behaviour  field
	Reason     field
	Key        string
	refusal
}

// Path is the address of the session.
func (p sessionPage) Path() string { return "/kalibrasi/" + string(p.Cohort.ID) }

// Action is where the form of a change goes, so that it comes back to the same view of the table.
func (p sessionPage) Action() string {
	v := p.View
	v.Chosen = ""
	if q := v.query(); q != "" {
		return p.Path() + "?" + q
	}
	return p.Path()
}

// matrixRow is a level of the work result with its cells from the lowest behaviour to the highest.
type matrixRow struct {
	WorkResult appraisal.Expectation
	Cells      []matrixCell
}

type matrixCell struct {
	Behaviour appraisal.Expectation
	Predikat  appraisal.Predikat // known where somebody stands in the cell
	Before    int                // people who stood in the cell before the session
	Members   []memberLine
}

// bandLine is a predikat of a numeric policy with those who stand in it.
type bandLine struct {
	Predikat appraisal.Predikat
	Members  []memberLine
}

// mostInCell is how many names a cell of the matrix lists; a large group is read in the table, which keeps the page small.
const mostInCell = 40

// Names are those that the cell lists.
func (c matrixCell) Names() []memberLine { return c.Members[:min(len(c.Members), mostInCell)] }

// More is how many the cell does not list.
func (c matrixCell) More() int { return max(0, len(c.Members)-mostInCell) }

// Names are those that the line lists.
func (b bandLine) Names() []memberLine { return b.Members[:min(len(b.Members), mostInCell)] }

// More is how many the line does not list.
func (b bandLine) More() int { return max(0, len(b.Members)-mostInCell) }

type memberLine struct {
	service.CohortMember
	Index  int
	Now    *service.Cell // after, or before while unchanged
	Chosen bool
	Linked bool // the matrix leads to the row: it is in the table as it is filtered, and can be chosen
}

// longestReason is how much of a reason the table shows; the discussion has all of it.
const longestReason = 80

// Brief is the beginning of the reason.
func (m memberLine) Brief() string {
	if r := []rune(m.Reason); len(r) > longestReason {
		return strings.TrimSpace(string(r[:longestReason])) + " …"
	}
	return m.Reason
}

// Discussed reports whether the row leads to the person's discussion; whoever can be chosen is reached by the form's button too.
func (m memberLine) Discussed(open bool) bool {
	return m.Before != nil && (!open || !m.Here() || m.After != nil || m.Agreed+m.Opposed+m.Explained > 0)
}

// Here reports whether the open session decides about the member.
func (m memberLine) Here() bool { return m.Round == nil && m.Ready && m.Before != nil }

// predikatBar is a line of the histogram; widths are percent of the cohort.
type predikatBar struct {
	Predikat appraisal.Predikat
	Before   int
	After    int
	Percent  string
	Width    int
	Was      int // width before the session
}

// guidelineLine is a rule of the guideline with the cohort's share.
type guidelineLine struct {
	appraisal.GuidelineCheck
	Share string
}

func (p *Pages) cohort(c *gin.Context) { p.showSession(c, url.Values{}, nil) }

func (p *Pages) showSession(c *gin.Context, values url.Values, err error) {
	cohort, readErr := p.service.Cohort(c.Request.Context(), actor(c), appraisal.CohortID(c.Param("cohort")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := sessionPage{
		Frame: p.frame(c, "page.session.title", "unit", cohort.Unit), Cohort: cohort, Open: cohort.Status == sessionOpen, Key: keyAfter(values, err),
		Short: shortOf(cohort.Committee), View: viewOf(c.Request.URL.Query()),
	}
	status := page.refuse(c, w, err, nil)
	if typed := appraisal.AppraisalID(values.Get("appraisal")); typed != "" {
		page.View.Chosen = typed
	}
	for _, m := range cohort.Committee.People {
		page.Joined = page.Joined || m.Mine && m.JoinedAt != nil
		page.Confirms = page.Confirms || m.Mine && m.Confirms
	}
	lines := memberLines(cohort)
	for _, m := range lines {
		if m.Round != nil {
			page.Earlier++
		} else if m.After != nil {
			page.Changed++
		}
	}
	page.Members = page.View.apply(lines, page.Open)
	page.Filter = page.View.fields(cohort, w)
	if cohort.Rules.Kind == appraisal.PolicyNumeric {
		page.Bands, page.Scored = bandsOf(lines), true
		page.Score = w.changeFields(scoreTypedOf(values), cohort.Rules, page.Faults)
	} else {
		page.Matrix = matrixOf(lines)
	}
	page.Bars, page.Guidelines = barsOf(cohort, w), guidelineLines(cohort.Guidelines, w)
	page.WorkResult = w.levelSelect("work_result", "page.session.work_result", values.Get("work_result"), page.Faults)
	page.Behaviour = w.levelSelect("behaviour", "page.session.behaviour", values.Get("behaviour"), page.Faults)
	page.Reason = field{
		Name: "reason", Label: w.text("page.session.reason"), Kind: kindLine, Max: appraisal.MaxLine, Value: values.Get("reason"),
		Errors: page.Faults.Of("reason", w.text("page.session.reason")),
	}
	p.show(c, status, "session", page)
}

func (w words) levelSelect(name, key, chosen string, faults faults) field {
	group := optionGroup{Options: []option{{Label: w.text("form.choose")}}}
	levels := appraisal.Expectations()
	slices.Reverse(levels)
	for _, e := range levels {
		group.Options = append(group.Options, option{Value: string(e), Label: w.word(e), Chosen: string(e) == chosen})
	}
	return field{Name: name, Label: w.text(key), Kind: kindSelect, Groups: []optionGroup{group}, Errors: faults.Of(name, w.text(key))}
}

func memberLines(cohort service.Cohort) []memberLine {
	lines := make([]memberLine, len(cohort.Members))
	for i, m := range cohort.Members {
		lines[i] = memberLine{CohortMember: m, Index: i, Now: m.Before}
		if m.After != nil {
			lines[i].Now = m.After
		}
	}
	return lines
}

func matrixOf(members []memberLine) []matrixRow {
	levels := appraisal.Expectations()
	var rows []matrixRow
	for i := len(levels) - 1; i >= 0; i-- {
		row := matrixRow{WorkResult: levels[i]}
		for _, behaviour := range levels {
			cell := matrixCell{Behaviour: behaviour}
			in := func(at *service.Cell) bool {
				return at != nil && at.WorkResult == levels[i] && at.Behaviour == behaviour
			}
			for _, m := range members {
				if in(m.Before) {
					cell.Before++
				}
				if in(m.Now) {
					cell.Predikat = m.Now.Predikat
					cell.Members = append(cell.Members, m)
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

func bandsOf(members []memberLine) []bandLine {
	var lines []bandLine
	for _, predikat := range appraisal.Predikats() {
		line := bandLine{Predikat: predikat}
		for _, m := range members {
			if m.Now != nil && m.Now.Predikat == predikat {
				line.Members = append(line.Members, m)
			}
		}
		if len(line.Members) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// barsOf draws the distribution before and after, for every predikat that occurs or that a guideline names.
func barsOf(cohort service.Cohort, w words) []predikatBar {
	rated := 0
	for _, n := range cohort.Before {
		rated += n
	}
	var bars []predikatBar
	for _, predikat := range appraisal.Predikats() {
		before, after := cohort.Before[predikat], cohort.Counts[predikat]
		named := slices.ContainsFunc(cohort.Guidelines, func(g appraisal.GuidelineCheck) bool { return slices.Contains(g.Of, predikat) })
		if before == 0 && after == 0 && !named {
			continue
		}
		bars = append(bars, predikatBar{
			Predikat: predikat, Before: before, After: after, Percent: w.share(after, rated), Width: percent(after, rated), Was: percent(before, rated),
		})
	}
	return bars
}

func guidelineLines(checks []appraisal.GuidelineCheck, w words) []guidelineLine {
	lines := make([]guidelineLine, len(checks))
	for i, g := range checks {
		lines[i] = guidelineLine{GuidelineCheck: g, Share: w.share(g.Count, g.Total)}
	}
	return lines
}

// share writes part of whole as a percentage with one decimal.
func (w words) share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return w.number(strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64)) + "%"
}
