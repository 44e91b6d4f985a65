package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// List writes a listing as PDF. The bytes depend on nothing but the listing.
func (p *Press) List(w io.Writer, l appraisal.Listing) error {
	counted := p.listing(l, 0) // the first run only counts the pages, which every page tells
	final := p.listing(l, counted.PageCount())
	if err := final.Output(w); err != nil {
		return fmt.Errorf("print %s: %w", l.Title, err)
	}
	return nil
}

func (p *Press) listing(l appraisal.Listing, pages int) *paper {
	out, lang := &paper{}, locale.Parse(l.Lang)
	foot := func() {
		top := bottom + 5
		out.SetDrawColor(150, 150, 150)
		out.Line(marginSide, top, pageWidth-marginSide, top)
		out.SetDrawColor(0, 0, 0)
		out.font("", sizeSmall)
		for i, text := range []string{clean(l.Title) + " · " + clean(l.Subject), lang.DateTime(l.At.In(p.zone)) + " · " + clean(l.Mark)} {
			out.SetXY(marginSide, top+3+float64(i)*lineSmall)
			out.CellFormat(textWidth-40, lineSmall, text, "", 0, "L", false, 0, "")
		}
		out.SetXY(pageWidth-marginSide-36, top+3)
		page := lang.Text("document.foot.page", map[string]any{"page": out.PageNo(), "pages": out.pages})
		out.CellFormat(36, lineSmall, page, "", 0, "R", false, 0, "")
	}
	p.lay(out, sheet{lang: lang, title: clean(l.Title), subject: clean(l.Subject), about: clean(l.Subject), mark: l.Mark, at: l.At, pages: pages}, foot)
	out.font("B", sizeTitle)
	out.CellFormat(textWidth, 7, strings.ToUpper(out.title), "", 1, "C", false, 0, "")
	out.font("", sizeHead)
	out.CellFormat(textWidth, 5.5, out.person, "", 1, "C", false, 0, "")
	out.SetY(out.GetY() + 2)
	for _, part := range l.Parts {
		out.part(part)
	}
	return out
}

func (p *paper) part(part appraisal.ListingPart) {
	switch {
	case part.Heading != "" && part.Minor:
		p.gap(2)
		p.room(24)
		p.text("B", sizeText, lineOfText, part.Heading)
		p.SetY(p.GetY() + 0.6)
	case part.Heading != "":
		p.heading(clean(part.Heading))
	}
	for i, prose := range part.Prose {
		if i > 0 {
			p.gap(1.2)
		}
		p.text("", sizeText, lineOfText, prose)
	}
	if len(part.Columns) == 0 {
		return
	}
	columns := make([]column, len(part.Columns))
	for i, c := range part.Columns {
		columns[i] = column{clean(c.Heading), float64(c.Width), "L"}
	}
	t := p.table(columns...)
	for _, row := range part.Rows {
		cells := make([]cell, len(row))
		for i, text := range row {
			cells[i] = plain(or(text))
		}
		t.row(cells...)
	}
}
