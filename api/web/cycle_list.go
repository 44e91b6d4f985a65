package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

type cyclesPage struct {
	Frame
	Cycles    []service.Cycle
	MayManage bool
}

func (p *Pages) cycles(c *gin.Context) {
	list, err := p.service.Cycles(c.Request.Context(), actor(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.show(c, http.StatusOK, "cycles", cyclesPage{
		Frame: p.frame(c, "page.cycles.title"), Cycles: list, MayManage: appraisal.MayTry(actor(c), appraisal.ActionPrepareCycle) == nil,
	})
}

// newCyclePage prepares a cycle from a template.
type newCyclePage struct {
	Frame
	Key string
	refusal
	Code       field
	Name       field
	Start      field
	End        field
	Policy     field
	Template   field
	FirstStage field
	Units      field
	Templates  []appraisal.Template
	Policies   []service.InstalledPolicy
}

func (p *Pages) newCycle(c *gin.Context) { p.showNewCycle(c, url.Values{}, nil) }

func (p *Pages) showNewCycle(c *gin.Context, values url.Values, err error) {
	templates, readErr := p.service.Templates(c.Request.Context(), actor(c))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	policies, readErr := p.service.Policies(c.Request.Context(), actor(c))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := newCyclePage{Frame: p.frame(c, "page.cycle_new.title"), Key: keyAfter(values, err), Templates: templates, Policies: policies}
	status := page.refuse(c, w, err, nil)
	page.fill(values, w)
	p.show(c, status, "cycle_new", page)
}

func (page *newCyclePage) fill(values url.Values, w words) {
	line := func(name string, kind fieldKind, limit int) field {
		return field{
			Name: name, Label: w.text("page.cycle_new." + name), Hint: w.sentence("page.cycle_new." + name + ".hint"), Kind: kind, Max: limit,
			Value: values.Get(name), Errors: page.Faults.Of(name, w.text("page.cycle_new."+name)),
		}
	}
	page.Code, page.Name = line("code", kindLine, 40), line("name", kindLine, 200)
	page.Start, page.End = line("period_start", kindDate, 0), line("period_end", kindDate, 0)
	page.Units = line("units", kindText, 2000)
	page.Units.Rows, page.Units.Optional = 2, true
	page.Policy = line("policy", kindSelect, 0)
	page.Policy.Groups = []optionGroup{policyOptions(page.Policies, page.Policy.Value, w)}
	page.Template = line("template_name", kindSelect, 0)
	group := optionGroup{}
	chosen := values.Get("template_name")
	if chosen == "" {
		chosen = defaultTemplate
	}
	for _, t := range page.Templates {
		label := t.Name
		if said := w.sentence("term.template." + t.Name); said != "" {
			label = said
		}
		group.Options = append(group.Options, option{Value: t.Name, Label: label, Chosen: t.Name == chosen})
	}
	page.Template.Groups = []optionGroup{group}
	page.FirstStage = line("first_stage", kindSelect, 0)
	stages := optionGroup{Options: []option{{Label: w.text("page.cycle_new.first_stage.default")}}}
	for _, s := range appraisal.Stages {
		if s != appraisal.StageObjection && s != appraisal.StageClosed {
			stages.Options = append(stages.Options, option{Value: string(s), Label: w.stage(s), Chosen: string(s) == values.Get("first_stage")})
		}
	}
	page.FirstStage.Groups = []optionGroup{stages}
}

// defaultTemplate is proposed to HR, who may choose another one.
const defaultTemplate = "tahunan"

func policyOptions(policies []service.InstalledPolicy, chosen string, w words) optionGroup {
	known := slices.ContainsFunc(policies, func(p service.InstalledPolicy) bool { return p.Ref == chosen })
	var group optionGroup
	for _, p := range policies {
		group.Options = append(group.Options, option{
			Value: p.Ref, Chosen: p.Ref == chosen || !known && p.Default,
			Label: w.text("page.cycle_new.policy.option", "source", p.Source, "kind", w.text("term.policy_kind."+string(p.Kind)), "name", p.Name, "version", p.Version),
		})
	}
	return group
}

func (p *Pages) createCycle(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	in := service.NewCycle{
		Code: trimmed(values, "code"), Name: trimmed(values, "name"), PeriodStart: trimmed(values, "period_start"),
		PeriodEnd: trimmed(values, "period_end"), Policy: trimmed(values, "policy"), TemplateName: values.Get("template_name"),
		FirstStage: appraisal.Stage(values.Get("first_stage")), Units: codes(values.Get("units")),
	}
	cycle, err := p.service.CreateCycle(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, in)
	if err != nil {
		p.showNewCycle(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "cycle_created", At: p.now()})
	c.Redirect(http.StatusSeeOther, "/siklus/"+string(cycle.ID)+"/pratinjau")
}

// codes splits a list of unit codes at commas, semicolons and line ends.
func codes(typed string) []string {
	split := strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' })
	for i := range split {
		split[i] = strings.TrimSpace(split[i])
	}
	return slices.DeleteFunc(split, func(s string) bool { return s == "" })
}
