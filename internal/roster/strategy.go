package roster

import (
	"strings"
	"unicode"

	"github.com/marelan/telaah/internal/appraisal"
)

// StrategyKind is a level of the strategy: the vision is served by missions, a mission by unit objectives.
type StrategyKind string

const (
	Vision    StrategyKind = "visi"
	Mission   StrategyKind = "misi"
	Objective StrategyKind = "sasaran"
)

// StrategyItem is a vision, mission or unit objective. An objective has a unit, an indicator, a Target as a decimal string with a
// point, and the Measure that it is counted in; Direction is empty for what has no target.
type StrategyItem struct {
	Code       string
	ParentCode string
	Kind       StrategyKind
	UnitCode   string
	Text       string
	Indicator  string
	Target     string
	Measure    string
	Direction  appraisal.Direction
	Row        int
}

const (
	stratCode = iota
	stratParent
	stratKind
	stratUnit
	stratText
	stratIndicator
	stratTarget
	stratMeasure
)

var strategyLayout = layout{name: "strategy", columns: []column{
	stratCode:      {header: "KODE", filled: true},
	stratParent:    {header: "INDUK", also: []string{"KODE INDUK"}},
	stratKind:      {header: "JENIS", filled: true},
	stratUnit:      {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT"}},
	stratText:      {header: "URAIAN", filled: true},
	stratIndicator: {header: "INDIKATOR"},
	stratTarget:    {header: "TARGET"},
	stratMeasure:   {header: "SATUAN"},
}}

// ReadStrategy reads the tree of vision, missions and objectives. Parents may stand in the file or in known.Strategy.
func ReadStrategy(file File, known Known) ([]StrategyItem, Report) {
	b := &book{}
	r := readAll(b, &file, &strategyLayout, stratCode, func(w row) StrategyItem { return readStrategyItem(w, known) })
	at := r.first(stratCode, "import.code_twice", func(i StrategyItem) string { return i.Code })
	tree := newChain(len(r.items))
	for _, item := range r.items {
		tree.add(item.Code, item.ParentCode)
	}
	tree.link()
	_, loops := tree.walk()
	looped := map[int]bool{}
	for _, loop := range loops {
		path := tree.describe(loop)
		for _, n := range loop {
			i := at[tree.codes[n]]
			looped[i] = true
			r.rows[i].fault(stratParent, "import.strategy_loop", args{"loop": path})
		}
	}
	for i, item := range r.items {
		if !looped[i] {
			checkStrategyParent(&r, i, item, at, known)
		}
	}
	return r.items, b.report()
}

func readStrategyItem(r row, known Known) StrategyItem {
	item := StrategyItem{ParentCode: r.text(stratParent, maxCode), Row: r.number}
	item.Code, _ = r.need(stratCode, maxCode)
	item.Text, _ = r.need(stratText, maxText)
	if s, ok := r.need(stratKind, maxCode); ok {
		switch kind := StrategyKind(strings.ToLower(s)); kind {
		case Vision, Mission, Objective:
			item.Kind = kind
		default:
			r.fault(stratKind, "import.strategy_kind", args{"value": printable(s)})
		}
	}
	if item.Kind != Objective {
		return item
	}
	item.UnitCode, _ = checkKnownUnit(r, stratUnit, known)
	item.Indicator, _ = r.need(stratIndicator, maxText)
	if s, ok := r.need(stratTarget, maxCode); ok {
		target, ok := parseDecimal(s)
		if !ok || target == "0" {
			r.fault(stratTarget, "import.target", args{"value": printable(s)})
		}
		item.Target = target
	}
	measure, _ := r.need(stratMeasure, maxName)
	item.Measure, item.Direction = splitDirection(measure)
	return item
}

// splitDirection takes a remark such as "(makin kecil makin baik)" off a measure. Without one, more is better.
func splitDirection(measure string) (string, appraisal.Direction) {
	open := strings.IndexByte(measure, '(')
	if open < 0 || !strings.HasSuffix(measure, ")") {
		return measure, appraisal.DirectionMore
	}
	words := strings.FieldsFunc(strings.ToLower(measure[open:]), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) != 4 || !strings.HasSuffix(words[0], "makin") || words[2] != words[0] || words[3] != "baik" {
		return measure, appraisal.DirectionMore
	}
	direction := appraisal.DirectionMore
	switch words[1] {
	case "kecil", "rendah", "sedikit", "cepat", "singkat", "pendek", "turun":
		direction = appraisal.DirectionLess
	}
	return strings.TrimSpace(measure[:open]), direction
}

// parentOf says which level each level hangs from; a vision hangs from nothing.
var parentOf = map[StrategyKind]StrategyKind{Mission: Vision, Objective: Mission}

func checkStrategyParent(r *reading[StrategyItem], i int, item StrategyItem, at map[string]int, known Known) {
	wanted, hangs := parentOf[item.Kind]
	w := r.rows[i]
	if item.Kind == "" || !w.has(stratParent) {
		return
	}
	if !hangs {
		if item.ParentCode != "" {
			w.fault(stratParent, "import.vision_parent", args{"value": printable(item.ParentCode)})
		}
		return
	}
	if item.ParentCode == "" {
		w.fault(stratParent, "import.strategy_parent_blank", args{"kind": string(item.Kind), "wanted": string(wanted)})
		return
	}
	kind, ok := known.Strategy[item.ParentCode]
	if j, inFile := at[item.ParentCode]; inFile {
		kind, ok = r.items[j].Kind, true
	}
	switch {
	case !ok && (r.uncertain(item.ParentCode) || known.Unchecked):
	case !ok:
		w.fault(stratParent, "import.strategy_parent_unknown", args{"value": printable(item.ParentCode), "wanted": string(wanted)})
	case kind != wanted && kind != "":
		w.fault(stratParent, "import.strategy_parent_kind", args{
			"value": printable(item.ParentCode), "kind": string(item.Kind), "found": string(kind), "wanted": string(wanted),
		})
	}
}
