package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// signInPage asks for the address to which the sign-in link goes.
type signInPage struct {
	Frame
	Email    field
	Next     string
	Provider *provider
	Passkeys string // where to sign in with one; empty where browsers keep none
	refusal
}

// codePage follows upon asking and says the same for known and unknown addresses. The code of the mail is typed here, when the
// mail is read elsewhere.
type codePage struct {
	Frame
	Email string // empty for who comes back to the page
	Code  field
	refusal
}

// elsewherePage is a link that was opened in another browser than the one that asked for it: it shows what to type there.
type elsewherePage struct {
	Frame
	Code string
}

// confirmPage asks for one more press, because mail scanners open every link that they find.
type confirmPage struct {
	Frame
	Path string
}

func (p *Pages) signIn(c *gin.Context) {
	next := localPath(c.Query("next"))
	if session.SignedIn(c.Request.Context()) && c.Query("lagi") == "" { // again, to prove that it is still the same person
		c.Redirect(http.StatusSeeOther, next)
		return
	}
	p.showSignIn(c, "", next, nil)
}

func (p *Pages) showSignIn(c *gin.Context, typed, next string, err error) {
	w := p.words(c)
	page := signInPage{Frame: p.frame(c, "page.sign_in.title"), Next: next, Provider: p.provider(next)}
	if p.service.PasskeysOffered() {
		page.Passkeys = passkeySignInPath + "?next=" + url.QueryEscape(next)
	}
	page.Here = "/masuk?next=" + url.QueryEscape(next) // never an address that carries a key
	status := page.refuse(c, w, err, nil)
	page.Email = field{
		Name: "email", Label: w.text("page.sign_in.email"), Hint: w.text("page.sign_in.email.hint"), Kind: kindEmail, Max: 254,
		Value: typed, Errors: page.Faults.At("email"),
	}
	p.show(c, status, "sign_in", page)
}

func (p *Pages) requestLink(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	ctx, email, next := c.Request.Context(), strings.TrimSpace(values.Get("email")), localPath(values.Get("next"))
	asker, err := p.service.RequestLink(ctx, service.LinkRequest{
		Email: email, Next: next, Network: session.Network(ctx), Asker: session.Asker(c.Request),
	})
	switch {
	case err == nil:
		session.SetAsker(ctx, c.Writer, asker)
		p.showCode(c, email, "", nil)
	case problem.Ours(err):
		p.Fault(c, err)
	default:
		p.showSignIn(c, email, next, err)
	}
}

func (p *Pages) codeForm(c *gin.Context) { p.showCode(c, "", "", nil) }

func (p *Pages) showCode(c *gin.Context, email, typed string, err error) {
	w := p.words(c)
	page := codePage{Frame: p.frame(c, "page.sign_in.sent"), Email: email}
	page.Here = "/masuk/kode"
	status := page.refuse(c, w, err, nil)
	page.Code = field{
		Name: "code", Label: w.text("page.sign_in.code"), Hint: w.text("page.sign_in.code.hint"), Kind: kindCode, Max: 20, Value: typed,
		Errors: page.Faults.At("code"),
	}
	p.show(c, status, "sign_in_sent", page)
}

func (p *Pages) redeemCode(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	ctx, typed, email := c.Request.Context(), strings.TrimSpace(values.Get("code")), values.Get("email")
	from := session.Origin(ctx)
	from.Asker = session.Asker(c.Request)
	signed, err := p.service.RedeemCode(ctx, typed, from)
	switch {
	case err == nil:
		p.enter(c, signed)
	case problem.Ours(err):
		p.Fault(c, err)
	case appraisal.CodeOf(err) == appraisal.CodeInvalid:
		p.showCode(c, email, typed, err)
	default:
		p.showSignIn(c, email, "/", err)
	}
}

// confirmSignIn asks for a press where the link works, and says what else to do where it does not.
func (p *Pages) confirmSignIn(c *gin.Context) {
	// The address is the key: it must not travel on as a referrer.
	c.Header("Referrer-Policy", "no-referrer")
	opened, err := p.service.OpenLink(c.Request.Context(), c.Param("token"), session.Asker(c.Request))
	switch {
	case err != nil && problem.Ours(err):
		p.Fault(c, err)
	case err != nil:
		p.showSignIn(c, "", "/", err)
	case opened.Here:
		page := confirmPage{p.frame(c, "page.sign_in.confirm"), c.Request.URL.Path}
		page.Here = "/masuk"
		p.show(c, http.StatusOK, "sign_in_confirm", page)
	default:
		page := elsewherePage{p.frame(c, "page.sign_in.elsewhere"), opened.Code}
		page.Here = "/masuk"
		p.show(c, http.StatusOK, "sign_in_elsewhere", page)
	}
}

func (p *Pages) redeem(c *gin.Context) {
	ctx := c.Request.Context()
	from := session.Origin(ctx)
	from.Asker = session.Asker(c.Request)
	signed, err := p.service.Redeem(ctx, c.Param("token"), from)
	switch {
	case err == nil:
		p.enter(c, signed)
	case problem.Ours(err):
		p.Fault(c, err)
	default:
		p.showSignIn(c, "", "/", err)
	}
}

// enter hands the browser its session and goes on to where the person wanted.
func (p *Pages) enter(c *gin.Context, signed service.SignedIn) {
	ctx := c.Request.Context()
	session.ClearAsker(ctx, c.Writer)
	session.SetCookie(ctx, c.Writer, signed.Token)
	c.Redirect(http.StatusSeeOther, localPath(signed.Next))
}

func (p *Pages) signOut(c *gin.Context) {
	ctx := c.Request.Context()
	if id := session.ID(ctx); id != "" {
		if err := p.service.SignOut(ctx, session.Actor(ctx), id); err != nil && problem.Ours(err) {
			p.Fault(c, err)
			return
		}
	}
	session.ClearCookie(ctx, c.Writer)
	c.Redirect(http.StatusSeeOther, "/masuk")
}

// setLanguage remembers the choice: with the person, and in the browser for the time before signing in.
func (p *Pages) setLanguage(c *gin.Context) {
	ctx := c.Request.Context()
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	lang := locale.Parse(values.Get("lang"))
	if session.SignedIn(ctx) {
		if err := p.service.SetLanguage(ctx, session.Actor(ctx), string(lang)); err != nil {
			p.Fault(c, err)
			return
		}
	}
	session.SetLangCookie(ctx, c.Writer, lang)
	c.Redirect(http.StatusSeeOther, localPath(values.Get("back")))
}
