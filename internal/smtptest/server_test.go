package smtptest_test

import (
	"fmt"
	"net/smtp"
	"testing"

	"github.com/marelan/telaah/internal/smtptest"
)

const body = "Subject: =?utf-8?q?Halo_=C3=A9?=\r\nMessage-ID: <%s@x>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsatu=20dua\r\n" +
	"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+c2F0dTwvcD4=\r\n--b--\r\n"

func send(s *smtptest.Server, id, to string) error {
	return smtp.SendMail(s.Addr(), nil, "dari@x", []string{to}, fmt.Appendf(nil, body, id))
}

func TestAMessageIsRecordedDecoded(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	if err := send(s, "1", "siti@x"); err != nil {
		t.Fatal(err)
	}
	got := s.Wait(t, 1)[0]
	if got.Subject != "Halo é" || got.MessageID != "1@x" || got.Text != "satu dua" || got.HTML != "<p>satu</p>" || !got.Confirmed {
		t.Errorf("recorded %+v", got)
	}
}

func TestAStoppedServerIsGoneAndComesBackOnItsPortWithItsRecord(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	address := s.Addr()
	if err := send(s, "1", "siti@x"); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	if err := send(s, "2", "siti@x"); err == nil {
		t.Fatal("a stopped server took a message")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := send(s, "2", "budi@x"); err != nil {
		t.Fatal(err)
	}
	if s.Addr() != address || len(s.Wait(t, 2)) != 2 || len(s.MessagesTo("budi@x")) != 1 {
		t.Errorf("at %s, before at %s: %d messages, %d to Budi", s.Addr(), address, len(s.Messages()), len(s.MessagesTo("budi@x")))
	}
	s.Forget()
	if n := len(s.Messages()) + s.Attempts("siti@x"); n != 0 {
		t.Errorf("%d things are remembered", n)
	}
}

func TestARuleCountsDownAndAnEndlessOneEndsWhenTheServerBehaves(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	s.On("siti@x", smtptest.RefuseRecipient(450, "4.2.0 later"), 2)
	s.On(smtptest.Everyone, smtptest.RefuseMessage(554, "5.0.0 no"), smtptest.Always)
	for i := range 4 {
		if err := send(s, "1", "siti@x"); err == nil {
			t.Fatalf("attempt %d was taken", i+1)
		}
	}
	s.Behave()
	if err := send(s, "1", "siti@x"); err != nil {
		t.Fatal(err)
	}
	if n := s.Attempts("siti@x"); n != 5 {
		t.Errorf("%d attempts were counted, want 5", n)
	}
}
