package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// historyRoutes are the pages of a person's years and learning hours.
func (p *Pages) historyRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: "/riwayat", Action: appraisal.ActionSignedIn, Handler: p.myHistory},
		{Method: post, Path: "/riwayat/pelatihan", Action: appraisal.ActionRecordTraining, Handler: p.recordTraining},
		{Method: get, Path: "/pegawai/:id/riwayat", Action: appraisal.ActionReadHistory, Handler: p.history},
		{Method: post, Path: "/pelatihan/:id", Action: appraisal.ActionVerifyTraining, Handler: p.verifyTraining},
	}
}

// historyPage shows a person's years, and this year's learning hours with what can be recorded or verified.
type historyPage struct {
	Frame
	History service.History
	Records []recordLine
	Add     *trainingFields // one's own
	refusal
}

type recordLine struct {
	service.TrainingTaken
	Form *verdictFields // for who may verify it
}

type verdictFields struct {
	ID      string
	Key     string
	Comment field
}

type trainingFields struct {
	Key      string
	Training *field // where a plan has something to choose
	Title    field
	Hours    field
	Finished field
	Evidence field
}

func (p *Pages) myHistory(c *gin.Context) { p.showHistory(c, actor(c).ID, url.Values{}, "", nil) }

func (p *Pages) history(c *gin.Context) {
	p.showHistory(c, appraisal.PersonID(c.Param("id")), url.Values{}, "", nil)
}

// showHistory renders the page; values and err are a form that was refused, the one about a record if it is named.
func (p *Pages) showHistory(c *gin.Context, person appraisal.PersonID, values url.Values, record string, err error) {
	view, readErr := p.service.History(c.Request.Context(), actor(c), person)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	title := "period.history.other"
	if view.Mine {
		title = "period.history.mine"
	}
	page := historyPage{Frame: p.frame(c, title, "name", view.Person.Name), History: view}
	status := page.refuse(c, w, err, nil)
	if view.Mine {
		page.Add = w.trainingFields(view.Learning, values, keyAfter(values, err), page.Faults)
	}
	for _, r := range view.Learning.Records {
		line := recordLine{TrainingTaken: r}
		if view.Verify && r.State == appraisal.TakenRecorded {
			line.Form = &verdictFields{ID: r.ID, Key: newKey()}
			line.Form.Comment = field{Name: "comment-" + r.ID, Label: w.text("learning.refuse.comment"), Kind: kindText, Rows: 2, Max: appraisal.MaxText, Optional: true}
			if r.ID == record {
				line.Form.Key, line.Form.Comment.Value = keyAfter(values, err), values.Get(line.Form.Comment.Name)
				line.Form.Comment.Errors = page.Faults.Of("comment", w.text("learning.refuse.comment"))
			}
		}
		page.Records = append(page.Records, line)
	}
	p.show(c, status, "history", page)
}

func (w words) trainingFields(l service.Learning, values url.Values, key string, f faults) *trainingFields {
	line := func(name, label string, kind fieldKind) field {
		return field{Name: name, Label: w.text(label), Kind: kind, Value: values.Get(name), Errors: f.Of(name, w.text(label)), Max: appraisal.MaxLine}
	}
	form := &trainingFields{
		Key: key, Title: line("title", "learning.add.title", kindLine), Hours: line("hours", "learning.add.hours", kindNumber),
		Finished: line("finished", "learning.add.finished", kindDate), Evidence: line("evidence", "learning.add.evidence", kindLink),
	}
	form.Evidence.Hint = w.text("learning.add.evidence.hint")
	options := []option{{Label: w.text("learning.add.other")}}
	for _, planned := range l.Plans {
		if !planned.Taken {
			options = append(options, option{Value: string(planned.Code), Label: planned.Title, Chosen: string(planned.Code) == values.Get("training")})
		}
	}
	if len(options) > 1 {
		choose := line("training", "learning.add.planned", kindSelect)
		choose.Groups = []optionGroup{{Options: options}}
		form.Training = &choose
		form.Title.Hint, form.Title.Optional = w.text("learning.add.title.hint"), true
	}
	return form
}

func (p *Pages) recordTraining(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	hours, err := strconv.Atoi(trimmed(values, "hours"))
	if err != nil { // the service says what would be right
		hours = 0
	}
	receipt, err := p.service.RecordTraining(c.Request.Context(), actor(c), callOf(values), service.NewTraining{
		Training: appraisal.TrainingCode(values.Get("training")), Title: trimmed(values, "title"), Hours: hours,
		Finished: values.Get("finished"), Evidence: trimmed(values, "evidence"),
	})
	if err != nil {
		p.showHistory(c, actor(c).ID, values, "", err)
		return
	}
	p.leaveNotice(c, notice{Key: "training_recorded", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/riwayat#pelatihan")
}

func (p *Pages) verifyTraining(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id, person := c.Param("id"), values.Get("pegawai")
	in := service.TrainingVerdict{Verify: values.Get(fieldAction) == "verifikasi", Comment: trimmed(values, "comment-"+id)}
	receipt, err := p.service.VerifyTraining(c.Request.Context(), actor(c), callOf(values), id, in)
	if err != nil {
		p.showHistory(c, appraisal.PersonID(person), values, id, err)
		return
	}
	p.leaveNotice(c, notice{Key: "training_decided", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/pegawai/"+url.PathEscape(person)+"/riwayat#pelatihan")
}
