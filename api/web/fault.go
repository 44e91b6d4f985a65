package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

// errorPage says in the words of problem+json what went wrong and what to do next.
type errorPage struct {
	Frame
	Status   int
	Detail   string
	Fields   []string
	Next     string    // a sentence with the next step
	SignIn   string    // address of the sign-in page, when that is the next step
	Resend   string    // address to send the same words to once more
	Hidden   []pair    // what the person had typed
	BackPath string    // where to go on
	Typed    []typedAt // the same, readable
}

// pair is one field of a form with one of its values.
type pair struct{ Name, Value string }

// typedAt is a text that somebody typed, shown so that it can be copied.
type typedAt struct{ Name, Value string }

// Fault answers a request for a page that went wrong. Nothing that a person typed is lost: what was posted comes back in a
// form that sends it once more.
func (p *Pages) Fault(c *gin.Context, err error) {
	if problem.Ours(err) {
		_ = c.Error(err)
	}
	c.Abort()
	told := problem.Of(err, session.Lang(c.Request.Context()), session.RequestID(c.Request.Context()))
	posted := c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead
	if told.Code == appraisal.CodeUnauthorized && !posted {
		if asError := (*appraisal.Error)(nil); errors.As(err, &asError) && asError.Key == "sign_in.stolen" {
			p.showSignIn(c, "", localPath(c.Request.URL.RequestURI()), err)
			return
		}
		c.Redirect(http.StatusSeeOther, "/masuk?next="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	page := errorPage{
		Frame: p.frame(c, "page.error.title."+string(told.Code)), Status: told.Status, Detail: told.Detail, BackPath: "/",
	}
	page.Next = p.words(c).text("page.error.next." + string(told.Code))
	for _, f := range told.Errors {
		page.Fields = append(page.Fields, f.Message)
	}
	if told.Code == appraisal.CodeUnauthorized {
		page.SignIn = "/masuk?next=" + url.QueryEscape(c.Request.URL.Path)
	}
	if posted {
		p.keepPosted(c, &page, told.Code)
	}
	p.show(c, told.Status, "error", page)
}

// longestToken is how long a choice, a key or an id may be; whatever is longer, or has several words, was typed.
const longestToken = 40

// keepPosted puts what was posted into the page, but for files. Only faults that may pass offer to send it again.
func (p *Pages) keepPosted(c *gin.Context, page *errorPage, code appraisal.Code) {
	if c.Request.Method == http.MethodPost {
		page.BackPath = c.Request.URL.Path
	}
	values := c.Request.PostForm
	if values == nil {
		values, _, _ = p.postedForm(c) // as much as could be read
	}
	page.Hidden = hiddenPairs(values)
	again := []appraisal.Code{appraisal.CodeUnauthorized, appraisal.CodeUnavailable, appraisal.CodeTooMany, appraisal.CodeUnexpected}
	if slices.Contains(again, code) {
		page.Resend = c.Request.URL.Path
	}
	for _, h := range page.Hidden {
		if len(h.Value) > longestToken || strings.ContainsAny(h.Value, " \n") {
			page.Typed = append(page.Typed, typedAt(h))
		}
	}
}

// refusal is what a form shows at its top and beside its fields after an act that was refused.
type refusal struct {
	Problem string
	Faults  faults
}

// refuse fills the refusal from err and returns the page's status, 200 without an error.
func (r *refusal) refuse(c *gin.Context, w words, err error, rename func(string) string) int {
	if err == nil {
		return http.StatusOK
	}
	if problem.Ours(err) {
		_ = c.Error(err)
	}
	told := problem.Of(err, w.lang, session.RequestID(c.Request.Context()))
	r.Problem, r.Faults = told.Detail, w.faultsOf(err, rename)
	return told.Status
}

// postedValues reads the form of the request's body.
func postedValues(c *gin.Context) (url.Values, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, &appraisal.Error{Code: appraisal.CodeInvalid, Key: "page.error.unreadable", Err: err}
	}
	return c.Request.PostForm, nil
}

// hiddenPairs lists all values in a stable order, for hidden fields.
func hiddenPairs(values url.Values, without ...string) []pair {
	names := make([]string, 0, len(values))
	for name := range values {
		if !slices.Contains(without, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var pairs []pair
	for _, name := range names {
		for _, v := range values[name] {
			pairs = append(pairs, pair{name, v})
		}
	}
	return pairs
}
