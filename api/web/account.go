package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// accountRoutes are the pages of one's own sessions and tokens, and the one by which an installation gets its first administrator.
func (p *Pages) accountRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: "/akun/sesi", Action: appraisal.ActionOwnAccount, Handler: p.sessions},
		{Method: post, Path: "/akun/sesi", Action: appraisal.ActionOwnAccount, Handler: p.endOtherSessions},
		{Method: post, Path: "/akun/sesi/:id", Action: appraisal.ActionOwnAccount, Handler: p.endSession},
		{Method: get, Path: "/akun/token", Action: appraisal.ActionOwnAccount, Handler: p.tokens},
		{Method: post, Path: "/akun/token", Action: appraisal.ActionOwnAccount, Handler: p.createToken},
		{Method: post, Path: "/akun/token/:id", Action: appraisal.ActionOwnAccount, Handler: p.revokeToken},

		{Method: get, Path: "/mulai/:token", Action: appraisal.ActionPublic, Handler: p.firstAdministrator},
		{Method: post, Path: "/mulai/:token", Action: appraisal.ActionPublic, Handler: p.becomeFirstAdministrator},
	}
}

// sessionsPage lists where somebody is signed in.
type sessionsPage struct {
	Frame
	Sessions []sessionLine
	Key      string
	Others   bool
}

type sessionLine struct {
	service.Session
	Key string
}

func (p *Pages) sessions(c *gin.Context) {
	ctx := c.Request.Context()
	found, err := p.service.Sessions(ctx, actor(c), session.ID(ctx))
	if err != nil {
		p.Fault(c, err)
		return
	}
	page := sessionsPage{Frame: p.frame(c, "account.sessions.title"), Key: newKey()}
	for _, s := range found {
		page.Sessions = append(page.Sessions, sessionLine{s, newKey()})
		page.Others = page.Others || !s.Current
	}
	p.show(c, http.StatusOK, "account_sessions", page)
}

// endSession ends a session; one that has ended meanwhile is what was wanted.
func (p *Pages) endSession(c *gin.Context) {
	if _, err := postedValues(c); err != nil {
		p.Fault(c, err)
		return
	}
	ctx := c.Request.Context()
	err := p.service.EndSession(ctx, actor(c), c.Param("id"))
	if err != nil && appraisal.CodeOf(err) != appraisal.CodeNotFound {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "session_ended", At: p.now()})
	c.Redirect(http.StatusSeeOther, "/akun/sesi")
}

func (p *Pages) endOtherSessions(c *gin.Context) {
	if _, err := postedValues(c); err != nil {
		p.Fault(c, err)
		return
	}
	ctx := c.Request.Context()
	if _, err := p.service.EndOtherSessions(ctx, actor(c), session.ID(ctx)); err != nil {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "sessions_ended", At: p.now()})
	c.Redirect(http.StatusSeeOther, "/akun/sesi")
}

// tokensPage lists somebody's API tokens and makes another. A new one is shown on the answer to the form and never again.
type tokensPage struct {
	Frame
	Tokens []tokenLine
	Made   *service.MadeAPIToken
	Recent bool   // a token may be made
	SignIn string // where to sign in again, where it may not
	Key    string
	Name   field
	Days   field
	Scopes scopeChoice
	refusal
}

type tokenLine struct {
	service.APIToken
	Key string
}

// scopeChoice is a question with several answers.
type scopeChoice struct {
	Errors  []string
	Options []option
}

func (p *Pages) tokens(c *gin.Context) { p.showTokens(c, url.Values{"days": {"90"}}, nil, nil) }

func (p *Pages) showTokens(c *gin.Context, typed url.Values, made *service.MadeAPIToken, refused error) {
	ctx, w := c.Request.Context(), p.words(c)
	found, err := p.service.APITokens(ctx, actor(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	page := tokensPage{Frame: p.frame(c, "account.tokens.title"), Made: made, Key: newKey(), SignIn: signInAgain("/akun/token")}
	if page.Recent, err = p.service.RecentlySignedIn(ctx, actor(c), session.ID(ctx)); err != nil {
		p.Fault(c, err)
		return
	}
	page.Here = "/akun/token"
	status := page.refuse(c, w, refused, nil)
	for _, t := range found {
		page.Tokens = append(page.Tokens, tokenLine{t, newKey()})
	}
	page.Name = field{Name: "name", Label: w.text("account.tokens.name"), Hint: w.text("account.tokens.name.hint"), Max: 80, Value: typed.Get("name"), Errors: page.Faults.At("name")}
	page.Days = field{Name: "days", Label: w.text("account.tokens.days"), Kind: kindSelect, Errors: page.Faults.At("days"), Groups: []optionGroup{{}}}
	for _, days := range []string{"30", "90", "180", "365"} {
		page.Days.Groups[0].Options = append(page.Days.Groups[0].Options,
			option{Value: days, Label: w.text("account.tokens.days.count", "days", days), Chosen: typed.Get("days") == days})
	}
	page.Scopes.Errors = page.Faults.At("scopes")
	for _, scope := range appraisal.TokenScopes {
		chosen := false
		for _, s := range typed["scopes"] {
			chosen = chosen || s == string(scope)
		}
		page.Scopes.Options = append(page.Scopes.Options,
			option{Value: string(scope), Label: w.term("scope", scope), Hint: w.text("account.scope." + string(scope)), Chosen: chosen})
	}
	p.show(c, status, "account_tokens", page)
}

func (p *Pages) createToken(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	in := service.NewAPIToken{Name: trimmed(values, "name")}
	for _, s := range values["scopes"] {
		in.Scopes = append(in.Scopes, appraisal.TokenScope(s))
	}
	if in.Days, err = strconv.Atoi(values.Get("days")); err != nil {
		in.Days = 0 // refused with the rest
	}
	made, err := p.service.CreateAPIToken(c.Request.Context(), actor(c), session.ID(c.Request.Context()), in)
	switch {
	case err == nil:
		p.showTokens(c, url.Values{"days": {"90"}}, &made, nil)
	case problem.Ours(err):
		p.Fault(c, err)
	default:
		p.showTokens(c, values, nil, err)
	}
}

func (p *Pages) revokeToken(c *gin.Context) {
	if _, err := postedValues(c); err != nil {
		p.Fault(c, err)
		return
	}
	err := p.service.RevokeAPIToken(c.Request.Context(), actor(c), c.Param("id"))
	if err != nil && appraisal.CodeOf(err) != appraisal.CodeNotFound {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "token_revoked", At: p.now()})
	c.Redirect(http.StatusSeeOther, "/akun/token")
}

// firstAdministratorPage asks who runs the installation from now on.
type firstAdministratorPage struct {
	Frame
	Path  string
	Key   string
	Name  field
	Email field
	refusal
}

func (p *Pages) firstAdministrator(c *gin.Context) {
	if err := p.service.OpenFirstAdministratorLink(c.Request.Context(), c.Param("token")); err != nil {
		p.firstRefused(c, err)
		return
	}
	p.showFirstAdministrator(c, url.Values{}, nil)
}

// firstRefused answers a void link on the sign-in page: whoever has the role by now comes in there.
func (p *Pages) firstRefused(c *gin.Context, err error) {
	if problem.Ours(err) {
		p.Fault(c, err)
		return
	}
	p.showSignIn(c, "", "/", err)
}

func (p *Pages) showFirstAdministrator(c *gin.Context, typed url.Values, err error) {
	// The address is the key: it must not travel on as a referrer.
	c.Header("Referrer-Policy", "no-referrer")
	w := p.words(c)
	page := firstAdministratorPage{Frame: p.frame(c, "account.first.title"), Path: c.Request.URL.Path, Key: newKey()}
	page.Here = page.Path
	status := page.refuse(c, w, err, nil)
	page.Name = field{Name: "name", Label: w.text("account.first.name"), Max: 120, Value: typed.Get("name"), Errors: page.Faults.At("name")}
	page.Email = field{Name: "email", Label: w.text("page.sign_in.email"), Hint: w.text("account.first.email.hint"), Kind: kindEmail, Max: 254, Value: typed.Get("email"), Errors: page.Faults.At("email")}
	p.show(c, status, "first_administrator", page)
}

func (p *Pages) becomeFirstAdministrator(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	ctx := c.Request.Context()
	in := service.NewAdministrator{Name: trimmed(values, "name"), Email: trimmed(values, "email")}
	signed, err := p.service.BecomeFirstAdministrator(ctx, c.Param("token"), in, session.Origin(ctx))
	switch {
	case err == nil:
		p.enter(c, signed)
	case appraisal.CodeOf(err) == appraisal.CodeInvalid:
		p.showFirstAdministrator(c, values, err)
	default:
		p.firstRefused(c, err)
	}
}
