package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/marelan/telaah/internal/locale"
)

// Fault is one thing that is wrong in a file. Row is the record number, with the header as 1; Column is the header as the file
// writes it, "-" when the whole file is meant. Key and Args make the sentence.
type Fault struct {
	File   string
	Row    int
	Column string
	Key    string
	Args   map[string]any

	place int // of the column in the file, for the order of a row's faults
}

// Line returns "file:row:column: what is wrong and what would be right" as one line.
func (f Fault) Line(lang locale.Lang) string {
	return fmt.Sprintf("%s:%d:%s: %s", printable(f.File), f.Row, printable(f.Column), lang.Text(f.Key, f.Args))
}

// Report is everything that a reading found, sorted by file, row and column. Faults forbid the import; Notes (for example an
// unknown column that was passed over) do not.
type Report struct {
	Faults []Fault
	Notes  []Fault
}

// OK reports whether the file may be imported.
func (r Report) OK() bool { return len(r.Faults) == 0 }

type args = map[string]any

// book collects what the sheets of one import get wrong.
type book struct {
	today  time.Time // midnight UTC of the day that it is now in the office's zone
	faults []Fault
	notes  []Fault
}

func newBook(now time.Time) *book {
	y, m, d := now.Date()
	return &book{today: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// wholeFile is the column of a fault that concerns no single column.
const wholeFile = "-"

func (b *book) refuse(file string, key string, a args) {
	b.faults = append(b.faults, Fault{File: file, Row: 1, Column: wholeFile, Key: key, Args: a})
}

func (b *book) report() Report {
	order := func(x, y Fault) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Row, y.Row), cmp.Compare(x.place, y.place))
	}
	slices.SortStableFunc(b.faults, order)
	slices.SortStableFunc(b.notes, order)
	return Report{Faults: b.faults, Notes: b.notes}
}

const (
	shownRunes   = 60
	shownHeaders = 30
)

// harmless takes out of s what would move the cursor of a terminal, break a line or turn its direction.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || turnsText(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// printable makes s harmless and short.
func printable(s string) string {
	s = harmless(s)
	if len(s) <= shownRunes {
		return s
	}
	if runes := []rune(s); len(runes) > shownRunes {
		return string(runes[:shownRunes]) + "…"
	}
	return s
}

// printableHeaders lists what a header row holds.
func printableHeaders(header []string) string {
	var names []string
	for _, h := range header {
		switch {
		case h == "":
		case len(names) == shownHeaders:
			return strings.Join(names, ", ") + ", …"
		default:
			names = append(names, printable(h))
		}
	}
	return strings.Join(names, ", ")
}

// turnsText reports whether r changes the direction of what follows, which can make a text look like another.
func turnsText(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
