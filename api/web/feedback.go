package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// talkView is the feedback on one key result, on the plan as a whole, or on a key result of an earlier plan.
type talkView struct {
	Title   string // empty beside the key result itself
	Lines   []talkLine
	Path    string // where to write, empty where nobody can now
	Newest  string
	Entries int
}

type talkLine struct {
	service.Feedback
	Kind     string
	Party    string
	ComeBack string
	Attached []evidenceLine
	Regret   string // address to take it back, empty when that is not possible
	Key      string
}

// talksView is all feedback of an appraisal.
type talksView struct {
	Whole   *talkView // on the plan as a whole
	Earlier []*talkView
	Open    bool
	path    string
	byKey   map[string]*talkView
}

func talksOf(a service.Appraisal, w words) *talksView {
	view := &talksView{Open: a.FeedbackOpen, path: "/penilaian/" + string(a.ID), byKey: map[string]*talkView{}}
	for _, conversation := range a.Feedback {
		talk := view.talk(conversation, w)
		switch {
		case conversation.KeyResult != "":
			view.byKey[conversation.KeyResult] = talk
		case conversation.Statement != "":
			talk.Title = w.text("feedback.earlier", "statement", conversation.Statement)
			view.Earlier = append(view.Earlier, talk)
		default:
			view.Whole = talk
		}
	}
	if view.Whole != nil {
		view.Whole.Title = w.text("feedback.whole")
	}
	return view
}

func (v *talksView) talk(conversation service.Conversation, w words) *talkView {
	talk := &talkView{Entries: len(conversation.Entries)}
	for _, e := range conversation.Entries {
		line := talkLine{
			Feedback: e, Kind: w.text("feedback.kind." + string(e.Kind)), ComeBack: w.dayOf(e.ComeBack), Attached: w.evidenceLines(e.Evidence),
		}
		if e.Party != appraisal.PartyNobody {
			line.Party = w.term("party", e.Party)
		}
		if e.Regrets {
			line.Regret, line.Key = v.path+"/umpan-balik/"+string(e.ID)+"/tarik", newKey()
		}
		talk.Lines = append(talk.Lines, line)
		talk.Newest = w.text("feedback.newest", "author", w.by(e.Author, e.AuthorFor), "at", w.datetime(&e.At))
	}
	return talk
}

// All lists every talk under a title, for a page that does not show the plan beside it.
func (v *talksView) All(plan *planView) []*talkView {
	var all []*talkView
	if v.Whole != nil {
		all = append(all, v.Whole)
	}
	if plan != nil {
		for _, result := range plan.Results {
			if result.Talk != nil {
				titled := *result.Talk
				titled.Title = result.Statement
				all = append(all, &titled)
			}
		}
	}
	return append(all, v.Earlier...)
}

// dayOf writes a day that is given as 2006-01-02.
func (w words) dayOf(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return w.day(t)
}

// on returns the talk about a key result, with the way to write where one can.
func (v *talksView) on(keyResult string) *talkView {
	talk := v.byKey[keyResult]
	if talk == nil && v.Open {
		talk = &talkView{}
	}
	if talk != nil && v.Open {
		talk.Path = v.path + "?hasil=" + url.QueryEscape(keyResult) + "#umpan-balik"
	}
	return talk
}

// beside puts the feedback beside the key results that it is about.
func (p *planView) beside(talks *talksView) *planView {
	if p != nil {
		for i := range p.Results {
			p.Results[i].Talk = talks.on(p.Results[i].ID)
		}
	}
	return p
}

// feedbackForm is what somebody types to give feedback.
type feedbackForm struct {
	KeyResult, Kind, Text, Agreed, ComeBack, Link string
}

// feedbackFields are its controls.
type feedbackFields struct {
	About, Kind, Text, Agreed, ComeBack field
	Coaching                            bool
	Open                                bool // somebody is writing
	Attach                              *attachView
	Key                                 string
}

// talkPrefix tells the controls of the feedback form from those of progress on the same page.
const talkPrefix = "feedback."

func (f *feedbackForm) parse(values url.Values) {
	get := func(name string) string { return trimmed(values, talkPrefix+name) }
	f.KeyResult, f.Kind, f.Text, f.Agreed, f.ComeBack = get("key_result"), get("kind"), get("text"), get("agreed"), get("come_back")
	f.Link = get(fieldLink)
}

func (f *feedbackForm) feedback() appraisal.Feedback {
	kind := appraisal.FeedbackKind(f.Kind)
	if kind == "" {
		kind = appraisal.FeedbackComment // who cannot coach is not asked
	}
	return appraisal.Feedback{KeyResult: f.KeyResult, Kind: kind, Text: f.Text, Agreed: f.Agreed, ComeBack: f.ComeBack}
}

// fields builds the controls; nil where no feedback can be given.
func (p *Pages) feedbackFields(f *feedbackForm, a service.Appraisal, me appraisal.PersonID, wrong faults, w words) *feedbackFields {
	if !a.FeedbackOpen {
		return nil
	}
	about := []option{{Label: w.text("feedback.whole"), Chosen: f.KeyResult == ""}}
	if a.Plan != nil {
		for _, kr := range a.Plan.KeyResults {
			about = append(about, option{Value: kr.ID, Label: kr.Statement, Chosen: kr.ID == f.KeyResult})
		}
	}
	control := func(name, label string, kind fieldKind, value string) field {
		return field{
			Name: talkPrefix + name, Label: w.text(label), Kind: kind, Value: value, Max: appraisal.MaxText, Rows: 3,
			Errors: wrong.Of(talkPrefix+name, w.text(label)),
		}
	}
	view := &feedbackFields{
		About: control("key_result", "feedback.about", kindSelect, ""), Kind: control("kind", "feedback.kind", kindSelect, ""),
		Text: control("text", "feedback.text", kindText, f.Text), Agreed: control("agreed", "feedback.agreed", kindText, f.Agreed),
		ComeBack: control("come_back", "feedback.come_back", kindDate, f.ComeBack), Key: newKey(),
		Coaching: a.Appraiser != nil && a.Appraiser.ID == me || a.Reviewer != nil && a.Reviewer.ID == me || a.InPlaceOf != nil,
		Attach:   p.attach(a, appraisal.EvidenceFeedback, talkPrefix, f.Link, wrong, w),
	}
	view.Open = *f != (feedbackForm{}) || len(wrong.List) > 0 || len(view.Attach.Desk) > 0
	view.About.Groups, view.Text.Hint = []optionGroup{{Options: about}}, w.text("feedback.text.hint")
	view.Agreed.Optional, view.ComeBack.Optional = true, true
	view.Agreed.Hint = w.text("feedback.kind.coaching.hint")
	for _, kind := range []appraisal.FeedbackKind{appraisal.FeedbackComment, appraisal.FeedbackCoaching} {
		o := option{Value: string(kind), Label: w.text("feedback.kind." + string(kind)), Chosen: string(kind) == f.Kind}
		view.Kind.Groups = append(view.Kind.Groups, optionGroup{Options: []option{o}})
	}
	return view
}

// giveFeedback records feedback from the appraisal's page, or settles what goes along with it.
func (p *Pages) giveFeedback(c *gin.Context) {
	id := appraisal.AppraisalID(c.Param("id"))
	values, files, err := p.postedForm(c)
	form := &feedbackForm{}
	form.parse(values)
	if err == nil {
		_, err = p.settle(c, id, appraisal.EvidenceFeedback, talkPrefix, values, files)
		form.parse(values)
	}
	path := "/penilaian/" + string(id)
	if err == nil && ofDesk(values.Get(fieldAction)) {
		p.showAppraisal(c, id, typed{feedback: form}, nil)
		return
	}
	if err == nil {
		var receipt service.Receipt
		receipt, err = p.service.GiveFeedback(c.Request.Context(), actor(c), progressCall(values), id, form.feedback())
		if err == nil {
			p.leaveNotice(c, notice{Key: "feedback_given", At: receipt.At})
			c.Redirect(http.StatusSeeOther, path+"#umpan-balik")
			return
		}
		err = prefixed(err, talkPrefix)
	}
	if appraisal.CodeOf(err) != appraisal.CodeInvalid {
		p.Fault(c, err)
		return
	}
	p.showAppraisal(c, id, typed{feedback: form}, err)
}

// withdrawFeedback takes back what the reader wrote a moment ago.
func (p *Pages) withdrawFeedback(c *gin.Context) {
	id := appraisal.AppraisalID(c.Param("id"))
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.WithdrawFeedback(c.Request.Context(), actor(c), progressCall(values), id, appraisal.FeedbackID(c.Param("feedback")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "feedback_withdrawn", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/penilaian/"+string(id)+"#umpan-balik")
}
