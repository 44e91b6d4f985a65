// Package report makes files that people keep: papers about one appraisal as PDF, and the results of a cycle as tables. It is
// given what to say and knows nothing of the record.
package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Press makes the files. It is safe for concurrent use.
type Press struct {
	base string
	zone *time.Location
}

// New returns a Press whose papers lead to the verification page below the base URL and show times in the office's zone.
func New(baseURL string, zone *time.Location) *Press {
	return &Press{base: strings.TrimRight(baseURL, "/"), zone: zone}
}

// papersLang is the language of papers: they are official documents of an Indonesian office.
const papersLang = locale.Indonesian

var errKind = errors.New("no such kind of document")

// Print writes a document as PDF. The bytes depend on nothing but the document and its issue.
func (p *Press) Print(w io.Writer, d appraisal.Document, as appraisal.Issue) error {
	write, ok := map[appraisal.DocumentKind]func(*paper, appraisal.Document){
		appraisal.DocumentPlan: writePlan, appraisal.DocumentForm: writeForm, appraisal.DocumentEvaluation: writeEvaluation,
	}[d.Kind]
	if !ok {
		return fmt.Errorf("print %q: %w", d.Kind, errKind)
	}
	leads, err := qr.Encode(p.base+"/verifikasi/"+string(as.Code), qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("QR code of %s: %w", as.Code, err)
	}
	// The first run only counts the pages, which every page tells.
	counted := p.paper(d, as, leads, 0)
	write(counted, d)
	final := p.paper(d, as, leads, counted.PageCount())
	write(final, d)
	if err := final.Output(w); err != nil {
		return fmt.Errorf("print %s: %w", as.Code, err)
	}
	return nil
}
