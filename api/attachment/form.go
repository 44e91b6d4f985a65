// Package attachment reads forms that bring files, for pages and JSON alike.
package attachment

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
)

// Bounds of one request. A body that is larger than what is kept of it is still read to its end: a browser that is cut off in the
// midst of sending shows no answer, and what was typed would be lost.
const (
	MaxBody   = 64 << 20 // unless a single file may be larger
	mostFiles = 5
	mostParts = 10_000 // as many as net/url takes fields
	mostText  = 1 << 20
)

// BodyLimit returns the most bytes of a request that brings files of at most so many bytes.
func BodyLimit(file int64) int64 { return max(MaxBody, 2*file+mostText) }

// Form is what a request brought: fields, and files in their order.
type Form struct {
	Values url.Values
	Files  []File
}

// File is a file as it was sent. Of one that is too large only a byte more than may be is kept.
type File struct {
	Field   string
	Name    string
	Content []byte
}

// Of returns the files of one field.
func (f Form) Of(field string) []File {
	var list []File
	for _, file := range f.Files {
		if file.Field == field {
			list = append(list, file)
		}
	}
	return list
}

// Parse reads a multipart form with files of at most so many bytes. With an error it returns what it has read before that.
func Parse(r *http.Request, file int64) (Form, error) {
	form := Form{Values: url.Values{}}
	parts, err := r.MultipartReader()
	if err != nil {
		return form, unreadable(err)
	}
	text := int64(mostText)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if n == mostParts {
			err = fmt.Errorf("more than %d parts", mostParts)
		}
		if err != nil {
			return form, unreadable(err)
		}
		name, isFile := fileName(part)
		if !isFile {
			value, err := io.ReadAll(io.LimitReader(part, text+1))
			if text -= int64(len(value)); text < 0 {
				err = &http.MaxBytesError{Limit: mostText}
			}
			if err != nil {
				return form, unreadable(err)
			}
			form.Values.Add(part.FormName(), string(value))
			continue
		}
		if name == "" { // a field that was left empty
			continue
		}
		if len(form.Files) == mostFiles {
			var f appraisal.Faults
			f.Add("file", "evidence.error.at_once", map[string]any{"max": mostFiles})
			return form, f.Err()
		}
		content, err := io.ReadAll(io.LimitReader(part, file+1))
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil {
			return form, unreadable(err)
		}
		form.Files = append(form.Files, File{Field: part.FormName(), Name: name, Content: content})
	}
}

// fileName returns the name as it was sent; the standard library's own takes part of it away by the server's idea of paths.
func fileName(part *multipart.Part) (string, bool) {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	name, ok := params["filename"]
	return name, ok
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem.WithStatus(http.StatusRequestEntityTooLarge,
			appraisal.Fault(appraisal.CodeInvalid, "error.body_large", map[string]any{"max": large.Limit >> 20}))
	}
	return &appraisal.Error{Code: appraisal.CodeInvalid, Key: "page.error.unreadable", Err: err}
}
