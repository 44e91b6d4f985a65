package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// homePage answers what I must do, by when, what I wait for, what changed, and how my appraisals and my team stand.
type homePage struct {
	Frame
	Tasks      []taskLine
	Late       int // of the tasks
	Changes    []service.Change
	Waiting    []waitingLine
	News       []newsLine
	Appraisals []appraisalLine
	Team       []appraisalLine
	TeamOpen   int // of the team, not ended
	TeamStuck  int // of the team, stalled
	Pulses     []service.PulseInvitation

	Corrections        int // requests that wait for HR
	CorrectionsOverdue int
	StandsFor          []service.StandIn // whose duties I do
	StandIn            *service.StandIn  // who does mine
}

type taskLine struct {
	service.Task
	Path string
	Left string // how long until the deadline
}

type waitingLine struct {
	service.Waiting
	Whom string
	Late bool
}

type newsLine struct {
	service.News
	Says string
	Who  string // empty for the system
}

type appraisalLine struct {
	service.MyAppraisal
	Late bool
}

func (p *Pages) home(c *gin.Context) {
	view, err := p.service.Home(c.Request.Context(), actor(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := homePage{Frame: p.frame(c, "page.home.title"), Changes: view.Changes, Pulses: view.Pulses, StandsFor: view.StandsFor, StandIn: view.StandIn}
	for _, t := range view.Tasks {
		line := taskLine{Task: t, Path: "/tugas/" + string(t.Step), Left: w.left(t.Deadline, p.now())}
		if t.Kind == appraisal.StepCalibrate && t.Cohort != "" {
			line.Path = "/kalibrasi/" + string(t.Cohort)
		}
		if t.Overdue {
			page.Late++
		}
		page.Tasks = append(page.Tasks, line)
	}
	for _, v := range view.Waiting {
		line := waitingLine{Waiting: v, Whom: w.term("party", v.WaitingOn), Late: p.past(v.Deadline)}
		switch {
		case v.Name != "":
			line.Whom = v.Name + " (" + line.Whom + ")"
		case v.WaitingOn == appraisal.PartyNobody:
			line.Whom = w.text("page.home.waiting.system")
		}
		page.Waiting = append(page.Waiting, line)
	}
	for _, n := range view.News {
		line := newsLine{News: n, Says: w.event(service.TimelineEntry{Action: n.Action, Stage: n.Stage, Outcome: n.Outcome}), Who: w.by(n.Actor, n.ActorFor)}
		if n.Stage != "" {
			line.Says = w.text("page.home.news." + string(n.Stage))
		}
		page.News = append(page.News, line)
	}
	page.Appraisals = p.appraisalLines(view.Appraisals)
	page.Team = p.appraisalLines(view.Team)
	for _, m := range page.Team {
		if !m.Stage.Ended() {
			page.TeamOpen++
		}
		if m.Health.Stalled() && m.Health != "" {
			page.TeamStuck++
		}
	}
	if appraisal.MayTry(actor(c), appraisal.ActionDecideCorrection) == nil {
		waiting, err := p.service.Corrections(c.Request.Context(), actor(c))
		if err != nil {
			p.Fault(c, err)
			return
		}
		page.Corrections, page.CorrectionsOverdue = len(waiting.Open), waiting.Overdue
	}
	p.show(c, http.StatusOK, "home", page)
}

func (p *Pages) appraisalLines(list []service.MyAppraisal) []appraisalLine {
	var out []appraisalLine
	for _, m := range list {
		out = append(out, appraisalLine{MyAppraisal: m, Late: !m.Stage.Ended() && p.past(m.Deadline)})
	}
	return out
}

func (p *Pages) past(deadline *time.Time) bool { return deadline != nil && deadline.Before(p.now()) }

// left says how long it is until a deadline, in the unit that matters: days, on the last day hours, at last minutes.
func (w words) left(deadline *time.Time, now time.Time) string {
	if deadline == nil || !deadline.After(now) {
		return ""
	}
	d := deadline.Sub(now)
	switch {
	case d >= 48*time.Hour:
		return w.text("page.home.left.days", "count", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return w.text("page.home.left.hours", "count", int(d/time.Hour))
	default:
		return w.text("page.home.left.minutes", "count", max(1, int(d/time.Minute)))
	}
}

// aboutPage explains the system to the doubtful.
type aboutPage struct{ Frame }

func (p *Pages) about(c *gin.Context) {
	p.show(c, http.StatusOK, "about", aboutPage{p.frame(c, "page.about.title")})
}
