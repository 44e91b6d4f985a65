package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// importPage takes the files of an office, a form for each kind, and says what came of them.
type importPage struct {
	Frame
	Forms  []importForm
	Result *importResult
	refusal
	Wrong []wrongCell
	More  int // faults that are not shown
}

type importForm struct {
	Kind   service.ImportKind
	Key    string
	Inputs []fileInput
}

// fileInput asks for a file, or for several.
type fileInput struct {
	Name, Label string
	Several     bool
}

// importResult is a report in the reader's words.
type importResult struct {
	Kind     service.ImportKind
	Headline string
	DryRun   bool
	Lines    []importLine
	Notes    []string
}

type importLine struct {
	service.ImportedEntity
	Name        string
	Differences []string
	MoreChanged int
	Keys        string
	MoreMissing int
}

// Bounds of what one page shows; the command line shows everything.
const (
	mostFaults  = 200
	mostChanges = 100
)

// rosterFields are those of the roster's form, in the order in which the service takes the files.
var rosterFields = []string{"units", "employees", "officials"}

const otherFiles = "files"

func (p *Pages) imports(c *gin.Context) { p.showImports(c, importPage{}, http.StatusOK) }

func (p *Pages) showImports(c *gin.Context, page importPage, status int) {
	w := p.words(c)
	page.Frame = p.frame(c, "import_report.page.title")
	for _, kind := range service.ImportKinds {
		form := importForm{Kind: kind, Key: newKey(), Inputs: []fileInput{
			{Name: otherFiles, Label: w.text("import_report.page.file." + string(kind)), Several: true},
		}}
		if kind == service.ImportRoster {
			form.Inputs = nil
			for _, name := range rosterFields {
				form.Inputs = append(form.Inputs, fileInput{Name: name, Label: w.text("import_report.page.file." + name)})
			}
		}
		page.Forms = append(page.Forms, form)
	}
	p.show(c, status, "import", page)
}

// postImport imports what a form brought, or, unless asked to import, only says what would come of it.
func (p *Pages) postImport(c *gin.Context) {
	w := p.words(c)
	kind := service.ImportKind(c.Param("kind"))
	var page importPage
	if !kind.Known() {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	files, values, err := importFiles(c, kind)
	if err != nil {
		p.showImports(c, page, page.refuse(c, w, err, nil))
		return
	}
	dryRun := values.Get(fieldAction) != "impor"
	call := service.ImportCall(service.Call{Key: values.Get(fieldKey)})
	report, faults, err := p.service.Import(c.Request.Context(), actor(c), kind, files, dryRun, call)
	if err == nil && len(faults) > 0 {
		for _, f := range faults[:min(len(faults), mostFaults)] {
			page.Wrong = append(page.Wrong, w.wrongCell(f))
		}
		page.More = len(faults) - len(page.Wrong)
		err = appraisal.Fault(appraisal.CodeInvalid, "error.import_refused", map[string]any{"count": len(faults)})
	}
	status := page.refuse(c, w, err, nil)
	if err == nil {
		page.Result = importedResult(report, w.lang)
	}
	p.showImports(c, page, status)
}

// wrongCell is a fault of a file: where it stands, as a spreadsheet counts, and what would be right.
type wrongCell struct{ Place, Says string }

func (w words) wrongCell(f roster.Fault) wrongCell {
	key := "import_report.page.place"
	switch {
	case f.Row == 0:
		key += "_file"
	case f.Column == "" || f.Column == "-":
		key += "_row"
	}
	return wrongCell{w.text(key, "file", f.File, "row", f.Row, "column", f.Column), w.lang.Text(f.Key, f.Args)}
}

// importFiles reads the files of a form and its other values. A file field that was left empty comes without a name.
func importFiles(c *gin.Context, kind service.ImportKind) ([]roster.File, url.Values, error) {
	unreadable := func(err error) error {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return appraisal.Fault(appraisal.CodeInvalid, "error.body_large", map[string]any{"max": large.Limit >> 20})
		}
		return &appraisal.Error{Code: appraisal.CodeInvalid, Key: "page.error.unreadable", Err: err}
	}
	form, err := c.Request.MultipartReader()
	if err != nil {
		return nil, nil, unreadable(err)
	}
	found, values := map[string][]roster.File{}, url.Values{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, unreadable(err)
		}
		content, err := io.ReadAll(part)
		switch name := part.FormName(); {
		case err != nil:
			return nil, nil, unreadable(err)
		case part.FileName() != "":
			found[name] = append(found[name], roster.File{Name: part.FileName(), Data: content})
		default:
			values.Add(name, string(content))
		}
	}
	if kind != service.ImportRoster {
		return found[otherFiles], values, nil
	}
	files := make([]roster.File, len(rosterFields))
	for i, name := range rosterFields {
		if len(found[name]) > 0 {
			files[i] = found[name][0]
		}
	}
	return files, values, nil
}

func importedResult(r service.ImportReport, lang locale.Lang) *importResult {
	result := &importResult{Kind: r.Kind, Headline: r.Headline(lang), DryRun: r.DryRun}
	for _, e := range r.Entities {
		line := importLine{ImportedEntity: e, Name: e.Name(lang)}
		for _, c := range e.Changes[:min(len(e.Changes), mostChanges)] {
			line.Differences = append(line.Differences, c.Text(lang))
		}
		keys := e.MissingKeys[:min(len(e.MissingKeys), mostChanges)]
		line.Keys = strings.Join(keys, ", ")
		line.MoreChanged, line.MoreMissing = e.Changed-len(line.Differences), e.Missing-len(keys)
		result.Lines = append(result.Lines, line)
	}
	for _, n := range r.Notes[:min(len(r.Notes), mostChanges)] {
		result.Notes = append(result.Notes, n.Line(lang))
	}
	return result
}
