package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

const (
	passkeysPath      = "/akun/kunci"
	passkeySignInPath = "/masuk/kunci"
)

func (p *Pages) passkeyRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: passkeysPath, Action: appraisal.ActionOwnAccount, Handler: p.passkeys},
		{Method: post, Path: passkeysPath + "/mulai", Action: appraisal.ActionOwnAccount, Handler: p.beginPasskey},
		{Method: post, Path: passkeysPath, Action: appraisal.ActionOwnAccount, Handler: p.addPasskey},
		{Method: post, Path: passkeysPath + "/:key/hapus", Action: appraisal.ActionOwnAccount, Handler: p.removePasskey},
		{Method: post, Path: passkeySignInPath + "/mulai", Action: appraisal.ActionPublic, Handler: p.beginPasskeySignIn},
		{Method: post, Path: passkeySignInPath, Action: appraisal.ActionPublic, Handler: p.finishPasskeySignIn},
	}
}

// passkeysPage lists what somebody can sign in with in place of a mailed link.
type passkeysPage struct {
	Frame
	Passkeys service.Passkeys
	Name     field
	SignIn   string // where to sign in again, when the session is too old to change anything
	refusal
}

// signInAgain is where somebody who is signed in shows that it is still they, on their way to a page.
func signInAgain(next string) string { return "/masuk?lagi=ya&next=" + url.QueryEscape(next) }

func (p *Pages) passkeys(c *gin.Context) { p.showPasskeys(c, nil) }

func (p *Pages) showPasskeys(c *gin.Context, refused error) {
	ctx, w := c.Request.Context(), p.words(c)
	list, err := p.service.Passkeys(ctx, actor(c), session.ID(ctx))
	if err != nil {
		p.Fault(c, err)
		return
	}
	page := passkeysPage{
		Frame: p.frame(c, "passkey.page.title"), Passkeys: list, SignIn: signInAgain(passkeysPath),
		Name: field{Name: "name", Label: w.text("passkey.page.name"), Hint: w.text("passkey.page.name.hint"), Max: 60},
	}
	page.Here = passkeysPath
	p.show(c, page.refuse(c, w, refused, nil), "passkeys", page)
}

func (p *Pages) removePasskey(c *gin.Context) {
	ctx := c.Request.Context()
	if err := p.service.RemovePasskey(ctx, actor(c), session.ID(ctx), c.Param("key")); err != nil {
		if problem.Ours(err) {
			p.Fault(c, err)
			return
		}
		p.showPasskeys(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "passkey_removed", At: p.now()})
	c.Redirect(http.StatusSeeOther, passkeysPath)
}

// told answers the script: where to go on, or a sentence.
type told struct {
	Next     string `json:"next,omitempty"`
	Sentence string `json:"sentence,omitempty"`
}

func (p *Pages) beginPasskey(c *gin.Context) {
	ctx := c.Request.Context()
	var challenge service.PasskeyChallenge
	in, err := passkeyAnswer(c)
	if err == nil {
		challenge, err = p.service.BeginPasskey(ctx, actor(c), session.ID(ctx), in.Name)
	}
	p.tell(c, challenge, err)
}

func (p *Pages) addPasskey(c *gin.Context) {
	ctx := c.Request.Context()
	in, err := passkeyAnswer(c)
	if err == nil {
		_, err = p.service.AddPasskey(ctx, actor(c), session.ID(ctx), in)
	}
	if err == nil {
		p.leaveNotice(c, notice{Key: "passkey_added", At: p.now()})
	}
	p.tell(c, told{Next: passkeysPath}, err)
}

func (p *Pages) beginPasskeySignIn(c *gin.Context) {
	ctx := c.Request.Context()
	challenge, err := p.service.BeginPasskeySignIn(ctx, session.Network(ctx))
	p.tell(c, challenge, err)
}

func (p *Pages) finishPasskeySignIn(c *gin.Context) {
	ctx := c.Request.Context()
	var signed service.SignedIn
	in, err := passkeyAnswer(c)
	if err == nil {
		signed, err = p.service.FinishPasskeySignIn(ctx, in, session.Origin(ctx))
	}
	if err == nil {
		session.SetCookie(ctx, c.Writer, signed.Token)
	}
	p.tell(c, told{Next: localPath(c.Query("next"))}, err)
}

func passkeyAnswer(c *gin.Context) (service.PasskeyAnswer, error) {
	var in service.PasskeyAnswer
	if err := json.NewDecoder(c.Request.Body).Decode(&in); err != nil {
		return in, &appraisal.Error{Code: appraisal.CodeInvalid, Key: "page.error.unreadable", Err: err}
	}
	return in, nil
}

// tell answers a script.
func (p *Pages) tell(c *gin.Context, answer any, err error) {
	if err == nil {
		c.JSON(http.StatusOK, answer)
		return
	}
	if problem.Ours(err) {
		_ = c.Error(err)
	}
	w := p.words(c)
	said := problem.Of(err, w.lang, session.RequestID(c.Request.Context()))
	sentence := said.Detail
	for _, f := range said.Errors {
		sentence = f.Message
	}
	c.JSON(said.Status, told{Sentence: sentence})
}
