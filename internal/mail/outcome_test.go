package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/smtptest"
)

func TestEachAnswerOfTheServerHasItsOutcome(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		behaviour smtptest.Behaviour
		address   string
		outcome   mail.Outcome
		cause     mail.Cause
		code      int
		text      string
	}{
		{"a busy server at the recipient", smtptest.RefuseRecipient(451, "4.3.0 try later"), reader, mail.Temporary, mail.CauseDeferred, 451, "4.3.0 try later"},
		{"a greylisting server", smtptest.RefuseRecipient(450, "4.7.1 greylisted"), reader, mail.Temporary, mail.CauseDeferred, 450, "4.7.1 greylisted"},
		{"a closing server on a new connection", smtptest.RefuseRecipient(421, "4.3.2 closing"), reader, mail.Temporary, mail.CauseDeferred, 421, ""},
		{"an unknown recipient", smtptest.RefuseRecipient(550, "5.1.1 no such user, sorry"), reader, mail.Permanent, mail.CauseAddressRefused, 550, "5.1.1 no such user, sorry"},
		{"a busy server at DATA", smtptest.RefuseData(451, "4.3.0 disk"), reader, mail.Temporary, mail.CauseDeferred, 451, "4.3.0 disk"},
		{"a refusal at DATA", smtptest.RefuseData(554, "5.7.1 policy"), reader, mail.Permanent, mail.CauseMessageRefused, 554, "5.7.1 policy"},
		{"a busy server after the message", smtptest.RefuseMessage(452, "4.3.1 full"), reader, mail.Temporary, mail.CauseDeferred, 452, "4.3.1 full"},
		{"a refused message", smtptest.RefuseMessage(554, "5.7.1 spam"), reader, mail.Permanent, mail.CauseMessageRefused, 554, "5.7.1 spam"},
		{"a recipient refused after the message", smtptest.RefuseMessage(550, "5.2.1 mailbox disabled"), reader, mail.Permanent, mail.CauseAddressRefused, 550, "5.2.1 mailbox disabled"},
		{"a refused sender", smtptest.RefuseSender(553, "5.7.1 not yours"), "telaah@marelan.go.id", mail.Temporary, mail.CauseSettings, 553, "5.7.1 not yours"},
		{"a login demanded at the recipient", smtptest.RefuseRecipient(530, "5.7.0 log in"), reader, mail.Temporary, mail.CauseSettings, 530, "5.7.0 log in"},
		{"a connection lost at the recipient", smtptest.DropAtRecipient(), reader, mail.Temporary, mail.CauseUnreachable, 0, ""},
		{"a connection lost at DATA", smtptest.DropAtData(), reader, mail.Temporary, mail.CauseUnreachable, 0, ""},
		{"a connection lost after the final dot", smtptest.DropAfterDot(), reader, mail.Uncertain, mail.CauseUnconfirmed, 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			b.server.On(c.address, c.behaviour, 1)
			failed := b.outcome(t, message("1", reader))
			expect(t, failed, c.outcome, c.cause, c.code)
			if c.text != "" && failed.Text != c.text {
				t.Errorf("the server said %q, the error says %q", c.text, failed.Text)
			}
			b.mustSend(t, "2", "budi@marelan.go.id")
			last := b.server.Messages()[len(b.server.Messages())-1]
			if !slices.Equal(last.To, []string{"budi@marelan.go.id"}) {
				t.Errorf("the message after the failure went to %v", last.To)
			}
			b.mustSend(t, "1", reader)
		})
	}
}

func TestAConnectionLostInTheMessageIsRetriedAndLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.server.On(reader, smtptest.DropBeforeDot(), 1)
	failed := b.outcome(t, message("1", reader))
	if failed == nil || failed.Outcome == mail.Permanent {
		t.Fatalf("ended %v, want an outcome that is sent again", failed)
	}
	if n := len(b.server.Messages()); n != 0 {
		t.Fatalf("%d messages arrived of one that was cut", n)
	}
	b.mustSend(t, "1", reader)
	if n := len(b.server.Messages()); n != 1 {
		t.Errorf("%d messages arrived, want 1", n)
	}
}

func TestAnUnconfirmedMessageSentAgainCarriesTheSameMessageID(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.mustSend(t, "warm", reader)
	b.server.On(reader, smtptest.DropAfterDot(), 1)
	expect(t, b.outcome(t, message("1", reader)), mail.Uncertain, mail.CauseUnconfirmed, 0)
	b.mustSend(t, "1", reader)
	if n := b.server.CountByMessageID()[b.sender.MessageID("1")]; n != 2 {
		t.Errorf("the Message-ID arrived %d times, want twice", n)
	}
}

func TestASlowServerEndsInATimeout(t *testing.T) {
	t.Parallel()
	t.Run("temporary before the message", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(o *mail.Options) { o.Timeout = 300 * time.Millisecond })
		b.server.On(reader, smtptest.SlowRecipient(time.Minute), 1)
		expect(t, b.outcome(t, message("1", reader)), mail.Temporary, mail.CauseUnreachable, 0)
	})
	t.Run("uncertain after it", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(o *mail.Options) { o.Timeout = 300 * time.Millisecond })
		b.server.On(reader, smtptest.SlowMessage(time.Minute), 1)
		expect(t, b.outcome(t, message("1", reader)), mail.Uncertain, mail.CauseUnconfirmed, 0)
	})
}

func TestOneRefusedRecipientDoesNotDisturbTheNext(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.server.On("away@marelan.go.id", smtptest.RefuseRecipient(550, "5.1.1 unknown"), smtptest.Always)
	for range 5 {
		expect(t, b.outcome(t, message("1", "away@marelan.go.id")), mail.Permanent, mail.CauseAddressRefused, 550)
		b.mustSend(t, "2", reader)
	}
	if n := b.server.Connections(); n != 1 {
		t.Errorf("the refusals cost %d connections", n)
	}
}

func TestAnAddressThatCannotBeWrittenToIsRefusedWithoutAConnection(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, to := range []string{"", "siti", "siti@", "siti@marelan.go.id\r\nBcc: x@y.id", "Siti <siti@marelan.go.id>", "sití@marelan.go.id", "a@b.id, c@d.id"} {
		expect(t, b.outcome(t, message("1", to)), mail.Permanent, mail.CauseAddressRefused, 0)
	}
	if n := b.server.Connections(); n != 0 {
		t.Errorf("%d connections were opened", n)
	}
}

func TestTLSIsDemandedAndChecked(t *testing.T) {
	t.Parallel()
	trusting := func(mode mail.TLSMode, s *smtptest.Server) mail.Options {
		return mail.Options{Host: s.Host(), Port: s.Port(), TLS: mode, RootCAs: s.RootCAs(), From: "telaah@marelan.go.id", Timeout: 5 * time.Second}
	}
	cases := []struct {
		name   string
		server []smtptest.Option
		mode   mail.TLSMode
		trust  bool
		works  bool
	}{
		{"STARTTLS with a trusted certificate", []smtptest.Option{smtptest.WithSTARTTLS()}, mail.TLSStart, true, true},
		{"STARTTLS with a stranger's certificate", []smtptest.Option{smtptest.WithSTARTTLS()}, mail.TLSStart, false, false},
		{"STARTTLS against a server without it", nil, mail.TLSStart, true, false},
		{"TLS with a trusted certificate", []smtptest.Option{smtptest.WithTLS()}, mail.TLSImplicit, true, true},
		{"TLS with a stranger's certificate", []smtptest.Option{smtptest.WithTLS()}, mail.TLSImplicit, false, false},
		{"TLS against a plain server", nil, mail.TLSImplicit, true, false},
		{"login over STARTTLS", []smtptest.Option{smtptest.WithSTARTTLS(), smtptest.WithLogin("telaah", "rahasia")}, mail.TLSStart, true, true},
		{"login over TLS", []smtptest.Option{smtptest.WithTLS(), smtptest.WithLogin("telaah", "rahasia")}, mail.TLSImplicit, true, true},
		{"login that would show the password", []smtptest.Option{smtptest.WithLogin("telaah", "rahasia")}, mail.TLSNone, true, false},
		{"login with a wrong password", []smtptest.Option{smtptest.WithSTARTTLS(), smtptest.WithLogin("telaah", "lain")}, mail.TLSStart, true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t, c.server...)
			o := trusting(c.mode, server)
			if !c.trust {
				o.RootCAs = nil
			}
			if len(c.server) == 2 || c.mode == mail.TLSNone {
				o.User, o.Password = "telaah", "rahasia"
			}
			sender, err := mail.NewSender(o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = sender.Close() }()
			b := bundle{server, sender}
			if c.works {
				b.mustSend(t, "1", reader)
				b.mustSend(t, "2", reader)
				if err := sender.Check(t.Context()); err != nil {
					t.Errorf("check: %v", err)
				}
				return
			}
			failed := b.outcome(t, message("1", reader))
			if failed == nil || failed.Outcome != mail.Temporary || failed.Cause != mail.CauseSettings || !failed.ServerWide() {
				t.Errorf("ended %v, want a fault of the settings", failed)
			}
			if err := sender.Check(t.Context()); err == nil {
				t.Error("the check found nothing")
			}
			if n := len(server.Messages()); n != 0 {
				t.Errorf("%d messages went out", n)
			}
		})
	}
}

func TestATLSAlertOfTheServerIsAFaultOfTheSettings(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	address := server.Listener.Addr().(*net.TCPAddr)
	sender, err := mail.NewSender(mail.Options{
		Host: address.IP.String(), Port: address.Port, TLS: mail.TLSImplicit, RootCAs: roots, From: "telaah@marelan.go.id",
		Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sender.Close() }()
	expect(t, bundle{sender: sender}.outcome(t, message("1", reader)), mail.Temporary, mail.CauseSettings, 0)
}

func TestCheckSeesThatTheServerIsAway(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	if err := b.sender.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.server.Stop()
	if err := b.sender.Check(t.Context()); err == nil {
		t.Error("nothing is wrong with a server that is away")
	}
}

func TestBackoffDoublesFromFiveSecondsToHalfAnHour(t *testing.T) {
	t.Parallel()
	want := map[int]time.Duration{
		0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 3: 20 * time.Second, 9: 1280 * time.Second,
		10: 30 * time.Minute, 1000: 30 * time.Minute,
	}
	for attempt, wait := range want {
		if got := mail.Backoff(attempt); got != wait {
			t.Errorf("after attempt %d: %s, want %s", attempt, got, wait)
		}
	}
}
