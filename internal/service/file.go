package service

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Press makes files of what the record says; it knows nothing of the record.
type Press interface {
	// Print writes a document as PDF. The same document under the same issue has the same bytes.
	Print(w io.Writer, d appraisal.Document, as appraisal.Issue) error
	// List writes a listing as PDF.
	List(w io.Writer, l appraisal.Listing) error
	// Results writes a table of results in a format and a language. Rows are taken one by one and not kept in memory.
	Results(w io.Writer, format appraisal.ResultsFormat, head appraisal.ResultsHead, rows iter.Seq2[appraisal.ResultsRow, error], lang locale.Lang) error
}

// File is something to hand out. Whoever gets it closes it.
type File struct {
	Name string
	Type string // MIME type
	Size int64
	io.ReadCloser
}

const (
	typePDF  = "application/pdf"
	typeJSON = "application/json"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeZIP  = "application/zip"
	typeCSV  = "text/csv; charset=utf-8"
)

func fileOf(name, kind string, content []byte) File {
	return File{Name: name, Type: kind, Size: int64(len(content)), ReadCloser: io.NopCloser(bytes.NewReader(content))}
}

// spooled has a file written to the disk before anybody is sent a byte of it: no slow reader holds a transaction open, and what
// goes wrong is still an answer. Nothing of it is left behind when the process dies.
func spooled(name, kind string, write func(w io.Writer) error) (File, error) {
	disk, err := os.CreateTemp("", "telaah-")
	if err != nil {
		return File{}, fmt.Errorf("spool %s: %w", name, err)
	}
	fail := func(err error) (File, error) {
		_ = disk.Close()
		return File{}, err
	}
	if err := os.Remove(disk.Name()); err != nil { // the open file lives on until it is closed
		return fail(fmt.Errorf("spool %s: %w", name, err))
	}
	if err := write(disk); err != nil {
		return fail(err)
	}
	size, err := disk.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = disk.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fail(fmt.Errorf("spool %s: %w", name, err))
	}
	return File{Name: name, Type: kind, Size: size, ReadCloser: disk}, nil
}
