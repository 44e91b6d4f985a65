package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/marelan/telaah/internal/locale"
)

// Message is a written mail.
type Message struct {
	Key     string      // the outbox key, from which the Message-ID is made
	Keys    []string    // the outbox keys of all the notices in it; empty for Key alone
	Lang    locale.Lang // told to the reader's program as Content-Language
	To      string      // bare e-mail address
	ToName  string      // may be empty
	Subject string
	Text    string
	HTML    string
	Date    time.Time // the Date header; zero means the moment of sending
}

// MessageID returns the Message-ID (without angle brackets) of the mail with an outbox key. The same key and domain always give
// the same one, so that a mail sent twice can be recognised; the key cannot be read from it.
func MessageID(key, domain string) string {
	return KeyDigest(key) + "@" + domain
}

// KeyDigest is what a mail tells of an outbox key: in its Message-ID, and for every notice that it carries in the header
// X-Telaah-Key, so that what was delivered can be held against the outbox.
func KeyDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// headerKeys names the notices that a mail carries.
const headerKeys gomail.Header = "X-Telaah-Key"

// domainOf returns what follows the @ of an address.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// build writes m in the form that goes over the wire. The error says which part of m cannot be sent.
func (m Message) build(from netmail.Address, now time.Time) (*gomail.Msg, error) {
	if err := CheckAddress(m.To); err != nil {
		return nil, err
	}
	if m.Key == "" || m.Subject == "" || m.Text == "" || m.HTML == "" {
		return nil, fmt.Errorf("the message lacks its key, subject, text or HTML")
	}
	if !m.Date.IsZero() {
		now = m.Date
	}
	built := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
	built.FromMailAddress(&from)
	built.ToMailAddress(&netmail.Address{Name: clean(m.ToName), Address: m.To})
	built.Subject(clean(m.Subject))
	built.SetDateWithValue(now)
	built.SetMessageIDWithValue(MessageID(m.Key, domainOf(from.Address)))
	built.SetGenHeader("Auto-Submitted", "auto-generated")
	built.SetGenHeader(headerKeys, m.keyDigests())
	if m.Lang != "" {
		built.SetGenHeader(gomail.HeaderContentLang, string(m.Lang))
	}
	built.SetBodyString(gomail.TypeTextPlain, m.Text)
	built.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return built, nil
}

// keyDigests are those of the notices in m, between spaces.
func (m Message) keyDigests() string {
	if len(m.Keys) == 0 {
		return KeyDigest(m.Key)
	}
	digests := make([]string, len(m.Keys))
	for i, key := range m.Keys {
		digests[i] = KeyDigest(key)
	}
	return strings.Join(digests, " ")
}
