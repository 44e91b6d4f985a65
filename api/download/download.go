// Package download hands files out, for pages and JSON alike.
package download

import (
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/service"
)

// Send answers with a file to be saved under its name, and closes it. If the file cannot be read to its end the connection is
// broken off, so that nobody takes a part for the whole.
func Send(c *gin.Context, f service.File) {
	defer func() { _ = f.Close() }()
	sent := &counting{File: f}
	c.DataFromReader(http.StatusOK, f.Size, f.Type, sent, map[string]string{
		"Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}),
	})
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
