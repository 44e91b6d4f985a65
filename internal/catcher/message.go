package catcher

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
	"net/textproto"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"
)

// Message is a caught mail as the JSON interface shows it.
type Message struct {
	ID        string    `json:"id"`
	MessageID string    `json:"message_id"` // without angle brackets
	From      string    `json:"from"`
	To        []string  `json:"to"` // the recipients that the client named to the server, in order
	Subject   string    `json:"subject"`
	Date      time.Time `json:"date"`     // as the sender wrote it; zero when it cannot be read
	Received  time.Time `json:"received"` // when it was accepted
	Text      string    `json:"text"`     // the plain text part
	Size      int       `json:"size"`     // bytes of the whole
}

// content is what a mail holds beside what the index keeps.
type content struct {
	html        string
	attachments []attachment
}

type attachment struct {
	Name, Type string
	data       []byte
}

// Size is the number of bytes.
func (a attachment) Size() int { return len(a.data) }

// The file of a message begins with these headers, as a mailbox has them: they keep the envelope.
const (
	headerFrom     = "Return-Path"
	headerTo       = "X-Original-To"
	headerReceived = "Received"
)

func envelope(from string, to []string, received time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: <%s>\r\n", headerFrom, from)
	fmt.Fprintf(&b, "%s: %s\r\n", headerTo, strings.Join(to, ",\r\n "))
	fmt.Fprintf(&b, "%s: by telaah catcher;\r\n %s\r\n", headerReceived, received.Format(time.RFC1123Z))
	return b.Bytes()
}

// read takes a stored message apart. What cannot be understood is left out rather than refused: a catcher shows what
// came.
func read(id string, raw []byte) (Message, content) {
	m := Message{ID: id, Size: len(raw), Received: idTime(id)}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Text = string(raw)
		return m, content{}
	}
	h := parsed.Header
	m.MessageID = strings.Trim(h.Get("Message-Id"), "<> ")
	m.From = decoded(h.Get("From"))
	m.Subject = decoded(h.Get("Subject"))
	for _, to := range strings.Split(h.Get(headerTo), ",") {
		if to = strings.TrimSpace(to); to != "" {
			m.To = append(m.To, to)
		}
	}
	if date, err := mail.ParseDate(h.Get("Date")); err == nil {
		m.Date = date
	}
	var c content
	var text strings.Builder
	walk(textproto.MIMEHeader(h), parsed.Body, deepestPart, &text, &c)
	m.Text = strings.ReplaceAll(text.String(), "\r\n", "\n")
	return m, c
}

// deepestPart bounds how far parts of a mail may lie within others; what lies deeper is attached unread.
const deepestPart = 20

// walk visits the parts of a mail: the first HTML is the HTML, plain texts follow one another, the rest is attached.
func walk(h textproto.MIMEHeader, body io.Reader, deeper int, text *strings.Builder, c *content) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil
	}
	if boundary := params["boundary"]; strings.HasPrefix(kind, "multipart/") && boundary != "" && deeper > 0 {
		parts := multipart.NewReader(body, boundary)
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			walk(part.Header, part, deeper-1, text, c)
		}
	}
	data, err := io.ReadAll(transferDecoded(h.Get("Content-Transfer-Encoding"), body))
	if err != nil && len(data) == 0 {
		data = []byte(fmt.Sprintf("(%v)", err))
	}
	disposition, dispositionParams, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	attached := err == nil && disposition == "attachment"
	switch {
	case kind == "text/plain" && !attached:
		text.Write(inUTF8(data, params["charset"]))
	case kind == "text/html" && !attached && c.html == "":
		c.html = string(inUTF8(data, params["charset"]))
	default:
		name := decoded(dispositionParams["filename"])
		if name == "" {
			name = decoded(params["name"])
		}
		if name == "" {
			name = kind
		}
		c.attachments = append(c.attachments, attachment{name, kind, data})
	}
}

func transferDecoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	default:
		return body
	}
}

func inUTF8(data []byte, charset string) []byte {
	encoding, err := htmlindex.Get(charset)
	if err != nil {
		return data
	}
	converted, err := encoding.NewDecoder().Bytes(data)
	if err != nil {
		return data
	}
	return converted
}

// decoded turns =?utf-8?q?…?= into letters.
func decoded(header string) string {
	words := mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		encoding, err := htmlindex.Get(charset)
		if err != nil {
			return nil, errors.New("unknown charset " + charset)
		}
		return encoding.NewDecoder().Reader(r), nil
	}}
	plain, err := words.DecodeHeader(header)
	if err != nil {
		return header
	}
	return plain
}
