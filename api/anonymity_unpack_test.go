package api_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os/exec"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"
)

// piece is something legible in an answer: the answer itself, or the text of a file in it.
type piece struct {
	name string // of a file within the answer
	form string // json, html, or rows of text
	text string
}

const (
	formJSON = "json"
	formHTML = "html"
	formRows = "rows"
)

// unpack makes an answer legible. It goes by what the answer is rather than by what it says of itself; the same content is
// unpacked once.
func (p *panel) unpack(name, kind string, body []byte) []piece {
	p.t.Helper()
	key := sha256.Sum256(append([]byte(name+"\x00"+kind+"\x00"), body...))
	if _, known := p.unpacked[key]; !known {
		p.unpacked[key] = p.pieces(name, kind, body)
	}
	return p.unpacked[key]
}

func (p *panel) pieces(name, kind string, body []byte) []piece {
	p.t.Helper()
	switch {
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		r, err := gzip.NewReader(bytes.NewReader(body))
		p.must(err)
		inner, err := io.ReadAll(r)
		p.must(err)
		return p.unpack(name, kind, inner)
	case bytes.HasPrefix(body, []byte("PK")):
		return p.packed(name, body)
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return []piece{{name, formRows, p.printedText(body)}}
	case strings.Contains(kind, "json"):
		return []piece{{name, formJSON, string(body)}}
	case strings.Contains(kind, "html"):
		return []piece{{name, formHTML, string(body)}}
	default:
		return []piece{{name, formRows, string(body)}}
	}
}

// packed unpacks an archive; of a workbook there are the rows of its sheets beside the files that it is made of.
func (p *panel) packed(name string, body []byte) []piece {
	p.t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	p.must(err)
	var all []piece
	for _, f := range archive.File {
		r, err := f.Open()
		p.must(err)
		content, err := io.ReadAll(r)
		p.must(err)
		for _, inner := range p.unpack(name+"!"+f.Name, "", content) {
			inner.text = f.Name + "\n" + inner.text // a name tells whose file it is
			all = append(all, inner)
		}
		if f.Name == "[Content_Types].xml" {
			all = append(all, p.sheets(name, body)...)
		}
	}
	return all
}

func (p *panel) sheets(name string, body []byte) []piece {
	p.t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(body))
	p.must(err)
	defer func() { _ = book.Close() }()
	var all []piece
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		p.must(err)
		var text strings.Builder
		for _, cells := range rows {
			text.WriteString(strings.ReplaceAll(strings.Join(cells, "\t"), "\n", " ") + "\n")
		}
		all = append(all, piece{name + "!" + sheet, formRows, text.String()})
	}
	return all
}

// printedText is what a reader can search in a paper, once as it is set and once without the spaces, which part long words.
func (p *panel) printedText(pdf []byte) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("pdftotext (Debian: apt-get install poppler-utils): %v", err)
	}
	var set strings.Builder
	for line := range strings.Lines(string(out)) {
		set.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return set.String() + strings.Join(strings.Fields(string(out)), "")
}

// parts divides a piece as it divides itself.
func (s seen) parts() *part {
	switch s.form {
	case formJSON:
		var v any
		if json.Unmarshal([]byte(s.body), &v) == nil {
			return jsonPart(v)
		}
	case formHTML:
		if doc, err := goquery.NewDocumentFromReader(strings.NewReader(s.body)); err == nil {
			return htmlPart(doc.Selection)
		}
	}
	whole := &part{}
	for line := range strings.Lines(s.body) {
		whole.parts = append(whole.parts, &part{text: line})
	}
	return whole
}
