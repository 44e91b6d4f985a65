// Package download hands files out, for pages and JSON alike.
package download

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/service"
)

// Send answers with a file to be saved under its name, and closes it. If the file cannot be read to its end the connection is
// broken off, so that nobody takes a part for the whole.
func Send(c *gin.Context, f service.File) {
	defer func() { _ = f.Close() }()
	sent := &counting{File: f}
	// A browser saves it and never shows it as a page of ours, whatever it may think that it is.
	c.Header("Content-Disposition", disposition(f.Name))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "private, no-store")
	c.DataFromReader(http.StatusOK, f.Size, f.Type, sent, nil)
	if sent.read != f.Size {
		panic(http.ErrAbortHandler)
	}
}

// counting knows how much of a file was read.
type counting struct {
	service.File
	read int64
}

// Read implements io.Reader.
func (r *counting) Read(p []byte) (int, error) {
	n, err := r.File.Read(p)
	r.read += int64(n)
	return n, err
}

// disposition names a file to save (RFC 6266): in ASCII for old programs, and exactly for all others (RFC 8187).
func disposition(name string) string {
	var ascii, exact strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			r = '_'
		}
		ascii.WriteRune(r)
	}
	for _, b := range []byte(name) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', strings.IndexByte("!#$&+-.^_`|~", b) >= 0:
			exact.WriteByte(b)
		default:
			fmt.Fprintf(&exact, "%%%02X", b)
		}
	}
	return `attachment; filename="` + ascii.String() + `"; filename*=UTF-8''` + exact.String()
}
