package smtptest

import (
	"fmt"
	"time"

	"github.com/emersion/go-smtp"
)

// Everyone in On makes a behaviour apply to every address.
const Everyone = "*"

// Always in On keeps a behaviour for good.
const Always = 0

// Behaviour is one way in which the server deviates from taking a message.
type Behaviour struct {
	at    moment
	code  int
	text  string
	delay time.Duration
}

type moment int

const (
	atSender moment = iota
	atRecipient
	atData
	inData
	afterDot
)

// RefuseSender answers MAIL FROM with code and text.
func RefuseSender(code int, text string) Behaviour {
	return Behaviour{at: atSender, code: code, text: text}
}

// RefuseRecipient answers RCPT TO with code and text.
func RefuseRecipient(code int, text string) Behaviour {
	return Behaviour{at: atRecipient, code: code, text: text}
}

// RefuseData answers the DATA command with code and text and leaves the transaction open, as RFC 5321 has it. Plain SMTP only.
func RefuseData(code int, text string) Behaviour {
	return Behaviour{at: atData, code: code, text: text}
}

// RefuseMessage reads the whole message and answers its final dot with code and text.
func RefuseMessage(code int, text string) Behaviour {
	return Behaviour{at: afterDot, code: code, text: text}
}

// DropAtRecipient cuts the connection instead of answering RCPT TO.
func DropAtRecipient() Behaviour { return Behaviour{at: atRecipient} }

// DropAtData cuts the connection instead of answering the DATA command. Plain SMTP only.
func DropAtData() Behaviour { return Behaviour{at: atData} }

// DropBeforeDot cuts the connection after the first bytes of the message; the message is lost.
func DropBeforeDot() Behaviour { return Behaviour{at: inData} }

// DropAfterDot takes the message for good and cuts the connection instead of confirming it.
func DropAfterDot() Behaviour { return Behaviour{at: afterDot} }

// SlowRecipient answers RCPT TO after the delay.
func SlowRecipient(delay time.Duration) Behaviour {
	return Behaviour{at: atRecipient, delay: delay}
}

// SlowMessage takes the message for good and confirms it after the delay.
func SlowMessage(delay time.Duration) Behaviour { return Behaviour{at: afterDot, delay: delay} }

// err returns the refusal, or nil when the behaviour is not one.
func (b Behaviour) err() error {
	if b.code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: b.code, EnhancedCode: smtp.NoEnhancedCode, Message: b.text}
}

// line returns the refusal as it goes over the wire.
func (b Behaviour) line() string { return fmt.Sprintf("%d %s\r\n", b.code, b.text) }

// drops reports whether the behaviour cuts the connection.
func (b Behaviour) drops() bool { return b.code == 0 && b.delay == 0 }

type rule struct {
	address string
	left    int
	forever bool
	Behaviour
}

// On makes the server behave so for the next times messages with address as recipient (for RefuseSender: as sender).
// The address Everyone stands for all, times Always for no end. Rules are looked at in the order in which they were given.
func (s *Server) On(address string, b Behaviour, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, &rule{address: address, left: times, forever: times == Always, Behaviour: b})
}

// Behave forgets all rules and limits: the server takes everything again.
func (s *Server) Behave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules, s.closeAfter, s.dropAfter = nil, 0, 0
}

// CloseAfter makes the server take n messages on a connection and then answer MAIL with 421 and close it; 0 for no limit.
// Plain SMTP only.
func (s *Server) CloseAfter(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeAfter = n
}

// DropAfter makes the server cut a connection without a word when it has confirmed n messages on it; 0 for no limit.
func (s *Server) DropAfter(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropAfter = n
}

// take uses up one rule for the moment and address.
func (s *Server) take(at moment, address string) (Behaviour, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.at != at || (r.address != Everyone && r.address != address) {
			continue
		}
		if r.forever {
			return r.Behaviour, true
		}
		if r.left > 0 {
			r.left--
			return r.Behaviour, true
		}
	}
	return Behaviour{}, false
}
