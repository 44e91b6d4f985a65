package roster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const maxFileBytes = 32 << 20

var (
	utf8Mark    = []byte("\xef\xbb\xbf")
	zipMark     = []byte("PK\x03\x04")
	oleMark     = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	pdfMark     = []byte("%PDF")
	utf16LEMark = []byte("\xff\xfe")
	utf16BEMark = []byte("\xfe\xff")
)

// unreadable says why data is neither UTF-8 text nor a workbook; key is empty when it may be read.
func unreadable(data []byte) (key string, a args) {
	switch {
	case len(data) > maxFileBytes:
		return "import.file_too_large", args{"size": fmt.Sprint(len(data) >> 20), "limit": fmt.Sprint(maxFileBytes >> 20)}
	case len(bytes.TrimSpace(bytes.TrimPrefix(data, utf8Mark))) == 0:
		return "import.file_empty", nil
	case bytes.HasPrefix(data, oleMark):
		return "import.file_old_excel", nil
	case bytes.HasPrefix(data, pdfMark):
		return "import.file_pdf", nil
	case bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, utf8Mark)), []byte("<")):
		return "import.file_markup", nil
	}
	return "", nil
}

// utf16Order returns the byte order of UTF-16 text, recognised by its mark or by the zero byte beside every ASCII letter.
func utf16Order(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, utf16LEMark):
		return binary.LittleEndian
	case bytes.HasPrefix(data, utf16BEMark):
		return binary.BigEndian
	}
	head := data[:min(len(data), 512)&^1]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 2 || zeros[0]+zeros[1] == 0:
		return nil
	case zeros[1]*10 > half*8 && zeros[0]*10 < half:
		return binary.LittleEndian
	case zeros[0]*10 > half*8 && zeros[1]*10 < half:
		return binary.BigEndian
	}
	return nil
}

// firstHeaderOfUTF16 decodes just enough of data to name its first column.
func firstHeaderOfUTF16(data []byte, order binary.ByteOrder) string {
	var units []uint16
	for i := 0; i+1 < len(data) && i < 512; i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	name := strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
	if end := strings.IndexAny(name, ";,\t\r\n"); end >= 0 {
		name = name[:end]
	}
	if name = clean(strings.Trim(name, `"`)); name == "" {
		return wholeFile
	}
	return name
}

// foreignByte returns the first byte of s that is not part of UTF-8.
func foreignByte(s string) byte {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return s[i]
		}
		i += size
	}
	return 0
}

// decodedTwice reports whether s looks like UTF-8 that was read as Windows-1252 and written as UTF-8 again ("JosÃ©").
func decodedTwice(s string) bool {
	if strings.Contains(s, "â€") {
		return true
	}
	for {
		i := strings.IndexAny(s, "ÃÂ")
		if i < 0 {
			return false
		}
		s = s[i+2:]
		if next, _ := utf8.DecodeRuneInString(s); next >= 0x80 && next <= 0xbf {
			return true
		}
	}
}

// clean takes out what spreadsheets and the clipboard leave in a cell: spaces around the text and runs of them within it,
// non-breaking and other special spaces, line breaks, invisible and direction-changing marks, with which two names could look alike or
// one could be read as another, and the ' or ="…" that keeps digits as text.
func clean(s string) string {
	if !tidy(s) {
		var b strings.Builder
		b.Grow(len(s))
		gap := false
		for _, r := range s {
			switch {
			case unicode.IsSpace(r):
				gap = b.Len() > 0
			case unicode.Is(unicode.Cf, r):
			default:
				if gap {
					b.WriteByte(' ')
					gap = false
				}
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	if len(s) > 1 && s[0] == '\'' && isDigit(s[1]) {
		return s[1:]
	}
	if strings.HasPrefix(s, `="`) && strings.HasSuffix(s, `"`) && len(s) > 3 {
		return s[2 : len(s)-1]
	}
	return s
}

// tidy reports whether clean has nothing to do: printable ASCII with single spaces inside.
func tidy(s string) bool {
	last := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return s == "" || last != ' '
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
