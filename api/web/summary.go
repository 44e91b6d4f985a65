package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// summaryPage shows what is about to be handed in, with everything that was typed in hidden fields.
type summaryPage struct {
	taskPage
	Groups []summaryGroup
	Hidden []pair
	Rating *service.Rating // that handing in would make, where it makes one
	Effect string          // what handing in brings about, and what can no longer be changed after it
}

type summaryGroup struct {
	Title string
	Lines []summaryLine
}

type summaryLine struct {
	Label string
	Value string // of several lines
}

func (p *Pages) showSummary(c *gin.Context, view service.StepForm, form stepForm, values url.Values) {
	w := p.words(c)
	var rating *service.Rating
	if rater, ok := form.(rater); ok {
		var err error
		if rating, err = rater.foresee(c.Request.Context(), p.service, actor(c), view, w); err != nil {
			p.showForm(c, view, form, newKey(), err)
			return
		}
	}
	p.show(c, http.StatusOK, "summary", summaryPage{
		taskPage: taskPage{
			Frame: p.frame(c, "page.summary.title"), Step: view.Step, Appraisal: view.Appraisal,
			AboutSelf: view.Appraisal.Employee.ID == actor(c).ID,
		},
		Groups: append(form.summary(view, w), p.attachedOf(view, w)...),
		Hidden: hiddenPairs(values, fieldAction, fieldLink),
		Rating: rating,
		Effect: w.text("form.effect." + string(view.Step.Kind)),
	})
}

// endedPage is what a step shows that cannot be done any more: the receipt right after it was handed in, and later how it
// ended.
type endedPage struct {
	Frame
	Kind      appraisal.StepKind
	Known     bool // the record was read, so Step and Appraisal are filled
	Step      service.Step
	Appraisal service.Appraisal
	Fresh     bool // handed in just now
	Outcome   appraisal.Outcome
	At        string
	Holds     string // what is so now
	Next      string // who acts next
	NextBy    string // by when, where that is known
	Readable  bool   // the actor may open the appraisal
}

// showEnded renders the receipt of a step that was read from the record.
func (p *Pages) showEnded(c *gin.Context, view service.StepForm) {
	w := p.words(c)
	n, fresh := readNotice(c)
	fresh = fresh && n.Step == view.Step.ID
	page := endedPage{
		Frame: p.frame(c, "page.ended.title"), Kind: view.Step.Kind, Known: true, Step: view.Step, Appraisal: view.Appraisal, Fresh: fresh,
		Outcome: view.Step.Outcome, At: w.datetime(view.Step.ClosedAt),
		Readable: view.Step.Kind != appraisal.StepPeerAnswer && view.Appraisal.ID != "",
	}
	next := view.Appraisal.WaitingOn
	if fresh {
		page.Outcome, page.At = n.Outcome, w.datetime(n.At)
		if n.Next != "" {
			next = n.Next
		}
	}
	p.fillEnded(&page, w, next)
	if next == view.Appraisal.WaitingOn && view.Appraisal.Deadline != nil && view.Appraisal.Deadline.After(p.now()) {
		page.NextBy = w.datetime(view.Appraisal.Deadline)
	}
	p.show(c, http.StatusOK, "ended", page)
}

// showReceipt renders the receipt of a step that may no longer be read, from the act's own answer.
func (p *Pages) showReceipt(c *gin.Context, n notice) {
	w := p.words(c)
	page := endedPage{Frame: p.frame(c, "page.ended.title"), Fresh: true, Outcome: n.Outcome, At: w.datetime(n.At)}
	p.fillEnded(&page, w, n.Next)
	p.show(c, http.StatusOK, "ended", page)
}

func (p *Pages) fillEnded(page *endedPage, w words, next appraisal.Party) {
	page.Holds = w.sentence("page.ended.outcome." + string(page.Outcome))
	page.Next = w.sentence("page.ended.next." + string(next))
	if page.Kind == appraisal.StepPeerAnswer {
		// Who is waited for in somebody else's appraisal is none of an opinion-giver's business.
		page.Next = w.text("page.ended.next.nobody")
	} else if name := whoIs(next, page.Appraisal); name != "" {
		page.Next = w.text("page.ended.next.named", "name", name, "party", w.term("party", next))
	}
	if page.Fresh {
		page.Title, page.Notice = w.text("page.ended.fresh"), ""
	}
}

// whoIs names the one person that a party of the appraisal is, where it is one and known.
func whoIs(party appraisal.Party, a service.Appraisal) string {
	person := &a.Employee
	switch party {
	case appraisal.PartyEmployee:
	case appraisal.PartyAppraiser:
		person = a.Appraiser
	case appraisal.PartyReviewingOfficial:
		person = a.Reviewer
	default:
		return ""
	}
	if person == nil {
		return ""
	}
	return person.Name
}

// sentence is text for a key that may not exist; then it is empty.
func (w words) sentence(key string) string {
	if s := w.text(key); s != key {
		return s
	}
	return ""
}
