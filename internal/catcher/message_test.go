package catcher

import "testing"

func TestMailsOfOtherProgramsAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ raw, subject, text, html string }{
		"quoted-printable Latin-1": {
			"Subject: =?iso-8859-1?q?caf=E9?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\nbaru", "café", "café baru", "",
		},
		"base64 in nested multiparts": {
			"Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
				"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSGFs\r\nbw==\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Halo</p>\r\n--b--\r\n--a--\r\n",
			"x", "Halo", "<p>Halo</p>",
		},
		"no headers":       {"\r\nhanya isi", "", "hanya isi", ""},
		"broken structure": {"Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\nno part follows", "x", "", ""},
		"no mail at all":   {"bukan surel", "", "bukan surel", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, c := read("id", []byte(tc.raw))
			if m.Subject != tc.subject || m.Text != tc.text || c.html != tc.html {
				t.Errorf("got subject %q, text %q, html %q", m.Subject, m.Text, c.html)
			}
		})
	}
}
