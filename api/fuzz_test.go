package api

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
)

// Nothing that a request's head says makes it fail, and no token is longer than one can be.
func FuzzRequestHead(f *testing.F) {
	f.Add("Bearer a", "telaah_session=b; lang=en", "id, en;q=0.8", "203.0.113.7")
	f.Add("bearer  "+strings.Repeat("x", 300), "=;;=\x00", "*;q=1e9,-", "fe80::1%eth0")
	f.Add("Basic Og==", "telaah_session=\"", strings.Repeat("a-", 200), "::ffff:10.0.0.1")
	f.Fuzz(func(t *testing.T, authorization, cookie, languages, ip string) {
		r := &http.Request{Header: http.Header{"Authorization": {authorization}, "Cookie": {cookie}, "Accept-Language": {languages}}}
		if shown := credential(r); len(shown.Token) > longestToken {
			t.Fatalf("a token of %d bytes", len(shown.Token))
		}
		if lang := askedLanguage(r); lang != locale.Indonesian && lang != locale.English {
			t.Fatalf("the language is %q", lang)
		}
		if a, err := netip.ParseAddr(ip); err == nil && a.Is4() && network(ip) != a.String() {
			t.Fatalf("%s is in %s", ip, network(ip))
		}
	})
}
