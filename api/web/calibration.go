package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// cohortsPage lists a cycle's calibration sessions.
type cohortsPage struct {
	Frame
	Cycle   service.Cycle
	Cohorts []service.Cohort
}

// Statuses of a session.
const (
	sessionOpen   = "open"
	sessionLocked = "locked"
)

func (p *Pages) cohorts(c *gin.Context) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, err := p.service.Cycle(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	list, err := p.service.Cohorts(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	// What the committee can work on comes first; the service's order by unit stays within.
	slices.SortStableFunc(list, func(a, b service.Cohort) int { return sessionOrder(a.Status) - sessionOrder(b.Status) })
	p.show(c, http.StatusOK, "cohorts", cohortsPage{p.frame(c, "page.cohorts.title", "name", cycle.Name), cycle, list})
}

func sessionOrder(status string) int {
	switch status {
	case sessionOpen:
		return 0
	case sessionLocked:
		return 2
	default:
		return 1
	}
}

// sessionPage is one calibration session: the matrix, the distribution, everybody's rating before and after, and how severe
// each appraiser is.
type sessionPage struct {
	Frame
	Cohort     service.Cohort
	Open       bool
	Matrix     []matrixRow
	Bars       []predikatBar
	Members    []memberLine
	Changed    int
	WorkResult field
	Behaviour  field
	Reason     field
	Key        string
	refusal
}

// Path is the address of the session.
func (p sessionPage) Path() string { return "/kalibrasi/" + string(p.Cohort.ID) }

// matrixRow is a level of the work result with its cells from the lowest behaviour to the highest.
type matrixRow struct {
	WorkResult appraisal.Expectation
	Cells      []matrixCell
}

type matrixCell struct {
	Behaviour appraisal.Expectation
	Predikat  appraisal.Predikat // known where somebody stands in the cell
	Members   []memberLine
}

type memberLine struct {
	service.CohortMember
	Index  int
	Now    *service.Cell // after, or before while unchanged
	Chosen bool
}

// predikatBar is a line of the histogram; widths are percent of the cohort.
type predikatBar struct {
	Predikat appraisal.Predikat
	Before   int
	After    int
	Percent  string
	Width    int
	Was      int // width before the session
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
	}
	status := page.refuse(c, w, err, nil)
	chosen := appraisal.AppraisalID(values.Get("appraisal"))
	if chosen == "" {
		chosen = following(cohort, appraisal.AppraisalID(c.Query("sesudah")))
	}
	page.Members, page.Changed = memberLines(cohort, chosen)
	page.Matrix, page.Bars = matrixOf(page.Members), barsOf(cohort, w)
	page.WorkResult = w.levelSelect("work_result", "page.session.work_result", values.Get("work_result"), page.Faults)
	page.Behaviour = w.levelSelect("behaviour", "page.session.behaviour", values.Get("behaviour"), page.Faults)
	page.Reason = field{
		Name: "reason", Label: w.text("page.session.reason"), Kind: kindLine, Max: appraisal.MaxLine, Value: values.Get("reason"),
		Errors: page.Faults.Of("reason", w.text("page.session.reason")),
	}
	p.show(c, status, "session", page)
}

// following returns the member after the one who was changed last, so that the committee goes on without searching.
func following(cohort service.Cohort, changed appraisal.AppraisalID) appraisal.AppraisalID {
	i := slices.IndexFunc(cohort.Members, func(m service.CohortMember) bool { return m.Appraisal == changed })
	if changed == "" || i < 0 || i+1 >= len(cohort.Members) {
		return ""
	}
	return cohort.Members[i+1].Appraisal
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

func memberLines(cohort service.Cohort, chosen appraisal.AppraisalID) ([]memberLine, int) {
	var lines []memberLine
	changed := 0
	for i, m := range cohort.Members {
		line := memberLine{CohortMember: m, Index: i, Now: m.Before, Chosen: m.Appraisal == chosen}
		if m.After != nil {
			line.Now = m.After
			changed++
		}
		lines = append(lines, line)
	}
	return lines, changed
}

func matrixOf(members []memberLine) []matrixRow {
	levels := appraisal.Expectations()
	var rows []matrixRow
	for i := len(levels) - 1; i >= 0; i-- {
		row := matrixRow{WorkResult: levels[i]}
		for _, behaviour := range levels {
			cell := matrixCell{Behaviour: behaviour}
			for _, m := range members {
				if m.Now != nil && m.Now.WorkResult == levels[i] && m.Now.Behaviour == behaviour {
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

// barsOf draws the distribution before and after, for every predikat that occurs or that a guideline names.
func barsOf(cohort service.Cohort, w words) []predikatBar {
	before, rated := map[appraisal.Predikat]int{}, 0
	for _, m := range cohort.Members {
		if m.Before != nil {
			before[m.Before.Predikat]++
			rated++
		}
	}
	var bars []predikatBar
	for _, predikat := range appraisal.Predikats() {
		named := slices.ContainsFunc(cohort.Breaches, func(b appraisal.Breach) bool { return slices.Contains(b.Of, predikat) })
		if before[predikat] == 0 && cohort.Counts[predikat] == 0 && !named {
			continue
		}
		after := cohort.Counts[predikat]
		bars = append(bars, predikatBar{
			Predikat: predikat, Before: before[predikat], After: after, Percent: w.share(after, rated),
			Width: percent(after, rated), Was: percent(before[predikat], rated),
		})
	}
	return bars
}

// share writes part of whole as a percentage with one decimal.
func (w words) share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return w.number(strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64)) + "%"
}

func (p *Pages) changeRating(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CohortID(c.Param("cohort"))
	in := service.CalibrationChange{
		Appraisal: appraisal.AppraisalID(values.Get("appraisal")), WorkResult: appraisal.Expectation(values.Get("work_result")),
		Behaviour: appraisal.Expectation(values.Get("behaviour")), Reason: trimmed(values, "reason"),
	}
	if err := checkChange(in); err != nil {
		p.showSession(c, values, err)
		return
	}
	receipt, err := p.service.ChangeRating(c.Request.Context(), actor(c), callOf(values), id, in)
	if err != nil {
		p.showSession(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "rating_changed", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id)+"?sesudah="+url.QueryEscape(string(in.Appraisal))+"#ubah")
}

func checkChange(in service.CalibrationChange) error {
	var faults appraisal.Faults
	if in.Appraisal == "" {
		faults.Add("appraisal", "page.session.choose_member", nil)
	}
	if !in.WorkResult.Valid() {
		faults.Add("work_result", "error.expectation", nil)
	}
	if !in.Behaviour.Valid() {
		faults.Add("behaviour", "error.expectation", nil)
	}
	return faults.Err()
}

// lockPage asks to end a session; a breach of the guideline needs a justification.
type lockPage struct {
	Frame
	Cohort        service.Cohort
	Bars          []predikatBar
	Changed       int
	Missing       int
	Justification field
	Key           string
	refusal
}

func (p *Pages) confirmLock(c *gin.Context) { p.showLock(c, url.Values{}, nil) }

func (p *Pages) showLock(c *gin.Context, values url.Values, err error) {
	cohort, readErr := p.service.Cohort(c.Request.Context(), actor(c), appraisal.CohortID(c.Param("cohort")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := lockPage{
		Frame: p.frame(c, "page.lock.title", "unit", cohort.Unit), Cohort: cohort, Bars: barsOf(cohort, w),
		Missing: max(0, cohort.Expected-cohort.Ready), Key: keyAfter(values, err),
	}
	_, page.Changed = memberLines(cohort, "")
	status := page.refuse(c, w, err, nil)
	page.Justification = w.commentField("justification", "page.lock.justification", values.Get("justification"), page.Faults)
	page.Justification.Optional = len(cohort.Breaches) == 0
	p.show(c, status, "session_lock", page)
}

func (p *Pages) lock(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CohortID(c.Param("cohort"))
	receipt, err := p.service.LockCohort(c.Request.Context(), actor(c), callOf(values), id, service.Lock{Justification: trimmed(values, "justification")})
	if err != nil {
		p.showLock(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "session_locked", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id))
}
