package upload

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of a name that is shown and offered for saving.
const (
	longestName  = 120 // characters with the extension
	mostMarks    = 2   // combining marks on one letter
	unnamed      = "berkas"
	unsafeInName = `/\:*?"<>|`
)

// Name returns what a file is called to those who read it: the last part of whatever a browser sent, without invisible signs that
// turn or hide letters, without signs that a disk or a shell would misunderstand, and with an ending of the given type.
func Name(sent string, t Type) string {
	sent = strings.ToValidUTF8(sent, "_")
	if i := strings.LastIndexAny(sent, `/\`); i >= 0 {
		sent = sent[i+1:]
	}
	stem := visible(norm.NFC.String(sent))
	ending := strings.ToLower(path.Ext(stem))
	switch {
	case t.ends(ending):
		stem = stem[:len(stem)-len(ending)]
	case known(ending): // a photo that calls itself .jpg and is PNG
		stem, ending = stem[:len(stem)-len(ending)], t.Endings[0]
	default:
		ending = t.Endings[0]
	}
	stem = strings.Trim(stem, " .")
	if most := longestName - utf8.RuneCountInString(ending); utf8.RuneCountInString(stem) > most {
		stem = strings.TrimRight(string([]rune(stem)[:most]), " .")
	}
	if stem == "" {
		stem = unnamed
	}
	if reserved[strings.ToUpper(strings.SplitN(stem, ".", 2)[0])] {
		stem = "_" + stem
	}
	return stem + ending
}

// reserved names are devices on Windows, whatever follows the first dot.
var reserved = func() map[string]bool {
	names := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true}
	for _, digit := range "123456789" {
		names["COM"+string(digit)], names["LPT"+string(digit)] = true, true
	}
	return names
}()

// visible drops what cannot be seen or piles up, and makes single spaces of all white space.
func visible(s string) string {
	var b strings.Builder
	marks, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > mostMarks {
				continue
			}
		case !unicode.IsGraphic(r) || r == utf8.RuneError: // formats, controls and private signs
			continue
		case strings.ContainsRune(unsafeInName, r):
			r = '_'
			marks = 0
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func known(ending string) bool {
	for _, t := range Types {
		if t.ends(ending) {
			return true
		}
	}
	return false
}
