package catcher

import (
	"errors"
	"io"
	"log/slog"
	"syscall"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	largestMessage = 32 << 20
	idleLimit      = 5 * time.Minute
)

// newSMTPServer accepts every sender, recipient, user and password.
func newSMTPServer(s *store, log *slog.Logger) *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{store: s, log: log}, nil
	}))
	server.Domain = "localhost"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = largestMessage
	server.ReadTimeout, server.WriteTimeout = idleLimit, idleLimit
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	return server
}

// session is one connection; it takes any number of messages.
type session struct {
	store *store
	log   *slog.Logger
	from  string
	to    []string
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Login {
		return &anyLogin{}, nil
	}
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}

// anyLogin asks for user and password and is content with any.
type anyLogin struct{ asked int }

func (l *anyLogin) Next([]byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		return []byte("Password:"), false, nil
	default:
		return nil, true, nil
	}
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data answers 250 only when the message is on the disk; when it cannot be, the client is told to come again.
func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if _, err := s.store.add(s.from, s.to, body); err != nil {
		s.log.Error("message refused for now", "error", err)
		said := "The message could not be stored, try again later"
		if errors.Is(err, syscall.ENOSPC) {
			said = "The disk is full, try again later"
		}
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: said}
	}
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
