package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/locale"
)

// signInPage asks for the address to which the sign-in link goes.
type signInPage struct {
	Frame
	Email    field
	Next     string
	Provider *provider
	refusal
}

// linkSentPage says the same for known and unknown addresses.
type linkSentPage struct {
	Frame
	Email string
}

// confirmPage asks for one more press, because mail scanners open every link that they find.
type confirmPage struct {
	Frame
	Path string
}

func (p *Pages) signIn(c *gin.Context) {
	next := localPath(c.Query("next"))
	if session.SignedIn(c.Request.Context()) {
		c.Redirect(http.StatusSeeOther, next)
		return
	}
	p.showSignIn(c, "", next, nil)
}

func (p *Pages) showSignIn(c *gin.Context, typed, next string, err error) {
	w := p.words(c)
	page := signInPage{Frame: p.frame(c, "page.sign_in.title"), Next: next, Provider: p.provider(next)}
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
	email, next := strings.TrimSpace(values.Get("email")), localPath(values.Get("next"))
	err = p.service.RequestLink(c.Request.Context(), email, session.Of(c.Request.Context()).Network, next)
	switch {
	case err == nil:
		p.show(c, http.StatusOK, "sign_in_sent", linkSentPage{p.frame(c, "page.sign_in.sent"), email})
	case problem.Ours(err):
		p.Fault(c, err)
	default:
		p.showSignIn(c, email, next, err)
	}
}

func (p *Pages) confirmSignIn(c *gin.Context) {
	// The address is the key: it must not travel on as a referrer.
	c.Header("Referrer-Policy", "no-referrer")
	page := confirmPage{p.frame(c, "page.sign_in.confirm"), c.Request.URL.Path}
	page.Here = "/masuk"
	p.show(c, http.StatusOK, "sign_in_confirm", page)
}

func (p *Pages) redeem(c *gin.Context) {
	ctx := c.Request.Context()
	signed, err := p.service.Redeem(ctx, c.Param("token"), session.Origin(ctx))
	if err != nil {
		if problem.Ours(err) {
			p.Fault(c, err)
			return
		}
		p.showSignIn(c, "", "/", err)
		return
	}
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
