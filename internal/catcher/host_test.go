package catcher

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMailIsShownUnderTheNamesOfThisMachineOnly(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	r.send(t, message(t, "siti@example.go.id", "Tautan masuk"))
	id := r.list(t, nil)[0].ID
	port := r.http[strings.LastIndex(r.http, ":"):]
	for host, want := range map[string]int{
		"localhost" + port: http.StatusOK, "LOCALHOST": http.StatusOK, "127.0.0.1" + port: http.StatusOK, "127.9.9.9": http.StatusOK, "[::1]" + port: http.StatusOK, "[::1]": http.StatusOK,
		"penyerang.test" + port: 421, "localhost.penyerang.test": 421, "127.0.0.1.penyerang.test" + port: 421, "10.1.2.3" + port: 421, "0.0.0.0" + port: 421,
	} {
		for _, path := range []string{"/", "/messages/" + id, "/messages/" + id + "/raw", "/messages/" + id + "/html", "/api/messages", "/api/messages/" + id} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.http+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Host = host
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil || response.StatusCode != want {
				t.Errorf("%s of %s is answered with %d, want %d: %v", path, host, response.StatusCode, want, err)
			}
			if want != http.StatusOK && (strings.Contains(string(body), "Tautan masuk") || !strings.Contains(string(body), "http://localhost"+port+"/")) {
				t.Errorf("%s is told %s", host, body)
			}
		}
	}
}

func TestMailIsShownUnderTheNameOnWhichTheCatcherListens(t *testing.T) {
	t.Parallel()
	shown := atHome("surel.kantor.test:8025", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{"surel.kantor.test:8025": http.StatusOK, "Surel.Kantor.test": http.StatusOK, "lain.kantor.test:8025": 421} {
		request, answer := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
		request.Host = host
		shown.ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("%s is answered with %d, want %d", host, answer.Code, want)
		}
	}
}
