package mail_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/smtptest"
)

const reader = "siti.rahma@marelan.go.id"

// bundle is a server and a sender that delivers to it.
type bundle struct {
	server *smtptest.Server
	sender *mail.Sender
}

func setup(t *testing.T, change func(*mail.Options), server ...smtptest.Option) bundle {
	t.Helper()
	s := smtptest.Start(t, server...)
	o := mail.Options{
		Host: s.Host(), Port: s.Port(), TLS: mail.TLSNone, From: "Telaah Marelan <telaah@marelan.go.id>",
		Timeout: 5 * time.Second, Connections: 1,
	}
	if change != nil {
		change(&o)
	}
	sender, err := mail.NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sender.Close() })
	return bundle{s, sender}
}

func message(key, to string) mail.Message {
	return mail.Message{
		Key: key, Lang: locale.Indonesian, To: to, ToName: "Siti Rahma, S.Sos.", Subject: "3 tinjauan menunggu Anda",
		Text: "Yth. Siti – teks", HTML: "<p>Yth. Siti – teks</p>",
	}
}

// outcome sends a message and returns how it ended; nil stands for delivered.
func (b bundle) outcome(t *testing.T, m mail.Message) *mail.SendError {
	t.Helper()
	err := b.sender.Send(t.Context(), m)
	if err == nil {
		return nil
	}
	var failed *mail.SendError
	if !errors.As(err, &failed) {
		t.Fatalf("the error %v (%T) is no *mail.SendError", err, err)
	}
	return failed
}

func (b bundle) mustSend(t *testing.T, key, to string) {
	t.Helper()
	if failed := b.outcome(t, message(key, to)); failed != nil {
		t.Fatalf("send %s: %v", key, failed)
	}
}

func expect(t *testing.T, failed *mail.SendError, outcome mail.Outcome, cause mail.Cause, code int) {
	t.Helper()
	if failed == nil {
		t.Fatalf("delivered, want %s: %s", outcome, cause)
	}
	if failed.Outcome != outcome || failed.Cause != cause || failed.Code != code {
		t.Fatalf("ended %q, want %s: %s with code %d", failed, outcome, cause, code)
	}
}

func TestAMessageArrivesWithItsHeadersAndBothParts(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.mustSend(t, "appraisal/1/task", reader)
	got := b.server.Wait(t, 1)[0]
	headers := map[string]string{
		"From": `"Telaah Marelan" <telaah@marelan.go.id>`, "To": `"Siti Rahma, S.Sos." <` + reader + `>`,
		"Auto-Submitted": "auto-generated", "Content-Language": "id", "Mime-Version": "1.0", "User-Agent": "", "X-Mailer": "",
	}
	for name, want := range headers {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	if want := b.sender.MessageID("appraisal/1/task"); got.MessageID != want {
		t.Errorf("Message-ID is %q, want %q", got.MessageID, want)
	}
	if date, err := got.Header.Date(); err != nil || time.Since(date) > time.Minute {
		t.Errorf("Date is %v, %v", date, err)
	}
	if got.From != "telaah@marelan.go.id" || got.Text != "Yth. Siti – teks" || got.HTML != "<p>Yth. Siti – teks</p>" {
		t.Errorf("from %q, text %q, HTML %q", got.From, got.Text, got.HTML)
	}
}

func TestManyMessagesShareOneConnection(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for i := range 20 {
		b.mustSend(t, fmt.Sprint(i), reader)
	}
	if n := b.server.Connections(); n != 1 {
		t.Errorf("20 messages took %d connections", n)
	}
}

func TestManyGoroutinesShareTheConfiguredConnections(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *mail.Options) { o.Connections = 3 })
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			if err := b.sender.Send(t.Context(), message(fmt.Sprint(i), reader)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for id, count := range b.server.CountByMessageID() {
		if count != 1 {
			t.Errorf("%s arrived %d times", id, count)
		}
	}
	if n := len(b.server.Messages()); n != 60 {
		t.Errorf("%d of 60 messages arrived", n)
	}
	if open, all := b.server.MaxOpenConnections(), b.server.Connections(); open > 3 || all > 3 {
		t.Errorf("%d connections were opened, %d at the same time; 3 are allowed", all, open)
	}
}

func TestTheRateHoldsOverAllConnections(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *mail.Options) { o.Connections, o.Rate = 2, 20 })
	start := time.Now()
	var wg sync.WaitGroup
	for i := range 11 {
		wg.Go(func() { _ = b.sender.Send(t.Context(), message(fmt.Sprint(i), reader)) })
	}
	wg.Wait()
	if took := time.Since(start); took < 490*time.Millisecond {
		t.Errorf("11 messages at 20 per second took only %s", took)
	}
}

func TestAConnectionThatTheServerClosedIsRenewedWithoutAFailure(t *testing.T) {
	t.Parallel()
	closings := map[string]func(*smtptest.Server){
		"with 421":       func(s *smtptest.Server) { s.CloseAfter(2) },
		"without a word": func(s *smtptest.Server) { s.DropAfter(2) },
	}
	for name, closing := range closings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			closing(b.server)
			for i := range 7 {
				b.mustSend(t, fmt.Sprint(i), reader)
			}
			if got := b.server.CountByMessageID(); len(got) != 7 || len(b.server.Messages()) != 7 {
				t.Errorf("%d messages arrived, %d different ones, want 7", len(b.server.Messages()), len(got))
			}
			if n := b.server.Connections(); n != 4 {
				t.Errorf("7 messages at 2 a connection took %d connections", n)
			}
		})
	}
}

func TestTheSenderGoesOnAfterTheServerWasAway(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.mustSend(t, "before", reader)
	b.server.Stop()
	expect(t, b.outcome(t, message("during", reader)), mail.Temporary, mail.CauseUnreachable, 0)
	if err := b.server.Restart(); err != nil {
		t.Fatal(err)
	}
	b.mustSend(t, "during", reader)
	if n := len(b.server.Messages()); n != 2 {
		t.Errorf("%d messages arrived, want 2", n)
	}
}

func TestAnUnusedConnectionIsGivenBackAfterTheIdleTime(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *mail.Options) { o.IdleTimeout = 20 * time.Millisecond })
	b.mustSend(t, "1", reader)
	if err := b.server.Until(5*time.Second, func() bool { return b.server.OpenConnections() == 0 }); err != nil {
		t.Fatal(err)
	}
	b.mustSend(t, "2", reader)
	if n := b.server.Connections(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestClosingEndsConnectionsAndRefusesFurtherMail(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.mustSend(t, "1", reader)
	if err := b.sender.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.server.Until(5*time.Second, func() bool { return b.server.OpenConnections() == 0 }); err != nil {
		t.Fatal(err)
	}
	if err := b.sender.Send(t.Context(), message("2", reader)); !errors.Is(err, mail.ErrClosed) {
		t.Errorf("sending after Close gave %v", err)
	}
}

func TestACancelledSendIsTemporaryAndKeepsTheContextError(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.sender.Send(ctx, message("1", reader))
	var failed *mail.SendError
	if !errors.As(err, &failed) || failed.Cause != mail.CauseStopped || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if failed.ServerWide() {
		t.Error("a cancelled send is taken for a fault of the server")
	}
	if n := b.server.Connections(); n != 0 {
		t.Errorf("%d connections were opened for it", n)
	}
}

func TestACancelledSendDoesNotWaitForASlowServer(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *mail.Options) { o.Timeout = time.Minute })
	b.server.On(reader, smtptest.SlowRecipient(time.Minute), smtptest.Always)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.sender.Send(ctx, message("1", reader)) }()
	if err := b.server.Until(5*time.Second, func() bool { return b.server.Attempts(reader) == 1 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-ended:
		var failed *mail.SendError
		if !errors.As(err, &failed) || failed.Outcome != mail.Temporary || failed.Cause != mail.CauseStopped {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the send did not end within ten seconds of being cancelled")
	}
}

func TestAMessageOnItsWayMayFinishAfterCancelling(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.server.On(reader, smtptest.SlowMessage(200*time.Millisecond), 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.sender.Send(ctx, message("1", reader)) }()
	b.server.Wait(t, 1)
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the message was confirmed in time, but ended %v", err)
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	t.Parallel()
	good := mail.Options{Host: "localhost", From: "telaah@marelan.go.id"}
	if _, err := mail.NewSender(good); err != nil {
		t.Fatalf("the smallest options: %v", err)
	}
	wrong := map[string]func(*mail.Options){
		"no host":             func(o *mail.Options) { o.Host = "" },
		"no sender":           func(o *mail.Options) { o.From = "" },
		"a broken sender":     func(o *mail.Options) { o.From = "Telaah <telaah>" },
		"an unknown TLS mode": func(o *mail.Options) { o.TLS = "ssl" },
		"a negative rate":     func(o *mail.Options) { o.Rate = -1 },
		"an impossible port":  func(o *mail.Options) { o.Port = 70000 },
	}
	for name, spoil := range wrong {
		o := good
		spoil(&o)
		if _, err := mail.NewSender(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
