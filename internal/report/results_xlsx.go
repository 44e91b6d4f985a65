package report

import (
	"cmp"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// writeXLSX writes the people as a stream, which goes to the disk beyond some size, and counts them on the way.
func writeXLSX(w io.Writer, head appraisal.ResultsHead, rows iter.Seq2[appraisal.ResultsRow, error], lang locale.Lang) (err error) {
	book := excelize.NewFile()
	defer func() { err = cmp.Or(err, book.Close()) }()
	names := []string{lang.Text("results.sheet.people", nil), lang.Text("results.sheet.distribution", nil), lang.Text("results.sheet.notes", nil)}
	if err := book.SetSheetName("Sheet1", names[0]); err != nil {
		return err
	}
	for _, name := range names[1:] {
		if _, err := book.NewSheet(name); err != nil {
			return err
		}
	}
	if err := book.SetDocProps(&excelize.DocProperties{
		Title: harmless(head.Cycle), Creator: "Telaah", Language: string(lang), Created: head.At.UTC().Format("2006-01-02T15:04:05Z"),
	}); err != nil {
		return err
	}
	styles, err := newStyles(book)
	if err != nil {
		return err
	}
	counts, err := peopleSheet(book, names[0], rows, lang, styles)
	if err != nil {
		return err
	}
	if err := distributionSheet(book, names[1], head.Predikats, counts, lang, styles); err != nil {
		return err
	}
	if err := notesSheet(book, names[2], head, counts, lang, styles); err != nil {
		return err
	}
	_, err = book.WriteTo(w)
	return err
}

// styles are the styles of cells.
type styles struct{ heading, text, number, decimal, percent int }

func newStyles(book *excelize.File) (styles, error) {
	const asText = 49
	const wholePercent = 10 // 0.00%
	var s styles
	for _, known := range []struct {
		at    *int
		style excelize.Style
	}{ // in an order, so that the same table is the same file
		{&s.heading, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8ECF0"}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&s.text, excelize.Style{NumFmt: asText}},
		{&s.number, excelize.Style{NumFmt: 1}},
		{&s.decimal, excelize.Style{NumFmt: 2}},
		{&s.percent, excelize.Style{NumFmt: wholePercent}},
	} {
		id, err := book.NewStyle(&known.style)
		if err != nil {
			return s, err
		}
		*known.at = id
	}
	return s, nil
}

// cell gives a value its type: numbers stay numbers, everything else is text, a NIP above all.
func (s styles) cell(v any) excelize.Cell {
	if t, ok := v.(string); ok {
		return excelize.Cell{StyleID: s.text, Value: harmless(t)}
	}
	if d, ok := v.(decimal); ok {
		n, err := strconv.ParseFloat(string(d), 64)
		if err != nil { // shown rather than lost
			return excelize.Cell{StyleID: s.text, Value: string(d)}
		}
		return excelize.Cell{StyleID: s.decimal, Value: n}
	}
	return excelize.Cell{StyleID: s.number, Value: v}
}

func (s styles) headings(lang locale.Lang, keys ...string) []any {
	cells := make([]any, len(keys))
	for i, k := range keys {
		cells[i] = excelize.Cell{StyleID: s.heading, Value: lang.Text(k, nil)}
	}
	return cells
}

func peopleSheet(book *excelize.File, name string, rows iter.Seq2[appraisal.ResultsRow, error], lang locale.Lang, s styles) (*resultsCounts, error) {
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(resultsColumns))
	for i, c := range resultsColumns {
		keys[i] = c.key
		if err := sheet.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	if err := sheet.SetRow("A1", s.headings(lang, keys...)); err != nil {
		return nil, err
	}
	counts := newResultsCounts()
	values := make([]any, len(resultsColumns))
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		counts.add(row)
		for i, c := range resultsColumns {
			values[i] = s.cell(c.value(row, lang))
		}
		at, err := excelize.CoordinatesToCellName(1, counts.people+1)
		if err != nil {
			return nil, err
		}
		if err := sheet.SetRow(at, values); err != nil {
			return nil, err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(resultsColumns), max(counts.people, 1)+1)
	if err != nil {
		return nil, err
	}
	// A table brings the filters, which a streamed sheet cannot have otherwise.
	if err := sheet.AddTable(&excelize.Table{Range: "A1:" + last, Name: "Results", StyleName: "TableStyleLight1"}); err != nil {
		return nil, err
	}
	return counts, sheet.Flush()
}

// resultsCounts are the numbers of people by version of the rating, and by unit those of the last version that there is.
type resultsCounts struct {
	people   int
	withheld int
	versions [3]map[appraisal.Predikat]int // reviewed, calibrated, final
	units    map[unitOfResults]map[appraisal.Predikat]int
}

type unitOfResults struct{ code, name string }

func newResultsCounts() *resultsCounts {
	c := &resultsCounts{units: map[unitOfResults]map[appraisal.Predikat]int{}}
	for i := range c.versions {
		c.versions[i] = map[appraisal.Predikat]int{}
	}
	return c
}

func (c *resultsCounts) add(r appraisal.ResultsRow) {
	c.people++
	if r.Withheld {
		c.withheld++
	}
	unit := unitOfResults{r.UnitCode, r.Unit}
	if c.units[unit] == nil {
		c.units[unit] = map[appraisal.Predikat]int{}
	}
	var last *appraisal.RatedCell
	for i, v := range []*appraisal.RatedCell{r.Reviewed, r.Calibrated, r.Final} {
		if v != nil {
			c.versions[i][v.Predikat]++
			last = v
		}
	}
	if last != nil {
		c.units[unit][last.Predikat]++
	}
}

// distributionSheet counts predikats for all and for each unit.
func distributionSheet(book *excelize.File, name string, predikats []appraisal.Predikat, c *resultsCounts, lang locale.Lang, s styles) error {
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sheet.SetColWidth(1, 2, 34); err != nil {
		return err
	}
	if err := sheet.SetColWidth(3, 9, 16); err != nil {
		return err
	}
	line := 0
	put := func(cells ...any) error {
		line++
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return sheet.SetRow(at, cells)
	}
	if err := put(s.headings(lang, "results.predikat", "results.reviewed", "results.share", "results.calibrated", "results.share", "results.final", "results.share")...); err != nil {
		return err
	}
	for _, p := range predikats {
		cells := []any{s.cell(lang.Text(p.Word(), nil))}
		for _, v := range c.versions {
			cells = append(cells, s.cell(v[p]), excelize.Cell{StyleID: s.percent, Value: share(v[p], total(v))})
		}
		if err := put(cells...); err != nil {
			return err
		}
	}
	cells := []any{s.cell(lang.Text("results.total", nil))}
	for _, v := range c.versions {
		cells = append(cells, s.cell(total(v)), "")
	}
	if err := put(cells...); err != nil {
		return err
	}
	if err := put(); err != nil {
		return err
	}
	keys := []string{"results.unit_code", "results.unit"}
	for _, p := range predikats {
		keys = append(keys, p.Word())
	}
	if err := put(s.headings(lang, append(keys, "results.total")...)...); err != nil {
		return err
	}
	for _, u := range slices.SortedFunc(maps.Keys(c.units), func(a, b unitOfResults) int { return cmp.Compare(a.code, b.code) }) {
		cells := []any{s.cell(u.code), s.cell(u.name)}
		for _, p := range predikats {
			cells = append(cells, s.cell(c.units[u][p]))
		}
		if err := put(append(cells, s.cell(total(c.units[u])))...); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func total(counts map[appraisal.Predikat]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// notesSheet says what the table is, of whom, by which rules, and when it was made by whom.
func notesSheet(book *excelize.File, name string, head appraisal.ResultsHead, c *resultsCounts, lang locale.Lang, s styles) error {
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sheet.SetColWidth(1, 1, 28); err != nil {
		return err
	}
	if err := sheet.SetColWidth(2, 2, 90); err != nil {
		return err
	}
	unit := head.Unit
	if unit == "" {
		unit = lang.Text("results.notes.everybody", nil)
	}
	lines := []struct {
		key   string
		value any
	}{
		{"results.notes.cycle", head.Cycle + " (" + head.CycleCode + ")"},
		{"results.notes.period", lang.Date(head.PeriodStart) + " – " + lang.Date(head.PeriodEnd)},
		{"results.notes.policy", lang.Text("results.notes.policy_version", map[string]any{"policy": head.Policy, "version": head.PolicyVersion})},
		{"results.notes.unit", unit},
		{"results.notes.people", c.people},
		{"results.notes.at", lang.DateTime(head.At)},
		{"results.notes.by", head.By},
		{"results.notes.versions", lang.Text("results.notes.versions_meaning", nil)},
		{"results.notes.units", lang.Text("results.notes.units_meaning", nil)},
	}
	if c.withheld > 0 {
		lines = append(lines, struct {
			key   string
			value any
		}{"results.note", lang.Text("results.notes.withheld", nil)})
	}
	for i, l := range lines {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := sheet.SetRow(at, []any{excelize.Cell{StyleID: s.heading, Value: lang.Text(l.key, nil)}, s.cell(l.value)}); err != nil {
			return err
		}
	}
	return sheet.Flush()
}
