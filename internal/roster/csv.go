package roster

import "strings"

const (
	maxColumns   = 256
	maxCellBytes = 64 << 10
)

// record is one row of a file. brokenAt is the position of a cell whose quotes do not close, -1 when all do; the cells before
// it are there, the rest of that line is not.
type record struct {
	number   int
	cells    []string
	brokenAt int
}

// splitRecords gives the records of s until yield returns false. A record whose quotes do not close ends at the end of the line in
// which the broken cell begins, so that one forgotten quote does not swallow the rest of the file.
func splitRecords(s string, delim byte, yield func(record) bool) {
	number, width := 0, 8
	for s != "" {
		cells, brokenAt, rest := splitRecord(s, delim, width)
		s = rest
		if brokenAt < 0 && len(cells) == 1 && cells[0] == "" {
			continue
		}
		number++
		width = len(cells)
		if !yield(record{number: number, cells: cells, brokenAt: brokenAt}) {
			return
		}
	}
}

func splitRecord(s string, delim byte, width int) (cells []string, brokenAt int, rest string) {
	cells = make([]string, 0, width)
	for {
		if len(cells) > maxColumns {
			return cells, -1, afterLine(s)
		}
		if opened := strings.TrimLeft(s, " "); strings.HasPrefix(opened, `"`) {
			value, after, ok := quotedCell(opened, delim)
			if !ok {
				return cells, len(cells), afterLine(s)
			}
			cells = append(cells, value)
			s = after
		} else {
			end := 0
			for end < len(s) && s[end] != delim && s[end] != '\n' && s[end] != '\r' {
				end++
			}
			cells = append(cells, s[:end])
			s = s[end:]
		}
		if s == "" || s[0] != delim {
			return cells, -1, afterBreak(s)
		}
		s = s[1:]
	}
}

// quotedCell reads the cell whose opening quote is the first byte of s. A doubled quote stands for one. The closing quote must be
// followed by a delimiter or the end of the line.
func quotedCell(s string, delim byte) (value, rest string, ok bool) {
	body := s[1:]
	var before strings.Builder
	for read := 0; ; {
		i := strings.IndexByte(body, '"')
		if i < 0 || read+i > maxCellBytes {
			return "", "", false
		}
		read += i + 2
		next := body[i+1:]
		if strings.HasPrefix(next, `"`) {
			before.WriteString(body[:i+1])
			body = next[1:]
			continue
		}
		next = strings.TrimLeft(next, " ")
		if next != "" && next[0] != delim && next[0] != '\n' && next[0] != '\r' {
			return "", "", false
		}
		if before.Len() == 0 {
			return body[:i], next, true
		}
		before.WriteString(body[:i])
		return before.String(), next, true
	}
}

// afterBreak drops the line break that s begins with: LF, CRLF or CR.
func afterBreak(s string) string {
	if strings.HasPrefix(s, "\r\n") {
		return s[2:]
	}
	if s == "" {
		return s
	}
	return s[1:]
}

func afterLine(s string) string {
	end := strings.IndexAny(s, "\r\n")
	if end < 0 {
		return ""
	}
	return afterBreak(s[end:])
}
