package report

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Results writes a table of results. As XLSX it has three sheets: the people, the distribution, and notes on what it is; as CSV it
// is the people alone, in UTF-8 with a byte order mark, with the separator that spreadsheets of the language expect.
func (p *Press) Results(w io.Writer, format appraisal.ResultsFormat, head appraisal.ResultsHead, rows iter.Seq2[appraisal.ResultsRow, error], lang locale.Lang) error {
	write := writeXLSX
	if format == appraisal.ResultsCSV {
		write = writeCSV
	}
	if err := write(w, head, rows, lang); err != nil {
		return fmt.Errorf("results of %s: %w", head.CycleCode, err)
	}
	return nil
}

// resultsColumn is a column of the table: the key of its heading, its width in signs, and what stands in it: a string, an int or a decimal.
type resultsColumn struct {
	key   string
	width float64
	value func(r appraisal.ResultsRow, lang locale.Lang) any
}

var resultsColumns = append([]resultsColumn{
	{"results.nip", 21, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.NIP }},
	{"results.name", 34, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.Name }},
	{"results.grade", 10, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.Grade }},
	{"results.post", 34, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.Post }},
	{"results.position_kind", 16, func(r appraisal.ResultsRow, l locale.Lang) any { return term(l, "position", string(r.PositionKind)) }},
	{"results.unit_code", 14, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.UnitCode }},
	{"results.unit", 34, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.Unit }},
	{"results.appraiser", 34, func(r appraisal.ResultsRow, _ locale.Lang) any { return r.Appraiser }},
	{"results.stage", 22, func(r appraisal.ResultsRow, l locale.Lang) any { return l.Text("stage."+string(r.Stage), nil) }},
}, append(append(append(
	ratedColumns("reviewed", func(r appraisal.ResultsRow) *appraisal.RatedCell { return r.Reviewed }),
	ratedColumns("calibrated", func(r appraisal.ResultsRow) *appraisal.RatedCell { return r.Calibrated })...),
	ratedColumns("final", func(r appraisal.ResultsRow) *appraisal.RatedCell { return r.Final })...),
	resultsColumn{"results.objection", 22, func(r appraisal.ResultsRow, l locale.Lang) any { return l.Text(r.Objection.Word(), nil) }},
	resultsColumn{"results.hours", 12, func(r appraisal.ResultsRow, _ locale.Lang) any {
		if r.Hours == nil {
			return ""
		}
		return *r.Hours
	}},
	resultsColumn{"results.note", 30, func(r appraisal.ResultsRow, l locale.Lang) any {
		if r.Withheld {
			return l.Text("results.withheld", nil)
		}
		return ""
	}},
)...)

// ratedColumns are the three columns of one version of the rating.
func ratedColumns(version string, of func(appraisal.ResultsRow) *appraisal.RatedCell) []resultsColumn {
	column := func(part string, says func(c appraisal.RatedCell, l locale.Lang) any) resultsColumn {
		return resultsColumn{"results." + version + "." + part, 20, func(r appraisal.ResultsRow, l locale.Lang) any {
			if c := of(r); c != nil {
				return says(*c, l)
			}
			return ""
		}}
	}
	return []resultsColumn{
		column("work_result", func(c appraisal.RatedCell, l locale.Lang) any {
			return levelOrScore(c.WorkResult, c.WorkResultScore, l)
		}),
		column("behaviour", func(c appraisal.RatedCell, l locale.Lang) any { return levelOrScore(c.Behaviour, c.BehaviourScore, l) }),
		column("score", func(c appraisal.RatedCell, _ locale.Lang) any { return figure(c.Score) }),
		column("predikat", func(c appraisal.RatedCell, l locale.Lang) any { return l.Text(c.Predikat.Word(), nil) }),
	}
}

func levelOrScore(level appraisal.Expectation, score appraisal.Decimal, l locale.Lang) any {
	if level != "" {
		return l.Text(level.Word(), nil)
	}
	return figure(score)
}

// decimal is a number with places, which each format writes in its own way.
type decimal appraisal.Decimal

func figure(d appraisal.Decimal) any {
	if d == "" {
		return ""
	}
	return decimal(d)
}

func term(l locale.Lang, set, value string) string {
	if value == "" {
		return ""
	}
	return l.Text("term."+set+"."+value, nil)
}

// harmless keeps a spreadsheet from taking what a person typed for a formula: what begins like one is marked as text. Control signs,
// with which the beginning could be hidden, are left out.
func harmless(s string) string {
	s = clean(s)
	if s != "" && strings.ContainsRune("=+-@|%'＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
