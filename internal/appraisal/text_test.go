package appraisal_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestATextIsReadableWhenItIsWhatItLooksLike(t *testing.T) {
	for s, want := range map[string]bool{
		"Surat terbit.\r\n\tTepat waktu – Café Ñandú": true, "ꦲꦤꦕꦫꦏ": true, "สวัสดี": true, "مرحبا": true, "👩‍👧": true, "ক্ষ": true, "": true, "a\u200bb": true,
		"Cafe\u0301": true, "z\u0300\u0301\u0302\u0303": true,
		"a\x00": false, "a\x07": false, "a\x1b[2J": false, "a\u0085b": false, "a\xff": false, "\xed\xa0\x80": false,
		"laporan\u202efdp.exe": false, "a\u2066b\u2069": false, "a\u202ab": false, "a\ufff9b": false, "a\U000e0041": false,
		"z" + strings.Repeat("\u0300", 5): false,
	} {
		if got := appraisal.Readable(s); got != want {
			t.Errorf("%q: %t, want %t", s, got, want)
		}
	}
}

func TestATextOfWhichNothingIsSeenIsMissing(t *testing.T) {
	for s, want := range map[string]bool{"": true, " \n\t": true, "\u200b\ufeff\u2060": true, "\u00ad": true, "\u3000": true, "\x00": true, "a": false, ".": false, "\u0301": false} {
		if got := appraisal.Blank(s); got != want {
			t.Errorf("%q: %t, want %t", s, got, want)
		}
	}
}
