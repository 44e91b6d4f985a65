// Package upload decides what a file is by its content, whatever it is called, and refuses what could do more on the reader's
// computer than be looked at.
package upload

import (
	"bytes"
	"crypto/sha256"
	"image"
	_ "image/jpeg" // formats of which the size is read
	_ "image/png"
	"slices"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/marelan/telaah/internal/appraisal"
)

// Type is a kind of file that is taken.
type Type struct {
	Media   string   // how it is served
	Endings []string // the usual one first
}

func (t Type) ends(ending string) bool { return slices.Contains(t.Endings, ending) }

// The types that are taken. Nothing that a browser would run, and no container but office documents. A table in CSV may hold what a
// spreadsheet takes for a formula: it is data of the sender, handed out as a download, and changed by nobody.
var (
	PDF  = Type{"application/pdf", []string{".pdf"}}
	PNG  = Type{"image/png", []string{".png"}}
	JPEG = Type{"image/jpeg", []string{".jpg", ".jpeg"}}
	WebP = Type{"image/webp", []string{".webp"}}
	DOCX = Type{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}}
	XLSX = Type{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}}
	PPTX = Type{"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx"}}
	ODT  = Type{"application/vnd.oasis.opendocument.text", []string{".odt"}}
	ODS  = Type{"application/vnd.oasis.opendocument.spreadsheet", []string{".ods"}}
	Text = Type{"text/plain", []string{".txt"}}
	CSV  = Type{"text/csv", []string{".csv"}}

	Types = []Type{PDF, PNG, JPEG, WebP, DOCX, XLSX, PPTX, ODT, ODS, Text, CSV}
)

// File is a file that was looked at and taken.
type File struct {
	Name    string
	Type    Type
	Content []byte
	Digest  [sha256.Size]byte
}

// mostPixels bounds a picture: more would take the reader's memory, however small the file.
const mostPixels = 100_000_000

// Look decides what a file is. The error is a fault of the field "file" that says why it is refused.
func Look(name string, content []byte) (File, error) {
	t, fault := typeOf(name, content)
	if fault != "" {
		var f appraisal.Faults
		f.Add("file", "evidence.error."+fault, map[string]any{"name": Name(name, Type{Endings: []string{""}})})
		return File{}, f.Err()
	}
	return File{Name: Name(name, t), Type: t, Content: content, Digest: sha256.Sum256(content)}, nil
}

// Reasons to refuse a file, keys below evidence.error.
const (
	faultEmpty  = "empty"
	faultType   = "type"
	faultBroken = "broken"
	faultMacros = "macros"
	faultActive = "active"
	faultBomb   = "bomb"
)

func typeOf(name string, content []byte) (Type, string) {
	if len(content) == 0 {
		return Type{}, faultEmpty
	}
	found := mimetype.Detect(content)
	switch {
	case found.Is(PDF.Media):
		return PDF, wholePDF(content)
	case found.Is(PNG.Media):
		return PNG, wholePicture(content)
	case found.Is(JPEG.Media):
		return JPEG, wholePicture(content)
	case found.Is(WebP.Media):
		return WebP, wholeWebP(content)
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return office(content)
	case plain(found):
		return text(name, content)
	default:
		return Type{}, faultType
	}
}

// plain reports whether the content reads as text of no kind that is more than text: HTML, SVG, scripts and the like are kinds of
// their own.
func plain(m *mimetype.MIME) bool {
	return m.Is(Text.Media) || m.Is(CSV.Media) || m.Is("text/tab-separated-values")
}

func wholePicture(content []byte) string {
	size, _, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case err != nil:
		return faultBroken
	case int64(size.Width)*int64(size.Height) > mostPixels:
		return faultBomb
	default:
		return ""
	}
}

// markup begins what a browser or a server would run if it were served as what it could also be.
var markup = [][]byte{
	[]byte("<html"), []byte("<!doctype"), []byte("<script"), []byte("<svg"), []byte("<iframe"), []byte("<body"), []byte("<?php"), []byte("<?xml"),
}

// text takes text without markup. A table is told from text only by its name: any text can be one.
func text(name string, content []byte) (Type, string) {
	lower := bytes.ToLower(content)
	for _, begin := range markup {
		if bytes.Contains(lower, begin) {
			return Type{}, faultType
		}
	}
	utf16 := bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff"))
	if !utf16 && bytes.ContainsFunc(content, unprintable) || bytes.HasPrefix(content, []byte("#!")) {
		return Type{}, faultType
	}
	if utf16 && len(content)%2 != 0 {
		return Type{}, faultBroken
	}
	for _, ending := range CSV.Endings {
		if len(name) > len(ending) && bytes.EqualFold([]byte(name[len(name)-len(ending):]), []byte(ending)) {
			return CSV, ""
		}
	}
	return Text, ""
}

// unprintable reports control signs that no text has. Bytes that are no UTF-8 are letters of an older encoding.
func unprintable(r rune) bool {
	return r != utf8.RuneError && (r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f)
}
