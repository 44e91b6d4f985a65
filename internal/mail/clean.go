package mail

import (
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of a name, cycle or server answer are kept.
const longest = 120

// clean makes one line of text that came from outside safe to stand in a header or a sentence: line ends and other
// controls become spaces, invisible and direction-changing characters go, and so do the marks of an encoded word (RFC 2047)
// and of a placeholder. A long text is cut.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		case r == '{':
			return '('
		case r == '}':
			return ')'
		case r == '\\': // has no place in an encoded word of a name
			return '/'
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "=?", "= ?"), "?=", "? =")
	if utf8.RuneCountInString(s) > longest {
		s = strings.TrimSpace(string([]rune(s)[:longest-1])) + "…"
	}
	return s
}

// CheckAddress returns why a bare e-mail address cannot be written to, and nil if it can. Only ASCII addresses are taken,
// since a relay without SMTPUTF8 would bounce the others.
func CheckAddress(address string) error {
	if address == "" {
		return fmt.Errorf("no e-mail address")
	}
	if len(address) > 254 {
		return fmt.Errorf("the e-mail address is longer than 254 characters (RFC 5321)")
	}
	for _, r := range address {
		if r <= ' ' || r > '~' {
			return fmt.Errorf("the e-mail address %q has a character outside printable ASCII", address)
		}
	}
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return fmt.Errorf("%q is not an e-mail address of the form name@host", address)
	}
	return nil
}

func checkLink(link string) error {
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("the link %q is not an absolute http or https address", link)
	}
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("the link %q has a character that must be escaped", link)
	}
	return nil
}
