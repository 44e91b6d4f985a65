package roster

import (
	"strconv"
	"strings"
	"unicode"
)

// column is a column that an import file has. An optional one may be absent from the header; a filled one is never blank, so a row
// that ends before it was cut off.
type column struct {
	header   string
	also     []string
	optional bool
	filled   bool
}

// layout is the set of columns of one kind of file; a column is referred to by its position here. The name is the word of the command
// line for such a file.
type layout struct {
	name    string
	columns []column
}

func allLayouts() []*layout {
	return []*layout{
		&unitLayout, &employeeLayout, &officialLayout, &strategyLayout, &measurementLayout, &surveyLayout,
		&competencyLayout, &standardLayout, &assessmentLayout, &trainingLayout, &holidayLayout, &libraryLayout,
	}
}

// headerKey reduces a header to its letters and digits, so that "NIP_Baru" and "nip baru" are one.
func headerKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// find returns the column that a header names, -1 for none.
func (l *layout) find(header string) int {
	key := headerKey(header)
	if key == "" {
		return -1
	}
	for i, c := range l.columns {
		if key == headerKey(c.header) {
			return i
		}
		for _, other := range c.also {
			if key == headerKey(other) {
				return i
			}
		}
	}
	return -1
}

// matches counts the columns of l that headers name.
func (l *layout) matches(headers []string) int {
	found := map[int]bool{}
	for _, h := range headers {
		if i := l.find(h); i >= 0 {
			found[i] = true
		}
	}
	return len(found)
}

// complete reports whether headers name every column that l needs.
func (l *layout) complete(headers []string) bool {
	found := map[int]bool{}
	for _, h := range headers {
		found[l.find(h)] = true
	}
	for i, c := range l.columns {
		if !c.optional && !found[i] {
			return false
		}
	}
	return true
}

// otherKind returns the kind of file that headers are complete for when they are not for l: a file was given in another's place.
func (l *layout) otherKind(headers []string) (*layout, bool) {
	if l.complete(headers) {
		return nil, false
	}
	for _, other := range allLayouts() {
		if other.complete(headers) && other.matches(headers) > l.matches(headers) {
			return other, true
		}
	}
	return nil, false
}

// table is a sheet whose header was matched with a layout.
type table struct {
	*sheet
	book   *book
	layout *layout
	at     []int // layout column to sheet column, -1 when the file lacks it

	// lost holds the cells of records that could not be read, so that a reference to one of them is not reported as well.
	lost map[string]bool
}

// openTable matches the header of s with l and reports what is missing, doubled or unknown.
func openTable(b *book, s *sheet, l *layout) (*table, bool) {
	if other, ok := l.otherKind(s.header); ok {
		b.refuse(s.file, "import.file_other_kind", args{"found": other.name, "wanted": l.name})
		return nil, false
	}
	if l.matches(s.header) == 0 {
		b.refuse(s.file, "import.header_unknown", args{"columns": l.headers()})
		return nil, false
	}
	t := &table{sheet: s, book: b, layout: l, at: make([]int, len(l.columns)), lost: map[string]bool{}}
	for i := range t.at {
		t.at[i] = -1
	}
	for i, h := range s.header {
		c := l.find(h)
		switch {
		case h == "":
		case c < 0:
			b.notes = append(b.notes, t.headerFault(i, "import.column_ignored", args{"columns": l.headers()}))
		case t.at[c] >= 0:
			b.faults = append(b.faults, t.headerFault(i, "import.column_twice", args{"first": strconv.Itoa(t.at[c] + 1), "second": strconv.Itoa(i + 1)}))
		default:
			t.at[c] = i
		}
	}
	for i, c := range l.columns {
		if t.at[i] < 0 && !c.optional {
			b.faults = append(b.faults, Fault{
				File: s.file, Row: 1, Column: c.header, Key: "import.column_missing",
				Args: args{"column": c.header, "columns": printableHeaders(s.header)}, place: maxColumns + i,
			})
		}
	}
	return t, true
}

func (t *table) headerFault(i int, key string, a args) Fault {
	return Fault{File: t.file, Row: 1, Column: t.header[i], Key: key, Args: a, place: i}
}

func (l *layout) headers() string {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.header
	}
	return strings.Join(names, ", ")
}

// has reports whether the file has column c.
func (t *table) has(c int) bool { return t.at[c] >= 0 }

// each calls visit for every row that holds data and whose cells stand under the right headers; the others are reported.
func (t *table) each(visit func(row)) {
	found := false
	for _, r := range t.rows {
		if r.brokenAt < 0 && blank(r.cells) {
			continue
		}
		found = true
		if f, broken := t.structure(r); broken {
			t.book.faults = append(t.book.faults, f)
			for _, c := range r.cells {
				t.lost[clean(c)] = true
			}
			continue
		}
		visit(row{table: t, number: r.number, cells: r.cells})
	}
	if !found {
		t.book.refuse(t.file, "import.file_no_rows", nil)
	}
}

// structure reports a record with a quote that does not close, more cells than the header, or too few for the columns needed.
func (t *table) structure(r record) (Fault, bool) {
	at := func(i int, key string, a args) (Fault, bool) {
		return Fault{File: t.file, Row: r.number, Column: t.columnName(i), Key: key, Args: a, place: i}, true
	}
	width := len(t.header)
	if r.brokenAt >= 0 {
		return at(r.brokenAt, "import.quote_open", nil)
	}
	if len(r.cells) > width && !blank(r.cells[width:]) {
		return at(width, "import.row_too_long", args{"count": strconv.Itoa(len(r.cells)), "width": strconv.Itoa(width)})
	}
	if t.short(r) {
		return at(len(r.cells), "import.row_too_short", args{"count": strconv.Itoa(len(r.cells)), "width": strconv.Itoa(width)})
	}
	return Fault{}, false
}
