package smtptest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
)

// Received is a message that the server took.
type Received struct {
	From      string      // envelope sender
	To        []string    // envelope recipients
	Header    mail.Header // as sent, not decoded
	MessageID string      // without angle brackets
	Subject   string      // decoded
	Text      string      // the text/plain part, decoded
	HTML      string      // the text/html part, decoded
	Raw       []byte      // the whole message
	Confirmed bool        // false when the sender was not told at once that it was taken
}

// Messages returns what was taken so far, in order.
func (s *Server) Messages() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// MessagesTo returns what was taken for a recipient, in order.
func (s *Server) MessagesTo(address string) []Received {
	var to []Received
	for _, m := range s.Messages() {
		if slices.Contains(m.To, address) {
			to = append(to, m)
		}
	}
	return to
}

// CountByMessageID returns how often each Message-ID was taken.
func (s *Server) CountByMessageID() map[string]int {
	count := map[string]int{}
	for _, m := range s.Messages() {
		count[m.MessageID]++
	}
	return count
}

// Forget empties the record.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = nil
	clear(s.attempts)
}

// Wait returns the record when it holds at least n messages, and fails the test after ten seconds.
func (s *Server) Wait(t testing.TB, n int) []Received {
	t.Helper()
	if err := s.Until(10*time.Second, func() bool { return len(s.Messages()) >= n }); err != nil {
		t.Fatalf("%d messages of %d: %v", len(s.Messages()), n, err)
	}
	return s.Messages()
}

func parse(raw []byte) (Received, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Received{}, fmt.Errorf("read the header: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Received{}, fmt.Errorf("decode the subject: %w", err)
	}
	r := Received{
		Header: message.Header, Subject: subject, Raw: raw,
		MessageID: strings.Trim(message.Header.Get("Message-ID"), "<>"),
	}
	return r, r.read(message.Header.Get("Content-Type"), message.Header.Get("Content-Transfer-Encoding"), message.Body)
}

// read keeps the text and HTML found in a body, going down into multipart bodies.
func (r *Received) read(contentType, encoding string, body io.Reader) error {
	if contentType == "" {
		contentType = "text/plain"
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("read the content type %q: %w", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("read a part: %w", err)
			}
			if err := r.read(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("decode %s: %w", kind, err)
	}
	switch kind {
	case "text/plain":
		r.Text = string(content)
	case "text/html":
		r.HTML = string(content)
	}
	return nil
}
