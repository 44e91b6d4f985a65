package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// cyclePage shows how far a cycle has come, by stage and by unit.
type cyclePage struct {
	Frame
	Cycle     service.Cycle
	Percent   int // of the people whose appraisal has ended
	Starting  int // percent of the people who are in a stage already
	Stages    []stageCount
	Units     []unitCount
	MoreUnits int // left out of the table to keep the page small
	Stalled   int
	Commands  []string
	Rules     []appraisal.StepRule
	Execution string // address of the cycle's execution
	MayManage bool
	MayJoin   bool // somebody can be added
	MayRate   bool // the organisation's ratings of units
	Committee bool

	MayReadPulse  bool
	MayAlign      bool // how far objectives are carried
	MayReadSpread bool // how the ratings spread
}

// Path is the address of the page.
func (p cyclePage) Path() string { return "/siklus/" + string(p.Cycle.ID) }

type stageCount struct {
	Stage   appraisal.Stage
	People  int
	Stalled int
	Percent int
	Width   int // of the bar, in percent of the longest
}

type unitCount struct {
	ID      appraisal.UnitID
	Name    string
	People  int
	Ended   int
	Stalled int
	Parts   []barPart
}

// barPart is one stage of a unit's bar: offset and width in percent.
type barPart struct {
	Stage  appraisal.Stage
	X      float64
	Width  float64
	Tint   int // 0 at the first stage to 9 at the last
	People int
}

// mostUnits keeps the page of a large government small; the others are reached through the list.
const mostUnits = 120

func (p *Pages) cycle(c *gin.Context) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, err := p.service.Cycle(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	var rows []service.FunnelRow
	if cycle.Status != cycleDraft {
		if rows, err = p.service.Funnel(ctx, actor(c), id); err != nil {
			p.Fault(c, err)
			return
		}
	}
	page := cyclePage{
		Frame: p.frame(c, "page.cycle.title", "name", cycle.Name), Cycle: cycle, Percent: percent(cycle.Ended, cycle.People),
		Starting: percent(cycle.Started, cycle.People), Rules: cycle.Template.Steps, Execution: p.executionURL(cycle.WorkflowID),
		MayManage: may(c, appraisal.ActionManageCycle, cycle.Subject), Committee: may(c, appraisal.ActionCalibrate, cycle.Subject),
		MayReadPulse: may(c, appraisal.ActionReadPulse, cycle.Subject), MayRate: appraisal.MayTry(actor(c), appraisal.ActionRateUnit) == nil,
		MayReadSpread: appraisal.MayTry(actor(c), appraisal.ActionReadSpread) == nil,
	}
	if page.MayManage {
		page.Commands = commandsFor(cycle.Status)
	}
	page.MayJoin = appraisal.MayTry(actor(c), appraisal.ActionEnrol) == nil && (cycle.Status == cycleRunning || cycle.Status == cyclePaused)
	reach := appraisal.Reach(actor(c), appraisal.ActionReadAlignment)
	page.MayAlign = reach.Everywhere || len(reach.Units) > 0
	page.Stages, page.Stalled = byStage(rows)
	page.Units = byUnit(rows)
	if len(page.Units) > mostUnits {
		page.Units, page.MoreUnits = page.Units[:mostUnits], len(page.Units)-mostUnits
	}
	p.show(c, http.StatusOK, "cycle", page)
}

func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return part * 100 / whole
}

// byStage sums the funnel over units.
func byStage(rows []service.FunnelRow) ([]stageCount, int) {
	people, stalled, total, allStalled, longest := map[appraisal.Stage]int{}, map[appraisal.Stage]int{}, 0, 0, 0
	for _, r := range rows {
		people[r.Stage] += r.People
		total += r.People
		longest = max(longest, people[r.Stage])
		if r.Health.Stalled() && !r.Stage.Ended() {
			stalled[r.Stage] += r.People
			allStalled += r.People
		}
	}
	var out []stageCount
	for _, s := range funnelStages() {
		if people[s] == 0 {
			continue
		}
		out = append(out, stageCount{
			Stage: s, People: people[s], Stalled: stalled[s], Percent: percent(people[s], total), Width: max(1, percent(people[s], longest)),
		})
	}
	return out, allStalled
}

// funnelStages lists every stage at which an appraisal can stand, in order.
func funnelStages() []appraisal.Stage {
	return append(append([]appraisal.Stage{appraisal.StagePending}, appraisal.Stages...), appraisal.StageWithdrawn)
}

const deepestTint = 9

// byUnit sums the funnel over stages, the units with most unfinished appraisals first.
func byUnit(rows []service.FunnelRow) []unitCount {
	counts := map[appraisal.UnitID]*unitCount{}
	stages := map[appraisal.UnitID]map[appraisal.Stage]int{}
	for _, r := range rows {
		u := counts[r.UnitID]
		if u == nil {
			u = &unitCount{ID: r.UnitID, Name: r.Unit}
			counts[r.UnitID], stages[r.UnitID] = u, map[appraisal.Stage]int{}
		}
		u.People += r.People
		stages[r.UnitID][r.Stage] += r.People
		switch {
		case r.Stage.Ended():
			u.Ended += r.People
		case r.Health.Stalled():
			u.Stalled += r.People
		}
	}
	var out []unitCount
	for id, u := range counts {
		x := 0.0
		for i, s := range funnelStages() {
			if n := stages[id][s]; n > 0 {
				width := 100 * float64(n) / float64(u.People)
				u.Parts = append(u.Parts, barPart{Stage: s, X: x, Width: width, Tint: min(i*deepestTint/(len(appraisal.Stages)), deepestTint), People: n})
				x += width
			}
		}
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b unitCount) int {
		return cmp.Or(cmp.Compare(b.Stalled, a.Stalled), cmp.Compare(b.People-b.Ended, a.People-a.Ended), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// previewPage shows before a launch whom it takes in, what is wrong and when everything is due.
type previewPage struct {
	Frame
	service.Preview
	Blocked   bool
	Findings  []findingGroup
	LeftOut   []exclusion
	MayLaunch bool
}

// exclusion is a reason with those who are left out for it.
type exclusion struct {
	Reason string
	Names  []string
	More   int
}

// findingGroup is a finding with those whom it concerns.
type findingGroup struct {
	Says     string
	Blocking bool
	Names    []string
	More     int
}

// mostNames keeps a finding that concerns everybody readable.
const mostNames = 30

func (p *Pages) preview(c *gin.Context) {
	view, err := p.service.Preview(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := previewPage{Frame: p.frame(c, "page.preview.title", "name", view.Cycle.Name), Preview: view}
	at := map[string]int{}
	for _, f := range view.Findings {
		i, known := at[f.Key]
		if !known {
			i = len(page.Findings)
			at[f.Key] = i
			page.Findings = append(page.Findings, findingGroup{Says: w.text(f.Key), Blocking: f.Blocking})
		}
		g := &page.Findings[i]
		name := f.Name
		if f.Instead != "" {
			name = w.text("period.preview.instead", "name", f.Name, "instead", f.Instead)
		}
		g.Names, g.More = withName(g.Names, g.More, name)
		page.Blocked = page.Blocked || f.Blocking
	}
	out := map[string]int{}
	for _, e := range view.Excluded {
		i, known := out[e.Reason]
		if !known {
			i = len(page.LeftOut)
			out[e.Reason] = i
			page.LeftOut = append(page.LeftOut, exclusion{Reason: w.text(e.Reason)})
		}
		x := &page.LeftOut[i]
		x.Names, x.More = withName(x.Names, x.More, e.Name)
	}
	page.MayLaunch = view.Cycle.Status == cycleDraft && !page.Blocked
	p.show(c, http.StatusOK, "cycle_preview", page)
}

func withName(names []string, more int, name string) ([]string, int) {
	switch {
	case name == "":
		return names, more
	case len(names) < mostNames:
		return append(names, name), more
	default:
		return names, more + 1
	}
}

// listPage is HR's list of a cycle's appraisals.
type listPage struct {
	Frame
	Cycle  service.Cycle
	Items  []listLine
	Filter service.ListFilter
	Stages []option
	Health []option
	Units  []option
	Next   string // address of the next page
	First  string // address of the first page, on a later one
}

type listLine struct {
	service.Listed
	Late    bool
	MayRead bool // the reader may open the appraisal
}

// rowsPerPage keeps a list below the size that an old phone loads well.
const rowsPerPage = 50

func (p *Pages) cycleAppraisals(c *gin.Context) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, err := p.service.Cycle(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	filter := service.ListFilter{
		Stage: appraisal.Stage(c.Query("tahap")), Health: appraisal.Health(c.Query("keadaan")), Unit: appraisal.UnitID(c.Query("unit")),
		After: c.Query("sesudah"), Limit: rowsPerPage,
	}
	list, err := p.service.Appraisals(ctx, actor(c), id, filter)
	if err != nil {
		p.Fault(c, err)
		return
	}
	rows, err := p.service.Funnel(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := listPage{
		Frame: p.frame(c, "page.list.title", "name", cycle.Name), Cycle: cycle, Filter: filter,
	}
	for _, item := range list.Items {
		page.Items = append(page.Items, listLine{
			Listed: item, Late: !item.Stage.Ended() && p.past(item.Deadline), MayRead: may(c, appraisal.ActionReadAppraisal, item.Subject),
		})
	}
	for _, s := range funnelStages() {
		page.Stages = append(page.Stages, option{Value: string(s), Label: w.stage(s), Chosen: s == filter.Stage})
	}
	for _, h := range healths() {
		page.Health = append(page.Health, option{Value: string(h), Label: w.term("health", h), Chosen: h == filter.Health})
	}
	page.Units = unitOptions(rows, filter.Unit)
	address := url.Values{}
	for name, v := range map[string]string{"tahap": string(filter.Stage), "keadaan": string(filter.Health), "unit": string(filter.Unit)} {
		if v != "" {
			address.Set(name, v)
		}
	}
	if filter.After != "" {
		page.First = "?" + address.Encode()
	}
	if list.Next != "" {
		address.Set("sesudah", list.Next)
		page.Next = "?" + address.Encode()
	}
	p.show(c, http.StatusOK, "cycle_list", page)
}

// healths lists every health, the quiet ones first.
func healths() []appraisal.Health {
	return []appraisal.Health{
		appraisal.HealthOnTime, appraisal.HealthPaused, appraisal.HealthWaitingOnPerson, appraisal.HealthPersonOnLeave,
		appraisal.HealthPersonLeft, appraisal.HealthNoAppraiser, appraisal.HealthMailBouncing, appraisal.HealthInsufficientPeers,
		appraisal.HealthCohortIncomplete, appraisal.HealthWorkflowError,
	}
}

func unitOptions(rows []service.FunnelRow, chosen appraisal.UnitID) []option {
	seen := map[appraisal.UnitID]bool{}
	var out []option
	for _, r := range rows {
		if !seen[r.UnitID] {
			seen[r.UnitID] = true
			out = append(out, option{Value: string(r.UnitID), Label: r.Unit, Chosen: r.UnitID == chosen})
		}
	}
	slices.SortFunc(out, func(a, b option) int { return cmp.Compare(a.Label, b.Label) })
	return out
}
