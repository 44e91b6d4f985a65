package catcher

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/marelan/telaah/internal/locale"
)

// atHome answers only requests for a name of this machine: localhost, a loopback address, the host on which the catcher was told to
// listen, or the address at which the request arrived. A page of another host, whose name was made to lead here, would otherwise read
// mail, and the links in it that sign people in.
func atHome(listen string, next http.Handler) http.Handler {
	told, _, _ := net.SplitHostPort(listen) // what is no address was never listened on
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostOf(r.Host)
		address, err := netip.ParseAddr(host)
		at := arrived(r)
		switch {
		case strings.EqualFold(host, "localhost"), told != "" && strings.EqualFold(host, told):
		case err == nil && (address.Unmap().IsLoopback() || address.Unmap() == at.Addr().Unmap()):
		default:
			lang := locale.Parse(r.Header.Get("Accept-Language"))
			http.Error(w, lang.Text("catcher.elsewhere", map[string]any{"address": fmt.Sprintf("http://localhost:%d/", at.Port())}), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostOf returns the host of a Host header without its port and the brackets of an IPv6 address.
func hostOf(header string) string {
	if host, _, err := net.SplitHostPort(header); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(header, "["), "]")
}

// arrived returns this machine's end of the connection.
func arrived(r *http.Request) netip.AddrPort {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	return local.AddrPort()
}
