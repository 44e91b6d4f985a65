package attachment_test

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/marelan/telaah/api/attachment"
	"github.com/marelan/telaah/api/problem"
)

func FuzzParse(f *testing.F) {
	const disposition = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a\\b.pdf\"\r\n\r\n%PDF\r\n--b--\r\n"
	f.Add("multipart/form-data; boundary=b", []byte(disposition))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=a; filename*=utf-8''%E2%80%AE\r\n\r\n\r\n--b--"))
	f.Add("multipart/mixed; boundary=\"\"", []byte("----\r\n"))
	const most = 100
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := httptest.NewRequest("POST", "/x", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		form, err := attachment.Parse(r, most)
		if err != nil && problem.StatusOf(err) >= 500 {
			t.Fatalf("refused with %d: %v", problem.StatusOf(err), err)
		}
		if len(form.Files) > 5 {
			t.Fatalf("%d files", len(form.Files))
		}
		for _, file := range form.Files {
			if len(file.Content) > most+1 || file.Name == "" {
				t.Fatalf("a file %q of %d bytes", file.Name, len(file.Content))
			}
		}
	})
}
