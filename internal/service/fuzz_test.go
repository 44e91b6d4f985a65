package service

import (
	"net/url"
	"strings"
	"testing"
)

// A page to go on to after the sign-in is always one of ours: a browser that follows it stays on our host.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/", "/tugas/1?a=b#c", "//evil.test", "/\\evil.test", "https://evil.test", "/%2f/evil.test", "/\t/evil.test", "/a\r\nSet-Cookie: x", "/\u2028"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "telaah.test", Path: "/masuk"}
	f.Fuzz(func(t *testing.T, next string) {
		path := localPath(next)
		if path == "" {
			return
		}
		to, err := base.Parse(path)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\r\n\t\\\x00") {
			t.Fatalf("%q leads to %v (%v)", path, to, err)
		}
	})
}
