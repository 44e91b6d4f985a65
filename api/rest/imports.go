package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// mostFiles bounds the files of one import.
const mostFiles = 24

// rosterParts are the fields of a roster's form, in the order in which the service takes the files.
var rosterParts = []string{"units", "employees", "officials"}

func (h handlers) importRoutes() []route.Route {
	return []route.Route{{
		Method: http.MethodPost, Path: base + "/imports/:kind", Action: appraisal.ActionImport, Handler: handler(h.importFiles),
		MaxBody: route.ImportMaxBody,
	}}
}

// importAnswer is the report of an import with the notes in the reader's language.
type importAnswer struct {
	service.ImportReport
	Notes []importNote `json:"notes"`
}

// importNote says what was passed over or looks odd in a file, without being wrong. Row counts records, the header is 1.
type importNote struct {
	File    string `json:"file"`
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (h handlers) importFiles(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	kind := service.ImportKind(c.Param("kind"))
	if !kind.Known() {
		return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	how, err := call(c)
	if err != nil {
		return err
	}
	var f appraisal.Faults
	dryRun := flag(c, &f, "dry_run")
	if err := f.Err(); err != nil {
		return err
	}
	files, err := readFiles(c, kind)
	if err != nil {
		return err
	}
	report, faults, err := h.service.Import(ctx, actor, kind, files, dryRun, service.ImportCall(how))
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return refusedImport(faults)
	}
	answer(c, http.StatusOK, importAnswer{report, notes(report.Notes, session.Lang(ctx))})
	return nil
}

// refusedImport names every fault by its place, file:row:column.
func refusedImport(faults []roster.Fault) error {
	refused := appraisal.Fault(appraisal.CodeInvalid, "error.import_refused", map[string]any{"count": len(faults)})
	for _, f := range faults {
		refused.Fields = append(refused.Fields, appraisal.FieldError{
			Field: fmt.Sprintf("%s:%d:%s", f.File, f.Row, f.Column), Key: f.Key, Args: f.Args,
		})
	}
	return refused
}

func notes(found []roster.Fault, lang locale.Lang) []importNote {
	told := make([]importNote, len(found))
	for i, f := range found {
		told[i] = importNote{File: f.File, Row: f.Row, Column: f.Column, Code: f.Key, Message: lang.Text(f.Key, f.Args)}
	}
	return told
}

// readFiles reads the files of the form. A roster's come in fields of their own, each once; those of every other kind in one
// or several fields "files".
func readFiles(c *gin.Context, kind service.ImportKind) ([]roster.File, error) {
	form, err := c.Request.MultipartReader()
	if err != nil {
		return nil, problem.WithStatus(http.StatusUnsupportedMediaType, invalid("error.form_type", nil))
	}
	var files []roster.File
	if kind == service.ImportRoster {
		files = make([]roster.File, len(rosterParts))
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, readingFault(err)
		}
		if files, err = addFile(files, part, kind); err != nil {
			return nil, err
		}
	}
}

func addFile(files []roster.File, part *multipart.Part, kind service.ImportKind) ([]roster.File, error) {
	field, name := part.FormName(), part.FileName()
	if name == "" {
		return nil, wrongField(field, "error.form_type", nil)
	}
	content, err := io.ReadAll(part)
	if err != nil {
		return nil, readingFault(err)
	}
	file := roster.File{Name: name, Data: content}
	if kind != service.ImportRoster {
		switch {
		case field != "files":
			return nil, wrongField(field, "error.body_unknown_field", nil)
		case len(files) == mostFiles:
			return nil, wrongField(field, "error.too_many", map[string]any{"max": mostFiles})
		}
		return append(files, file), nil
	}
	place := slices.Index(rosterParts, field)
	switch {
	case place < 0:
		return nil, wrongField(field, "error.body_unknown_field", nil)
	case files[place].Name != "":
		return nil, wrongField(field, "error.body_repeated", nil)
	}
	files[place] = file
	return files, nil
}
