package mail

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// Whatever a name, a subject or an address holds, what goes over the wire has the headers that we wrote, each once, and one recipient.
func FuzzBuild(f *testing.F) {
	f.Add("Budi\r\nBcc: korban@example.org", "Halo\nX-Jahat: ya\n\nisi", "ani@desa.test")
	f.Add("\"; drop\" <x@y.test>", "=?utf-8?q?=0ABcc:_x?=", "ani@desa.test,budi@desa.test")
	f.Add("A\u2028B\u202e\u0085", strings.Repeat("é", 500), "\"a b\"@desa.test")
	f.Fuzz(func(t *testing.T, name, subject, to string) {
		m := Message{Key: "k", To: to, ToName: name, Subject: subject, Text: "isi", HTML: "<p>isi</p>"}
		built, err := m.build(netmail.Address{Name: "Telaah", Address: "telaah@desa.test"}, time.Unix(0, 0))
		if err != nil {
			return
		}
		var raw bytes.Buffer
		if _, err := built.WriteTo(&raw); err != nil {
			return
		}
		read, err := netmail.ReadMessage(&raw)
		if err != nil {
			t.Fatalf("it cannot be read: %v", err)
		}
		for header, values := range read.Header {
			switch header {
			case "From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Auto-Submitted", "X-Telaah-Key", "Content-Type":
			default:
				t.Fatalf("a header %s: %q", header, values)
			}
			if len(values) != 1 {
				t.Fatalf("%s stands %d times", header, len(values))
			}
		}
		list, err := read.Header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != to || strings.ContainsAny(list[0].Name, "\r\n\u2028\u202e") {
			t.Fatalf("it goes to %v (%v), not to %q", list, err, to)
		}
	})
}
