package appraisal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostMarks is how many combining marks may stand on one letter: more climb over the lines above.
const mostMarks = 4

func requireText(f *Faults, field, s string, limit int) {
	if Blank(s) {
		f.Add(field, "error.required", nil)
		return
	}
	limitText(f, field, s, limit)
}

func limitText(f *Faults, field, s string, limit int) {
	if !Readable(s) {
		f.Add(field, "error.text_form", nil)
	}
	if n := utf8.RuneCountInString(s); n > limit {
		f.Add(field, "error.text_long", map[string]any{"max": limit, "length": n})
	}
}

// Blank reports whether nothing of a text can be seen.
func Blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) }) < 0
}

// Readable reports whether a text is what it looks like to everybody: whole Unicode without control signs other than line ends and
// tabs, without signs that turn the direction of what follows or that nobody sees on purpose, and without towers of marks. The
// joiners that some scripts and emoji need are let through.
func Readable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	marks := 0
	for _, r := range s {
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > mostMarks {
			return false
		}
		switch {
		case r == '\n' || r == '\r' || r == '\t':
		case unicode.IsControl(r), turns(r), r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
			return false
		}
	}
	return true
}

// turns reports the signs that change the direction of the text that follows (UAX #9: embeddings, overrides, isolates).
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }
