package report

import "image/color"

// column is one column of a table: its heading, its width in millimetres and how its cells stand.
type column struct {
	heading string
	width   float64
	align   string // "L", "C" or "R"
}

// cell is the text of one cell.
type cell struct {
	text string
	bold bool
}

func plain(text string) cell  { return cell{text: text} }
func strong(text string) cell { return cell{text: text, bold: true} }

const (
	cellPad  = 1.2
	fewLines = 3 // a row that has to be broken leaves at least so many lines at the end of a page
)

// table draws rows below headings that are repeated on every page that the table reaches.
type table struct {
	*paper
	columns []column
}

// table begins a table; the columns' widths are shares of the page's.
func (p *paper) table(columns ...column) *table {
	var sum float64
	for _, c := range columns {
		sum += c.width
	}
	for i := range columns {
		columns[i].width *= textWidth / sum
	}
	t := &table{p, columns}
	p.room(6 * lineOfText)
	t.headings()
	return t
}

func (t *table) headings() {
	t.font("B", sizeSmall+0.5)
	cells, most := make([][]string, len(t.columns)), 1
	for i, c := range t.columns {
		cells[i] = t.lines(c.heading, c.width-2*cellPad)
		most = max(most, len(cells[i]))
	}
	t.SetFillColor(232, 236, 240)
	t.draw(cells, make([]bool, len(cells)), most, lineSmall, true)
}

// row adds a row. It moves to the next page when it does not fit on this one, and is broken between lines when it is long.
func (t *table) row(cells ...cell) {
	lines, bold, left := make([][]string, len(cells)), make([]bool, len(cells)), 1
	for i, c := range cells {
		t.font(style(c.bold), sizeText)
		lines[i], bold[i] = t.lines(c.text, t.columns[i].width-2*cellPad), c.bold
		left = max(left, len(lines[i]))
	}
	const whole = 55 // lines of a page of its own
	for left > 0 {
		fit := int((bottom - t.GetY() - 2*cellPad) / lineOfText)
		if fit < left && (fit < fewLines || left <= whole/3) {
			t.AddPage()
			t.headings()
			fit = int((bottom - t.GetY() - 2*cellPad) / lineOfText)
		}
		n := min(fit, left)
		part := make([][]string, len(lines))
		for i, l := range lines {
			k := min(n, len(l))
			part[i], lines[i] = l[:k], l[k:]
		}
		t.draw(part, bold, n, lineOfText, false)
		left -= n
	}
}

// band adds a row of one cell over the whole width, as a heading of the rows that follow.
func (t *table) band(text string) {
	t.font("B", sizeText)
	lines := t.lines(text, textWidth-2*cellPad)
	height := float64(len(lines))*lineOfText + 2*cellPad
	if t.GetY()+height+fewLines*lineOfText > bottom {
		t.AddPage()
		t.headings()
		t.font("B", sizeText)
	}
	y := t.GetY()
	t.SetFillColor(245, 247, 249)
	t.Rect(marginSide, y, textWidth, height, "FD")
	for i, l := range lines {
		t.SetXY(marginSide+cellPad, y+cellPad+float64(i)*lineOfText)
		t.CellFormat(textWidth-2*cellPad, lineOfText, l, "", 0, "L", false, 0, "")
	}
	t.SetXY(marginSide, y+height)
}

// draw draws cells of n lines each.
func (t *table) draw(cells [][]string, bold []bool, n int, line float64, heading bool) {
	x, y, height := marginSide, t.GetY(), float64(n)*line+2*cellPad
	for i, c := range t.columns {
		border := "D"
		if heading {
			border = "FD"
		} else {
			t.font(style(bold[i]), sizeText)
		}
		t.Rect(x, y, c.width, height, border)
		for j, l := range cells[i] {
			t.SetXY(x+cellPad, y+cellPad+float64(j)*line)
			t.CellFormat(c.width-2*cellPad, line, l, "", 0, c.align, false, 0, "")
		}
		x += c.width
	}
	t.SetXY(marginSide, y+height)
}

func style(bold bool) string {
	if bold {
		return "B"
	}
	return ""
}

// dark reports whether a module of a QR code is black.
func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
