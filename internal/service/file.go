package service

import (
	"bytes"
	"io"

	"github.com/marelan/telaah/internal/appraisal"
)

// Press makes files of what the record says; it knows nothing of the record.
type Press interface {
	// Print writes a document as PDF. The same document under the same issue has the same bytes.
	Print(w io.Writer, d appraisal.Document, as appraisal.Issue) error
}

// File is something to hand out. Whoever gets it closes it.
type File struct {
	Name string
	Type string // MIME type
	Size int64
	io.ReadCloser
}

const typePDF = "application/pdf"

func fileOf(name, kind string, content []byte) File {
	return File{Name: name, Type: kind, Size: int64(len(content)), ReadCloser: io.NopCloser(bytes.NewReader(content))}
}
