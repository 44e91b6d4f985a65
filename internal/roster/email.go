package roster

import (
	"net/mail"
	"strings"
)

// validEmail reports whether s is one plain ASCII address, without a name or comment, at a domain with a dot.
func validEmail(s string) bool {
	if len(s) > 254 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`"(),:;<>[\]`, s[i]) >= 0 {
			return false
		}
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(local) > 64 || !strings.Contains(domain, ".") {
		return false
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || !hostLabel(label) {
			return false
		}
	}
	address, err := mail.ParseAddress(s)
	return err == nil && address.Name == "" && address.Address == s
}

func hostLabel(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isDigit(c) && c != '-' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
