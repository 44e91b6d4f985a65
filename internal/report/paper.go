package report

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusanscondensed"
	"codeberg.org/go-fonts/dejavu/dejavusanscondensedbold"
	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"golang.org/x/text/unicode/norm"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Measures of a page in millimetres, of letters in points.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	marginSide   = 18.0
	marginTop    = 16.0
	marginBottom = 33.0 // the foot with its code stands in it
	textWidth    = pageWidth - 2*marginSide
	bottom       = pageHeight - marginBottom

	sizeTitle  = 14.0
	sizeHead   = 10.5
	sizeText   = 9.0
	sizeSmall  = 7.5
	lineOfText = 4.4 // height of a line of sizeText
	lineSmall  = 3.6
	qrSide     = 19.0
)

const typeface = "dejavu"

// paper is a document on its way to PDF: pages with the same head and foot, which hold on to the text that does not fit.
type paper struct {
	*fpdf.Fpdf
	zone   *time.Location
	issue  appraisal.Issue
	base   string
	title  string
	person string
	leads  barcode.Barcode
	pages  int
}

func (p *Press) paper(d appraisal.Document, as appraisal.Issue, leads barcode.Barcode, pages int) *paper {
	out := &paper{issue: as, base: p.base, leads: leads}
	p.lay(out, sheet{lang: papersLang, title: say(d.Kind.Word()), subject: clean(d.Employee.Name), about: clean(d.Cycle), mark: string(as.Code), at: as.At, pages: pages}, out.foot)
	return out
}

// sheet is what every page of a paper has.
type sheet struct {
	lang    locale.Lang
	title   string
	subject string // whom or what the paper is about
	about   string
	mark    string // by which it is found
	at      time.Time
	pages   int
}

// lay prepares a paper and begins its first page. The bytes depend on nothing but what it is given.
func (p *Press) lay(out *paper, s sheet, foot func()) {
	out.Fpdf, out.zone, out.title, out.person, out.pages = fpdf.New("P", "mm", "A4", ""), p.zone, s.title, s.subject, s.pages
	out.SetCatalogSort(true)
	out.SetCreationDate(s.at.UTC())
	out.SetModificationDate(s.at.UTC())
	out.SetProducer("Telaah", true)
	out.SetLang(string(s.lang))
	out.SetTitle(out.title+" – "+out.person, true)
	out.SetSubject(s.about, true)
	out.SetKeywords(s.mark, true)
	out.SetDisplayMode("fullpage", "default")
	out.AddUTF8FontFromBytes(typeface, "", dejavusanscondensed.TTF)
	out.AddUTF8FontFromBytes(typeface, "B", dejavusanscondensedbold.TTF)
	out.SetMargins(marginSide, marginTop, marginSide)
	out.SetAutoPageBreak(false, marginBottom)
	out.SetCellMargin(0)
	out.SetLineWidth(0.2)
	out.SetHeaderFunc(out.head)
	out.SetFooterFunc(foot)
	out.AddPage()
}

// head repeats on every page but the first whose paper it is.
func (p *paper) head() {
	p.SetXY(marginSide, marginTop-7)
	if p.PageNo() > 1 {
		p.font("", sizeSmall)
		p.grey()
		p.CellFormat(textWidth, lineSmall, p.title+" · "+p.person, "", 0, "L", false, 0, "")
		p.black()
	}
	p.SetXY(marginSide, marginTop)
}

// foot has the code, where it is checked, and the page's number.
func (p *paper) foot() {
	top := bottom + 5
	p.SetDrawColor(150, 150, 150)
	p.Line(marginSide, top, pageWidth-marginSide, top)
	p.SetDrawColor(0, 0, 0)
	p.code(marginSide, top+2.5)
	x := marginSide + qrSide + 4
	lines := []struct{ style, text string }{
		{"B", say("document.foot.code", "code", string(p.issue.Code))},
		{"", say("document.foot.verify", "address", p.base+"/verifikasi")},
		{"", say("document.foot.issued", "at", papersLang.DateTime(p.issue.At.In(p.zone)), "number", p.issue.Number)},
		{"", say("document.foot.paper", "title", p.title)},
	}
	for i, l := range lines {
		p.font(l.style, sizeSmall)
		p.SetXY(x, top+3+float64(i)*lineSmall)
		p.CellFormat(textWidth-qrSide-40, lineSmall, l.text, "", 0, "L", false, 0, "")
	}
	p.font("", sizeSmall)
	p.SetXY(pageWidth-marginSide-36, top+3)
	p.CellFormat(36, lineSmall, say("document.foot.page", "page", p.PageNo(), "pages", p.pages), "", 0, "R", false, 0, "")
}

// code draws the QR code that leads to the page that checks this paper.
func (p *paper) code(x, y float64) {
	p.SetFillColor(0, 0, 0)
	n := p.leads.Bounds().Dx()
	module := qrSide / float64(n)
	for row := range n {
		for from := 0; from < n; from++ {
			to := from
			for to < n && dark(p.leads.At(to, row)) {
				to++
			}
			if to > from {
				p.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module, "F")
				from = to
			}
		}
	}
	p.LinkString(x, y, qrSide, qrSide, p.leads.Content())
}

func (p *paper) font(style string, size float64) { p.SetFont(typeface, style, size) }
func (p *paper) grey()                           { p.SetTextColor(90, 90, 90) }
func (p *paper) black()                          { p.SetTextColor(0, 0, 0) }

// room starts a new page unless so much height is left on this one.
func (p *paper) room(height float64) {
	if p.GetY()+height > bottom {
		p.AddPage()
	}
}

// gap leaves some space, but not at the top of a page.
func (p *paper) gap(height float64) {
	if p.GetY() > marginTop+0.1 {
		p.SetY(p.GetY() + height)
	}
}

// heading begins a section; it never stands alone at the end of a page.
func (p *paper) heading(text string) {
	p.gap(4)
	p.room(40)
	p.font("B", sizeHead)
	p.SetX(marginSide)
	p.CellFormat(textWidth, 6, text, "", 1, "L", false, 0, "")
	p.SetY(p.GetY() + 0.8)
}

// text writes prose over as many lines and pages as it takes.
func (p *paper) text(style string, size, line float64, prose string) {
	p.font(style, size)
	for _, l := range p.lines(prose, textWidth) {
		p.room(line)
		p.SetX(marginSide)
		p.CellFormat(textWidth, line, l, "", 1, "L", false, 0, "")
	}
}

// prose writes what a person wrote below a label, and nothing if they wrote nothing.
func (p *paper) prose(label, words string) {
	if strings.TrimSpace(words) == "" {
		return
	}
	p.gap(1.5)
	p.room(2*lineOfText + 1)
	p.text("B", sizeText, lineOfText, label)
	p.text("", sizeText, lineOfText, words)
}

// lines breaks text at a width in the current font; empty lines stay.
func (p *paper) lines(text string, width float64) []string {
	var out []string
	for _, paragraph := range strings.Split(clean(text), "\n") {
		if paragraph == "" {
			out = append(out, "")
			continue
		}
		for _, l := range p.SplitText(paragraph, width) {
			out = append(out, strings.TrimRight(l, " "))
		}
	}
	return out
}

// say returns a sentence of the papers' language; args are name, value, name, value …
func say(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return papersLang.Text(key, named)
}

// number writes a decimal string as the language does.
func number(decimal string) string { return papersLang.Number(decimal) }

func count(n int) string { return strconv.Itoa(n) }

// clean composes letters with their marks, so that one glyph shows both, and leaves out what a page cannot show: control and
// direction signs. A sign outside the basic plane, which the font does not have, becomes a box.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), string(unicode.ReplacementChar)))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.Is(unicode.C, r):
			return -1
		case r > 0xFFFF:
			return unicode.ReplacementChar
		default:
			return r
		}
	}, s))
}
