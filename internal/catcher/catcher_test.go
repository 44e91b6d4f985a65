package catcher

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/wneessen/go-mail"
)

type running struct {
	dir, smtp, http string
	stop            func()
}

func run(t *testing.T, dir string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan [2]string, 1)
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Config{
			Dir: dir, SMTPListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0",
			Listening: func(smtp, http net.Addr) { listening <- [2]string{smtp.String(), "http://" + http.String()} },
		})
	}()
	r := &running{dir: dir}
	select {
	case at := <-listening:
		r.smtp, r.http = at[0], at[1]
	case err := <-done:
		t.Fatalf("the catcher ended: %v", err)
	}
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("the catcher ended with %v", err)
			}
		})
	}
	t.Cleanup(r.stop)
	return r
}

func (r *running) client(t *testing.T) *mail.Client {
	t.Helper()
	host, port, err := net.SplitHostPort(r.smtp)
	if err != nil {
		t.Fatal(err)
	}
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	c, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS), mail.WithTimeout(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func message(t *testing.T, to, subject string) *mail.Msg {
	t.Helper()
	m := mail.NewMsg()
	if err := m.From("Telaah <telaah@example.go.id>"); err != nil {
		t.Fatal(err)
	}
	if err := m.To(to); err != nil {
		t.Fatal(err)
	}
	m.Subject(subject)
	m.SetMessageIDWithValue("kunci-" + to)
	m.SetBodyString(mail.TypeTextPlain, "Yth. Siti, tinjauan menunggu: https://telaah.example.go.id/tugas/7.\nTerima kasih – sampai jumpa.")
	m.AddAlternativeString(mail.TypeTextHTML, `<html><head><title>x</title></head><body><p>Halo <b>Siti</b></p><a href="https://telaah.example.go.id/tugas/7">Buka</a></body></html>`)
	return m
}

func (r *running) send(t *testing.T, messages ...*mail.Msg) {
	t.Helper()
	if err := r.client(t).DialAndSend(messages...); err != nil {
		t.Fatalf("send: %v", err)
	}
}

func (r *running) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	response, err := http.Get(r.http + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func (r *running) list(t *testing.T, q url.Values) []Message {
	t.Helper()
	_, body := r.get(t, "/api/messages?"+q.Encode())
	var found []Message
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return found
}

func TestAMailIsShownToProgramsAsItWasSent(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	r.send(t, message(t, "siti@example.go.id", "3 tinjauan menunggu Anda – paling lambat 14 Januari 2027"))
	found := r.list(t, nil)
	if len(found) != 1 {
		t.Fatalf("found %d", len(found))
	}
	m := found[0]
	if m.MessageID != "kunci-siti@example.go.id" || m.Subject != "3 tinjauan menunggu Anda – paling lambat 14 Januari 2027" ||
		!slices.Equal(m.To, []string{"siti@example.go.id"}) || !strings.Contains(m.From, "telaah@example.go.id") ||
		!strings.Contains(m.Text, "Terima kasih – sampai jumpa.") || m.Date.IsZero() || time.Since(m.Received) > time.Minute {
		t.Errorf("got %+v", m)
	}
	response, body := r.get(t, "/api/messages/"+m.ID)
	var one Message
	if err := json.Unmarshal([]byte(body), &one); err != nil || response.StatusCode != http.StatusOK || one.ID != m.ID {
		t.Errorf("one message: %d %s", response.StatusCode, body)
	}
}

func TestSearchTakesAWholeAddressOrAPartOfOne(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	r.send(t, message(t, "siti@example.go.id", "Tinjauan"), message(t, "nursiti@example.go.id", "Target"), message(t, "budi@kab.go.id", "Target tahunan"))
	for _, tc := range []struct {
		q    url.Values
		want int
	}{
		{url.Values{"to": {"Siti@Example.go.id"}}, 1},
		{url.Values{"to": {"siti"}}, 2},
		{url.Values{"to": {"@example.go.id"}}, 2},
		{url.Values{"subject": {"target"}}, 2},
		{url.Values{"to": {"budi"}, "subject": {"tinjauan"}}, 0},
		{url.Values{"limit": {"2"}}, 2},
		{url.Values{"offset": {"2"}}, 1},
	} {
		if got := r.list(t, tc.q); len(got) != tc.want {
			t.Errorf("%v finds %d, want %d", tc.q, len(got), tc.want)
		}
	}
	if all := r.list(t, nil); all[0].Subject != "Target tahunan" {
		t.Errorf("the first is %q, not the newest", all[0].Subject)
	}
	if response, _ := r.get(t, "/api/messages?limit=-1"); response.StatusCode != http.StatusBadRequest {
		t.Errorf("a limit below 0 is answered %d", response.StatusCode)
	}
}

func TestAnAcceptedMailOutlivesTheCatcher(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := run(t, dir)
	r.send(t, message(t, "siti@example.go.id", "Bertahan"))
	before := r.list(t, nil)
	r.stop()
	if err := os.WriteFile(filepath.Join(dir, "half"+unfinished), []byte("Subject: hal"), 0o600); err != nil {
		t.Fatal(err)
	}
	after := run(t, dir).list(t, nil)
	if len(after) != 1 || after[0].ID != before[0].ID || after[0].Text != before[0].Text || !slices.Equal(after[0].To, before[0].To) ||
		!after[0].Received.Equal(before[0].Received) {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if _, err := os.Stat(filepath.Join(dir, "half"+unfinished)); !os.IsNotExist(err) {
		t.Error("what was half written is still there")
	}
}

func TestAMailThatCannotBeKeptIsToBeSentAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mail")
	r := run(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	err := r.client(t).DialAndSend(message(t, "siti@example.go.id", "Hilang"))
	if err == nil || !strings.Contains(err.Error(), "452") {
		t.Fatalf("got %v", err)
	}
	if found := r.list(t, nil); len(found) != 0 {
		t.Errorf("shows %d that are not on the disk", len(found))
	}
}

func TestManyConnectionsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	const connections = 512
	r := run(t, t.TempDir())
	var senders sync.WaitGroup
	open := make(chan struct{})
	faults := make(chan error, connections)
	var connected sync.WaitGroup
	connected.Add(connections)
	for i := range connections {
		m := message(t, fmt.Sprintf("pegawai%03d@example.go.id", i), "Serentak")
		client := r.client(t)
		senders.Go(func() {
			err := client.DialWithContext(t.Context())
			connected.Done()
			<-open
			if err == nil {
				err = client.Send(m)
			}
			if err == nil {
				err = client.Close()
			}
			faults <- err
		})
	}
	connected.Wait() // all 512 are open before the first sends
	close(open)
	senders.Wait()
	for range connections {
		if err := <-faults; err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for _, m := range r.list(t, nil) {
		seen[m.MessageID]++
	}
	if len(seen) != connections {
		t.Errorf("kept %d of %d", len(seen), connections)
	}
}

func TestTenThousandMessagesAreReadAndSearchedQuickly(t *testing.T) {
	t.Parallel()
	const messages = 10_000
	dir := t.TempDir()
	received := time.Date(2027, 1, 14, 8, 0, 0, 0, time.UTC)
	for i := range messages {
		at := received.Add(time.Duration(i) * time.Second)
		to := fmt.Sprintf("pegawai%05d@example.go.id", i)
		raw := append(envelope("telaah@example.go.id", []string{to}, at),
			fmt.Sprintf("Message-ID: <%d@x>\r\nSubject: Tinjauan %d\r\nFrom: a@b\r\n\r\n%s", i, i, strings.Repeat("Yth. pegawai. ", 100))...)
		if err := os.WriteFile(filepath.Join(dir, newID(at)+extension), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := time.Since(began)
	began = time.Now()
	found, total := s.find(query{To: "pegawai04321@example.go.id", Subject: "tinjauan"})
	searched := time.Since(began)
	t.Logf("read in %s, searched in %s", read, searched)
	if len(found) != 1 || total != 1 {
		t.Errorf("found %d", total)
	}
	if read > 10*time.Second || searched > 100*time.Millisecond {
		t.Errorf("read in %s, searched in %s", read, searched)
	}
}

func TestDeletingLeavesNoFile(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	r.send(t, message(t, "siti@example.go.id", "Hapus"))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.http+"/api/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	left, err := os.ReadDir(r.dir)
	if err != nil || len(left) != 0 || len(r.list(t, nil)) != 0 || response.StatusCode != http.StatusNoContent {
		t.Errorf("answered %d, left %v, %v", response.StatusCode, left, err)
	}
}

func TestAnotherSiteMayNotDelete(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	r.send(t, message(t, "siti@example.go.id", "Tetap"))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.http+"/api/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden || len(r.list(t, nil)) != 1 {
		t.Errorf("answered %d", response.StatusCode)
	}
}

func (r *running) page(t *testing.T, path string) *goquery.Document {
	t.Helper()
	_, body := r.get(t, path)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestThePageLeadsFromTheListToTheLinkInTheMail(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	m := message(t, "siti@example.go.id", `Tinjauan <b>& "target"</b>`)
	if err := m.AttachReader("tenggat.ics", strings.NewReader("BEGIN:VCALENDAR")); err != nil {
		t.Fatal(err)
	}
	r.send(t, m)
	list := r.page(t, "/?to=siti")
	link := list.Find("ol a")
	if lang, _ := list.Find("html").Attr("lang"); lang != "id" || link.Text() != `Tinjauan <b>& "target"</b>` {
		t.Fatalf("in %s the list has %q", lang, link.Text())
	}
	address, _ := link.Attr("href")
	view := r.page(t, address)
	if href, _ := view.Find("pre a").Attr("href"); href != "https://telaah.example.go.id/tugas/7" {
		t.Errorf("the text links to %q", href)
	}
	frame := view.Find("iframe")
	if sandbox, there := frame.Attr("sandbox"); !there || strings.Contains(sandbox, "allow-scripts") || strings.Contains(sandbox, "allow-same-origin") {
		t.Errorf("the frame's sandbox is %q", sandbox)
	}
	source, _ := frame.Attr("src")
	response, html := r.get(t, source)
	if policy := response.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") {
		t.Errorf("the mail's own page has the policy %q", policy)
	}
	if !strings.Contains(html, `<head><base target="_blank">`) || !strings.Contains(html, "Halo <b>Siti</b>") {
		t.Errorf("the frame shows %s", html)
	}
	attached, _ := view.Find("dd a").Attr("href")
	response, body := r.get(t, attached)
	if body != "BEGIN:VCALENDAR" || !strings.Contains(response.Header.Get("Content-Disposition"), "tenggat.ics") {
		t.Errorf("the attachment is %q as %q", body, response.Header.Get("Content-Disposition"))
	}
	if _, raw := r.get(t, address+"/raw"); !strings.Contains(raw, "X-Original-To: siti@example.go.id") {
		t.Errorf("raw is %s", raw)
	}
}

func TestTheListTurnsPagesAndSpeaksEnglishWhenAsked(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	var many []*mail.Msg
	for i := range pageSize + 1 {
		many = append(many, message(t, "siti@example.go.id", fmt.Sprintf("Nomor %d", i)))
	}
	r.send(t, many...)
	first := r.page(t, "/?lang=en&to=siti")
	if got := first.Find("ol li").Length(); got != pageSize || !strings.Contains(first.Text(), "Caught mail") {
		t.Errorf("%d on the first page:\n%s", got, first.Text())
	}
	older, _ := first.Find("nav a").Attr("href")
	second := r.page(t, older)
	if got := second.Find("ol li a").Text(); got != "Nomor 0" {
		t.Errorf("the second page %s has %q", older, got)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	t.Parallel()
	r := run(t, t.TempDir())
	for _, path := range []string{"/messages/x", "/messages/x/raw", "/messages/x/html", "/messages/..%2f..%2fetc%2fpasswd/raw", "/api/messages/x", "/x"} {
		if response, _ := r.get(t, path); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, response.StatusCode)
		}
	}
}
