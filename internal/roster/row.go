package roster

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Longest texts, in characters.
const (
	maxCode  = 64
	maxTitle = 60
	maxName  = 150
	maxText  = 1000
)

// row is one record of a table. Its methods return the value of a column and false when there is none to work with: the column
// is missing, the cell is blank, or the value is wrong. What is wrong has then been reported.
type row struct {
	*table
	number int
	cells  []string
}

func (r row) fault(c int, key string, a args) {
	place := r.at[c]
	r.book.faults = append(r.book.faults, Fault{
		File: r.file, Row: r.number, Column: r.columnName(place), Key: key, Args: a, place: place,
	})
}

func (r row) note(c int, key string, a args) {
	place := r.at[c]
	r.book.notes = append(r.book.notes, Fault{
		File: r.file, Row: r.number, Column: r.columnName(place), Key: key, Args: a, place: place,
	})
}

// raw returns the cleaned cell, empty when the row or the file has none.
func (r row) raw(c int) string {
	if i := r.at[c]; i >= 0 && i < len(r.cells) {
		return clean(r.cells[i])
	}
	return ""
}

// text returns a text that may be blank.
func (r row) text(c, limit int) string {
	s := r.raw(c)
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			r.checkCharacters(c, s)
			break
		}
	}
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		r.fault(c, "import.too_long", args{"count": strconv.Itoa(utf8.RuneCountInString(s)), "limit": strconv.Itoa(limit)})
	}
	return s
}

func (r row) checkCharacters(c int, s string) {
	switch {
	case strings.ContainsRune(s, unicode.ReplacementChar):
		r.fault(c, "import.character_lost", args{"value": printable(s)})
	case decodedTwice(s):
		r.fault(c, "import.character_garbled", args{"value": printable(s)})
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || turnsText(r) }):
		r.fault(c, "import.character_control", args{"value": printable(s)})
	}
}

// need returns a text that may not be blank.
func (r row) need(c, limit int) (string, bool) {
	s := r.text(c, limit)
	if s == "" && r.has(c) {
		r.fault(c, "import.blank", nil)
	}
	return s, s != ""
}

// date returns a date that may be blank.
func (r row) date(c int) (time.Time, bool) {
	s := r.raw(c)
	if s == "" {
		return time.Time{}, false
	}
	d, ok := parseDate(s, r.date1904)
	if !ok {
		r.fault(c, "import.date_form", args{"value": printable(s)})
	}
	return d, ok
}

// needDate returns a date that may not be blank.
func (r row) needDate(c int) (time.Time, bool) {
	if r.raw(c) == "" && r.has(c) {
		r.fault(c, "import.blank", nil)
		return time.Time{}, false
	}
	return r.date(c)
}

// notLater reports d when it lies after today.
func (r row) notLater(c int, d time.Time) bool {
	if d.After(r.book.today) {
		r.fault(c, "import.date_future", args{"value": writeDate(d), "today": writeDate(r.book.today)})
		return false
	}
	return true
}

// whole returns a number without fraction between least and most.
func (r row) whole(c, least, most int) (int, bool) {
	s, ok := r.need(c, maxText)
	if !ok {
		return 0, false
	}
	n, ok := parseWhole(s)
	if !ok || n < least || n > most {
		r.fault(c, "import.whole_number", args{"value": printable(s), "least": strconv.Itoa(least), "most": strconv.Itoa(most)})
		return 0, false
	}
	return n, true
}

// level returns a competency level, 1 to 5 (PermenPANRB 38/2017).
func (r row) level(c int) (int, bool) {
	s, ok := r.need(c, maxText)
	if !ok {
		return 0, false
	}
	n, ok := parseWhole(s)
	if !ok || n < 1 || n > 5 {
		r.fault(c, "import.level", args{"value": printable(s)})
		return 0, false
	}
	return n, true
}

// short reports whether a line of text was cut off: it ends before a column that is never blank. Some programs drop the blank cells
// at the end of a line, so the other columns do not count, and workbooks store no blank cells at all.
func (t *table) short(r record) bool {
	for c, i := range t.at {
		if !t.workbook && i >= len(r.cells) && t.layout.columns[c].filled {
			return true
		}
	}
	return false
}
