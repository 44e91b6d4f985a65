package mail_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/smtptest"
)

// BenchmarkSender renders and delivers one notice per operation from two goroutines.
func BenchmarkSender(b *testing.B) {
	server := smtptest.Start(b)
	sender, err := mail.NewSender(mail.Options{
		Host: server.Host(), Port: server.Port(), TLS: mail.TLSNone, From: "telaah@marelan.go.id", Timeout: 10 * time.Second,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sender.Close() }()
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range work {
				n := notice(mail.KindTask, locale.Indonesian, reviews(1)...)
				n.Key = fmt.Sprint(i)
				m, err := mail.Render(n)
				if err == nil {
					err = sender.Send(b.Context(), m)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := 0; b.Loop(); i++ {
		work <- i
	}
	close(work)
	wg.Wait()
}

// BenchmarkBareClient delivers the same message by go-mail alone on one open connection.
func BenchmarkBareClient(b *testing.B) {
	server := smtptest.Start(b)
	client, err := gomail.NewClient(server.Host(), gomail.WithPort(server.Port()), gomail.WithTLSPolicy(gomail.NoTLS))
	if err != nil {
		b.Fatal(err)
	}
	if err := client.DialWithContext(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	written, err := mail.Render(notice(mail.KindTask, locale.Indonesian, reviews(1)...))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m := gomail.NewMsg()
		if err := m.From("telaah@marelan.go.id"); err != nil {
			b.Fatal(err)
		}
		if err := m.To(written.To); err != nil {
			b.Fatal(err)
		}
		m.Subject(written.Subject)
		m.SetBodyString(gomail.TypeTextPlain, written.Text)
		m.AddAlternativeString(gomail.TypeTextHTML, written.HTML)
		if err := client.Send(m); err != nil {
			b.Fatal(err)
		}
	}
}
