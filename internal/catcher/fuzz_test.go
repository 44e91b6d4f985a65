package catcher

import "testing"

func FuzzRead(f *testing.F) {
	f.Add([]byte("From: a@b.test\r\nTo: c@d.test\r\nSubject: =?utf-8?q?Halo?=\r\n\r\nIsi\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=latin1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41=\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename*=utf-8''%E2\nContent-Transfer-Encoding: base64\n\n####\n--b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, c := read("20260101T000000.000000-1", raw)
		if m.Size != len(raw) {
			t.Fatalf("%d bytes are called %d", len(raw), m.Size)
		}
		for _, a := range c.attachments {
			if a.Name == "" || len(a.data) > len(raw)*2 {
				t.Fatalf("an attachment %q of %d bytes in a mail of %d", a.Name, len(a.data), len(raw))
			}
		}
	})
}
