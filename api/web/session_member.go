package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// sessionMemberPage is one member of a session with everything that was proposed and said about their rating.
type sessionMemberPage struct {
	Frame
	service.MemberHistory
	Said     []opinionLine
	Before   []service.Opinion // said to the appraiser's rating, without a proposal
	MaySpeak bool
	Explains bool // the reader appraises this person, and may only explain
	Stance   choice
	Words    field
	Key      string
	refusal
}

// opinionLine is a proposal with what was said to it.
type opinionLine struct {
	service.Proposal
	Opinions []service.Opinion
}

// Path is the address of the page.
func (p sessionMemberPage) Path() string {
	return "/kalibrasi/" + string(p.Cohort) + "/orang/" + string(p.Member.Appraisal)
}

func (p *Pages) sessionMember(c *gin.Context) { p.showSessionMember(c, url.Values{}, nil) }

func (p *Pages) showSessionMember(c *gin.Context, values url.Values, err error) {
	history, readErr := p.service.SessionMember(c.Request.Context(), actor(c), appraisal.CohortID(c.Param("cohort")), appraisal.AppraisalID(c.Param("id")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := sessionMemberPage{
		Frame: p.frame(c, "page.session_member.title", "name", history.Member.Name), MemberHistory: history, MaySpeak: len(history.Stances) > 0,
		Explains: history.Member.Appraised, Key: keyAfter(values, err),
	}
	status := page.refuse(c, w, err, nil)
	for _, proposal := range slices.Backward(history.Proposals) { // the newest first
		line := opinionLine{Proposal: proposal}
		for _, o := range history.Opinions {
			if o.Proposal == proposal.ID {
				line.Opinions = append(line.Opinions, o)
			}
		}
		page.Said = append(page.Said, line)
	}
	for _, o := range history.Opinions {
		if o.Proposal == "" {
			page.Before = append(page.Before, o)
		}
	}
	page.Stance = choice{
		Name: "stance", Legend: w.text("page.session_member.stance"), Inline: true,
		Errors: page.Faults.Of("stance", w.text("page.session_member.stance")),
	}
	for _, s := range history.Stances {
		chosen := string(s) == values.Get("stance") || len(history.Stances) == 1
		page.Stance.Options = append(page.Stance.Options, option{Value: string(s), Label: w.term("stance_act", s), Chosen: chosen})
	}
	page.Words = w.commentField("words", "page.session_member.words", values.Get("words"), page.Faults)
	p.show(c, status, "session_member", page)
}

// discuss leads from the row that is chosen in the table to the page of that person.
func (p *Pages) discuss(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	who := values.Get("appraisal")
	if who == "" {
		var faults appraisal.Faults
		faults.Add("appraisal", "page.session.choose_member", nil)
		p.showSession(c, values, faults.Err())
		return
	}
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+url.PathEscape(c.Param("cohort"))+"/orang/"+url.PathEscape(who))
}

func (p *Pages) giveOpinion(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id, who := appraisal.CohortID(c.Param("cohort")), appraisal.AppraisalID(c.Param("id"))
	in := service.SessionOpinion{Appraisal: who, Stance: appraisal.Stance(values.Get("stance")), Words: trimmed(values, "words")}
	receipt, err := p.service.GiveOpinion(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, id, in)
	if err != nil {
		p.showSessionMember(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "opinion_given", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id)+"/orang/"+string(who))
}
