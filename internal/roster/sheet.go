package roster

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sheet is a file cut into records. Cells are as the file writes them.
type sheet struct {
	file      string
	header    []string // cleaned
	rawHeader []string
	rows      []record
	workbook  bool
	date1904  bool
}

// openSheet reads file, or says in b why it cannot be read. The layouts tell which headers to look for when the delimiter has to be
// guessed.
func openSheet(b *book, file File, layouts ...*layout) (*sheet, bool) {
	s := &sheet{file: file.Name}
	if key, a := unreadable(file.Data); key != "" {
		b.refuse(file.Name, key, a)
		return nil, false
	}
	var ok bool
	if bytes.HasPrefix(file.Data, zipMark) {
		ok = s.readWorkbook(b, file)
	} else {
		ok = s.readText(b, file, layouts)
	}
	if !ok {
		return nil, false
	}
	if len(s.header) > maxColumns {
		b.refuse(s.file, "import.file_too_many_columns", args{"limit": strconv.Itoa(maxColumns)})
		return nil, false
	}
	return s, true
}

func (s *sheet) readWorkbook(b *book, file File) bool {
	var err error
	s.workbook = true
	s.date1904, err = workbookRecords(file.Data, s.add)
	var not notWorkbook
	switch {
	case errors.As(err, &not):
		b.refuse(s.file, not.key, not.args)
		return false
	case err != nil:
		b.refuse(s.file, "import.file_broken_workbook", nil)
		return false
	case s.header == nil:
		b.refuse(s.file, "import.file_empty", nil)
		return false
	}
	return true
}

func (s *sheet) readText(b *book, file File, layouts []*layout) bool {
	if order := utf16Order(file.Data); order != nil {
		b.faults = append(b.faults, Fault{
			File: file.Name, Row: 1, Column: firstHeaderOfUTF16(file.Data, order), Key: "import.file_utf16",
		})
		return false
	}
	text := string(bytes.TrimPrefix(file.Data, utf8Mark))
	text = strings.TrimLeft(text, "\r\n")
	delim, text := delimiter(text, layouts)
	tooMany := false
	splitRecords(text, delim, func(r record) bool {
		tooMany = len(s.rows) >= maxRows
		return !tooMany && s.add(r)
	})
	if tooMany {
		b.refuse(s.file, "import.file_too_many_rows", args{"limit": strconv.Itoa(maxRows)})
		return false
	}
	if !utf8.ValidString(text) {
		b.faults = append(b.faults, s.foreign())
		return false
	}
	return true
}

func (s *sheet) add(r record) bool {
	if r.number > 1 {
		s.rows = append(s.rows, r)
		return true
	}
	s.rawHeader = r.cells
	s.header = make([]string, len(r.cells))
	for i, c := range r.cells {
		s.header[i] = clean(c)
	}
	return true
}

// foreign makes one fault of all the cells that are not UTF-8, at the first of them.
func (s *sheet) foreign() Fault {
	f := Fault{File: s.file, Row: 1, Column: wholeFile, Key: "import.file_not_utf8"}
	count, first := 0, byte(0)
	look := func(number int, cells []string) {
		for i, c := range cells {
			if utf8.ValidString(c) {
				continue
			}
			if count++; count == 1 {
				first = foreignByte(c)
				f.Row, f.Column = number, s.columnName(i)
			}
		}
	}
	look(1, s.rawHeader)
	for _, r := range s.rows {
		look(r.number, r.cells)
	}
	f.Args = args{"byte": fmt.Sprintf("%02X", first), "count": strconv.Itoa(max(count, 1))}
	return f
}

func (s *sheet) columnName(i int) string {
	if i < len(s.header) && s.header[i] != "" {
		return s.header[i]
	}
	return strconv.Itoa(i + 1)
}

// delimiter returns the delimiter under which the first record has most of the headers of one of the layouts, or else most cells.
// A first line "sep=;", which Excel understands, is obeyed and dropped.
func delimiter(text string, layouts []*layout) (byte, string) {
	if len(text) > 5 && strings.EqualFold(text[:4], "sep=") && (text[5] == '\r' || text[5] == '\n') {
		return text[4], strings.TrimLeft(text[5:], "\r\n")
	}
	best, bestScore := byte(';'), -1
	for _, d := range []byte{';', ',', '\t'} {
		cells, _, _ := splitRecord(text, d, 8)
		score := 0
		for _, l := range layouts {
			score = max(score, l.matches(cells))
		}
		if score = score*1000 + len(cells); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best, text
}

func blank(cells []string) bool {
	for _, c := range cells {
		if clean(c) != "" {
			return false
		}
	}
	return true
}
