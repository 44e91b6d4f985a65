package service

import (
	"errors"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/marelan/telaah/internal/mail"
)

// BenchmarkOutbox delivers a notice per operation, from the queue to the record of its delivery.
func BenchmarkOutbox(b *testing.B) {
	p := office(b).withPost(b, nil)
	p.manyNotices(b, b.N)
	b.ResetTimer()
	stop := p.drains(b)
	for rest := true; rest; time.Sleep(20 * time.Millisecond) {
		if err := p.pool.QueryRow(b.Context(), `select exists (select from mail where state in ('queued', 'sending'))`).Scan(&rest); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	stop()
	p.wantEachOnce(b, b.N)
}

// BenchmarkOutboxBareClient sends the same messages by go-mail alone, one after the other on one open connection.
func BenchmarkOutboxBareClient(b *testing.B) {
	p := office(b).withPost(b, nil)
	p.manyNotices(b, 1)
	p.settle(b)
	first := p.server.Messages()[0]
	client, err := gomail.NewClient(p.server.Host(), gomail.WithPort(p.server.Port()), gomail.WithTLSPolicy(gomail.NoTLS))
	if err != nil {
		b.Fatal(err)
	}
	if err := client.DialWithContext(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	for b.Loop() {
		m := gomail.NewMsg()
		if err := errors.Join(m.From("telaah@pemda.test"), m.To(first.To[0])); err != nil {
			b.Fatal(err)
		}
		m.Subject(first.Subject)
		m.SetGenHeader("X-Telaah-Key", mail.KeyDigest("key"))
		m.SetBodyString(gomail.TypeTextPlain, first.Text)
		m.AddAlternativeString(gomail.TypeTextHTML, first.HTML)
		if err := client.Send(m); err != nil {
			b.Fatal(err)
		}
	}
}
