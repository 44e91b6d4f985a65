package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// planForm drafts a performance plan (SKP).
type planForm struct {
	KeyResults []appraisal.KeyResult `json:"key_results"`

	copied string // what is chosen to be copied
}

type planPage struct {
	taskPage
	planFields
	Returned string // the appraiser's comment on the version before
}

// planFields are the controls of a plan, of a first version and of a change.
type planFields struct {
	Unplanned  bool // the superior has no plan yet that could be served
	Results    []keyResultFields
	General    []string // what is wrong with the plan as a whole
	CanAdd     bool
	Alignments []service.Alignment
	Copy       *field // what may be copied; nil where there is nothing, or no room
	Weights    string // what the weights add up to so far; empty where the policy has none
}

type keyResultFields struct {
	Index      int
	Name       string // path of the key result in the input
	ID         string // of what goes on from the version before
	Anchor     string
	Statement  field
	Serves     field
	Weight     *field              // nil where the policy has no weights
	Chain      []service.ChainLink // above what is served, up to the vision
	Indicators []indicatorFields
	Errors     []string
	CanAdd     bool
	CanRemove  bool
}

type indicatorFields struct {
	Index       int
	Name        string
	ID          string
	Anchor      string
	Description field
	Source      *field // nil where nothing is measured
	Aspect      field
	Target      field
	Measure     field
	Direction   field
	Judged      string // when the target counts as met
	CanRemove   bool
}

func (f *planForm) template() string { return "task_plan" }

func (f *planForm) begin(view service.StepForm, w words) {
	if view.Appraisal.Plan == nil {
		f.KeyResults = []appraisal.KeyResult{emptyKeyResult()}
		return
	}
	for _, kr := range view.Appraisal.Plan.KeyResults {
		typed := appraisal.KeyResult{
			ID: kr.ID, Statement: kr.Statement, ServesKeyResult: kr.ServesKeyResult, ServesStrategy: kr.ServesStrategy,
			Weight: w.lang.Number(kr.Weight),
		}
		for _, ind := range kr.Indicators {
			copied := ind.Indicator
			copied.Target = w.lang.Number(copied.Target)
			typed.Indicators = append(typed.Indicators, copied)
		}
		f.KeyResults = append(f.KeyResults, typed)
	}
}

func emptyKeyResult() appraisal.KeyResult {
	return appraisal.KeyResult{Indicators: []appraisal.Indicator{{Direction: appraisal.DirectionMore}}}
}

// Prefixes of a value that names what a key result serves.
const (
	servesKeyResult = "hasil:"
	servesStrategy  = "sasaran:"
)

func (f *planForm) parse(values url.Values) {
	f.KeyResults, f.copied = nil, values.Get("copy")
	for _, i := range indexes(values, "key_results", appraisal.MaxKeyResults+1) {
		at := fmt.Sprintf("key_results[%d]", i)
		kr := appraisal.KeyResult{
			ID: values.Get(at + ".id"), Statement: trimmed(values, at+".statement"), Weight: trimmed(values, at+".weight"),
		}
		serves := values.Get(at + ".serves")
		if id, ok := strings.CutPrefix(serves, servesKeyResult); ok {
			kr.ServesKeyResult = id
		} else if id, ok := strings.CutPrefix(serves, servesStrategy); ok {
			kr.ServesStrategy = id
		}
		for _, j := range indexes(values, at+".indicators", appraisal.MaxIndicators+1) {
			at := fmt.Sprintf("%s.indicators[%d]", at, j)
			kr.Indicators = append(kr.Indicators, appraisal.Indicator{
				ID:          values.Get(at + ".id"),
				Aspect:      appraisal.Aspect(values.Get(at + ".aspect")),
				Description: trimmed(values, at+".description"),
				Target:      trimmed(values, at+".target"),
				Measure:     trimmed(values, at+".measure"),
				Direction:   appraisal.Direction(values.Get(at + ".direction")),
				Source:      appraisal.Source(values.Get(at + ".source")),
			})
		}
		f.KeyResults = append(f.KeyResults, kr)
	}
}

// edit knows "salin", "tambah-hasil", "hapus-hasil:2", "tambah-indikator:2" and "hapus-indikator:2:1".
func (f *planForm) edit(action string, view service.StepForm, w words) (string, bool) {
	verb, place, _ := strings.Cut(action, ":")
	first, second, _ := strings.Cut(place, ":")
	i, errI := strconv.Atoi(first)
	j, errJ := strconv.Atoi(second)
	known := errI == nil && i >= 0 && i < len(f.KeyResults)
	switch {
	case verb == "salin":
		return f.copyFrom(view, w)
	case verb == "tambah-hasil" && len(f.KeyResults) < appraisal.MaxKeyResults:
		f.KeyResults = append(f.KeyResults, emptyKeyResult())
		return keyResultAnchor(len(f.KeyResults) - 1), true
	case verb == "hapus-hasil" && known:
		f.KeyResults = slices.Delete(f.KeyResults, i, i+1)
		return keyResultAnchor(max(0, i-1)), true
	case verb == "tambah-indikator" && known && len(f.KeyResults[i].Indicators) < appraisal.MaxIndicators:
		kr := &f.KeyResults[i]
		kr.Indicators = append(kr.Indicators, appraisal.Indicator{Direction: appraisal.DirectionMore})
		return indicatorAnchor(i, len(kr.Indicators)-1), true
	case verb == "hapus-indikator" && known && errJ == nil && j >= 0 && j < len(f.KeyResults[i].Indicators):
		kr := &f.KeyResults[i]
		kr.Indicators = slices.Delete(kr.Indicators, j, j+1)
		return keyResultAnchor(i), true
	default:
		return "", false
	}
}

func keyResultAnchor(i int) string    { return fmt.Sprintf("hasil-%d", i+1) }
func indicatorAnchor(i, j int) string { return fmt.Sprintf("indikator-%d-%d", i+1, j+1) }

// plan returns the key results with their numbers as the domain writes them.
func (f *planForm) plan(w words) []appraisal.KeyResult {
	out := slices.Clone(f.KeyResults)
	for i := range out {
		out[i].Weight = w.decimal(out[i].Weight)
		out[i].Indicators = slices.Clone(out[i].Indicators)
		for j := range out[i].Indicators {
			out[i].Indicators[j].Target = w.decimal(out[i].Indicators[j].Target)
		}
	}
	return out
}

func (f *planForm) check(view service.StepForm, w words) error {
	return appraisal.ValidatePlan(f.plan(w), view.Appraisal.Rules.Kind, view.Appraisal.PositionKind.Level())
}

func (f *planForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	return s.SubmitPlan(ctx, actor, call, step, f.plan(w))
}

func (f *planForm) page(task taskPage, view service.StepForm, w words) any {
	page := planPage{taskPage: task, planFields: f.fields(task.Faults, view, w)}
	if plan := view.Appraisal.Plan; plan != nil && plan.State == "returned" {
		page.Returned = plan.Comment
	}
	return page
}

func (f *planForm) fields(faults faults, view service.StepForm, w words) planFields {
	fields := planFields{
		CanAdd: len(f.KeyResults) < appraisal.MaxKeyResults, Alignments: view.Alignments, General: faults.At("key_results"),
		Unplanned: len(view.Alignments) > 0 && view.Alignments[0].KeyResult == "",
	}
	if fields.CanAdd && len(view.Copyables) > 0 {
		fields.Copy = copyField(view.Copyables, f.copied, w)
	}
	if weighted(view) {
		fields.Weights = w.text("form.plan.weights", "sum", w.number(appraisal.WeightsSum(f.plan(w))))
	}
	for i, kr := range f.KeyResults {
		fields.Results = append(fields.Results, keyResultFieldsOf(i, kr, len(f.KeyResults) > 1, faults, view, w))
	}
	return fields
}

func keyResultFieldsOf(i int, kr appraisal.KeyResult, several bool, faults faults, view service.StepForm, w words) keyResultFields {
	at := fmt.Sprintf("key_results[%d]", i)
	out := keyResultFields{
		Index: i, Name: at, ID: kr.ID, Anchor: keyResultAnchor(i), Errors: faults.At(at + ".indicators"), CanRemove: several,
		CanAdd: len(kr.Indicators) < appraisal.MaxIndicators,
		Statement: field{
			Name: at + ".statement", Label: w.text("form.plan.statement"), Hint: w.text("form.plan.statement.hint"), Kind: kindText, Rows: 2,
			Max: appraisal.MaxLine, Value: kr.Statement, Errors: faults.Of(at+".statement", w.text("form.plan.statement")),
		},
		Serves: servesField(at+".serves", kr, faults, view.Alignments, w),
	}
	if weighted(view) {
		out.Weight = &field{
			Name: at + ".weight", Label: w.text("form.plan.weight"), Hint: w.text("form.plan.weight.hint"), Kind: kindNumber, Value: kr.Weight,
			Suffix: "%", Errors: faults.Of(at+".weight", w.text("form.plan.weight")),
		}
	}
	for _, a := range view.Alignments {
		if a.KeyResult != "" && a.KeyResult == kr.ServesKeyResult || a.Strategy != "" && a.Strategy == kr.ServesStrategy {
			out.Chain = a.Chain
		}
	}
	for j, ind := range kr.Indicators {
		out.Indicators = append(out.Indicators, indicatorFieldsOf(i, j, ind, len(kr.Indicators) > 1, faults, view, w))
	}
	return out
}

// weighted reports whether the cycle's policy gives key results weights.
func weighted(view service.StepForm) bool {
	return view.Appraisal.Rules.Kind == appraisal.PolicyNumeric
}

func servesField(name string, kr appraisal.KeyResult, faults faults, alignments []service.Alignment, w words) field {
	superior := optionGroup{Label: w.text("form.plan.serves.superior")}
	near := optionGroup{Label: w.text("form.plan.serves.near")}
	strategy := optionGroup{Label: w.text("form.plan.serves.strategy")}
	gone := optionGroup{Label: w.text("form.plan.serves.gone")}
	for _, a := range alignments {
		o := option{Value: servesStrategy + a.Strategy, Label: a.Statement, Chosen: a.Strategy != "" && a.Strategy == kr.ServesStrategy}
		if a.KeyResult != "" {
			o.Value, o.Chosen = servesKeyResult+a.KeyResult, a.KeyResult == kr.ServesKeyResult
		}
		switch {
		case a.Gone && o.Chosen:
			gone.Options = append(gone.Options, o)
		case a.Gone:
		case a.KeyResult != "":
			superior.Options = append(superior.Options, o)
		case a.Near:
			near.Options = append(near.Options, o)
		default:
			strategy.Options = append(strategy.Options, o)
		}
	}
	f := field{
		Name: name, Label: w.text("form.plan.serves"), Hint: w.text("form.plan.serves.hint"), Kind: kindSelect, Errors: faults.Of(name, w.text("form.plan.serves")),
		Groups: []optionGroup{{Options: []option{{Label: w.text("form.choose")}}}},
	}
	for _, g := range []optionGroup{superior, near, strategy, gone} {
		if len(g.Options) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	return f
}

func indicatorFieldsOf(i, j int, ind appraisal.Indicator, several bool, faults faults, view service.StepForm, w words) indicatorFields {
	at := fmt.Sprintf("key_results[%d].indicators[%d]", i, j)
	aspects := optionGroup{Options: []option{{Label: w.text("form.choose")}}}
	for _, a := range appraisal.Aspects(view.Appraisal.PositionKind.Level()) {
		aspects.Options = append(aspects.Options, option{Value: string(a), Label: w.word(a), Chosen: a == ind.Aspect})
	}
	aspect := w.aspectLabel(view.Appraisal.PositionKind)
	directions := optionGroup{}
	for _, d := range []appraisal.Direction{appraisal.DirectionMore, appraisal.DirectionLess} {
		directions.Options = append(directions.Options, option{Value: string(d), Label: w.word(d), Chosen: d == ind.Direction})
	}
	out := indicatorFields{
		Index: j, Name: at, ID: ind.ID, Anchor: indicatorAnchor(i, j), CanRemove: several,
		Description: field{
			Name: at + ".description", Label: w.text("form.plan.indicator"), Kind: kindLine, Max: appraisal.MaxLine,
			Value: ind.Description, Errors: faults.Of(at+".description", w.text("form.plan.indicator")),
		},
		Aspect: field{
			Name: at + ".aspect", Label: aspect, Kind: kindSelect, Groups: []optionGroup{aspects},
			Errors: faults.Of(at+".aspect", aspect),
		},
		Target: field{
			Name: at + ".target", Label: w.text("form.plan.target"), Kind: kindNumber, Value: ind.Target,
			Errors: faults.Of(at+".target", w.text("form.plan.target")),
		},
		Measure: field{
			Name: at + ".measure", Label: w.text("form.plan.measure"), Kind: kindLine, Max: 60, Value: ind.Measure,
			Errors: faults.Of(at+".measure", w.text("form.plan.measure")),
		},
		Direction: field{
			Name: at + ".direction", Label: w.text("form.plan.direction"), Kind: kindSelect, Groups: []optionGroup{directions},
			Errors: faults.Of(at+".direction", w.text("form.plan.direction")),
		},
	}
	out.Source = sourceField(at+".source", ind, faults, view.Sources, w)
	if ind.Target != "" && ind.Measure != "" && ind.Direction.Valid() {
		out.Judged = w.judged(ind.Direction, w.number(w.decimal(ind.Target)), ind.Measure)
	}
	return out
}

// aspectLabel is what a position's indicators are sorted by: the aspect, of a JPT the perspective.
func (w words) aspectLabel(kind appraisal.PositionKind) string {
	if kind.Level() == appraisal.LevelJPT {
		return w.text("form.plan.perspective")
	}
	return w.text("form.plan.aspect")
}

// chain says what is served and, below it, what that leads up to.
func (w words) chain(a service.Alignment) string {
	said := a.Statement
	for _, l := range a.Chain {
		said += "\n→ " + w.term("chain", l.Kind) + ": " + l.Statement
	}
	return said
}

// judged says when a target counts as met.
func (w words) judged(d appraisal.Direction, target, measure string) string {
	return w.text("form.plan.judged."+string(d), "target", target, "measure", measure)
}

// label names a field by its key result and indicator: "Key result 2, indicator 1".
func (f *planForm) label(name string, w words) string {
	var i, j int
	if n, _ := fmt.Sscanf(name, "key_results[%d].indicators[%d]", &i, &j); n == 2 {
		return w.text("form.plan.result", "number", i+1) + ", " + w.text("form.plan.indicator_number", "number", j+1)
	}
	if n, _ := fmt.Sscanf(name, "key_results[%d]", &i); n == 1 {
		return w.text("form.plan.result", "number", i+1)
	}
	return ""
}

func (f *planForm) summary(view service.StepForm, w words) []summaryGroup {
	var groups []summaryGroup
	for i, kr := range f.plan(w) {
		g := summaryGroup{Title: w.text("form.plan.result", "number", i+1)}
		g.Lines = append(g.Lines, summaryLine{w.text("form.plan.statement"), kr.Statement})
		for _, a := range view.Alignments {
			if a.KeyResult != "" && a.KeyResult == kr.ServesKeyResult || a.Strategy != "" && a.Strategy == kr.ServesStrategy {
				g.Lines = append(g.Lines, summaryLine{w.text("form.plan.serves"), w.chain(a)})
			}
		}
		if kr.Weight != "" {
			g.Lines = append(g.Lines, summaryLine{w.text("form.plan.weight"), w.number(kr.Weight) + "%"})
		}
		for _, ind := range kr.Indicators {
			g.Lines = append(g.Lines, summaryLine{
				w.text("form.plan.indicator") + " (" + w.word(ind.Aspect) + ")",
				ind.Description + "\n" + w.judged(ind.Direction, w.number(ind.Target), ind.Measure) + w.measuredBy(ind.Source),
			})
		}
		groups = append(groups, g)
	}
	return groups
}
