package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// spreadPage shows how the released ratings of a cycle spread: as reviewed, after calibration and after objections.
type spreadPage struct {
	Frame
	Spread    service.CycleSpread
	Lines     []spreadLine
	Units     []spreadRow
	MoreUnits int // left out to keep the page small
	Levels    []spreadRow
}

// spreadLine is a predikat with its three counts; widths are percent of everybody.
type spreadLine struct {
	Predikat                    appraisal.Predikat
	Reviewed, Calibrated, Final int
	Percent                     string
	Was, Width                  int
}

// spreadRow is a unit or a level with a cell for each predikat.
type spreadRow struct {
	service.SpreadGroup
	Cells []spreadCell
}

// spreadCell is a count with what it was before, where it differs.
type spreadCell struct {
	Predikat appraisal.Predikat
	Final    int
	Earlier  string // "4 → 3"; empty where nothing changed
}

func (p *Pages) spread(c *gin.Context) {
	view, err := p.service.Spread(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := spreadPage{Frame: p.frame(c, "page.spread.title", "name", view.CycleName), Spread: view}
	for _, predikat := range view.Predikats {
		line := spreadLine{
			Predikat: predikat, Reviewed: view.All.Reviewed[predikat], Calibrated: view.All.Calibrated[predikat], Final: view.All.Final[predikat],
		}
		line.Percent = w.share(line.Final, view.All.People)
		line.Was, line.Width = percent(line.Reviewed, view.All.People), percent(line.Final, view.All.People)
		page.Lines = append(page.Lines, line)
	}
	page.Units, page.Levels = spreadRows(view.Units, view.Predikats), spreadRows(view.Levels, view.Predikats)
	if len(page.Units) > mostUnits {
		page.Units, page.MoreUnits = page.Units[:mostUnits], len(page.Units)-mostUnits
	}
	p.show(c, http.StatusOK, "spread", page)
}

func spreadRows(groups []service.SpreadGroup, predikats []appraisal.Predikat) []spreadRow {
	rows := make([]spreadRow, len(groups))
	for i, g := range groups {
		rows[i].SpreadGroup = g
		for _, predikat := range predikats {
			cell := spreadCell{Predikat: predikat, Final: g.Final[predikat]}
			if before, between := g.Reviewed[predikat], g.Calibrated[predikat]; before != cell.Final || between != cell.Final {
				cell.Earlier = strconv.Itoa(before) + " → " + strconv.Itoa(between)
			}
			rows[i].Cells = append(rows[i].Cells, cell)
		}
	}
	return rows
}
