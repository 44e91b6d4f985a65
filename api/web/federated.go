package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

// Where a sign-in at the provider of identities begins, and where the provider sends people back to.
const (
	FederatedPath       = "/masuk/sso"
	FederatedReturnPath = "/masuk/sso/kembali"
)

func (p *Pages) federatedRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: FederatedPath, Action: appraisal.ActionPublic, Handler: p.beginFederated},
		{Method: http.MethodGet, Path: FederatedReturnPath, Action: appraisal.ActionPublic, Handler: p.finishFederated},
	}
}

// beginFederated leads to the provider. It is a link and no form, because a browser that keeps to our policy follows no form to
// another address; all that it changes is which browser may come back.
func (p *Pages) beginFederated(c *gin.Context) {
	ctx := c.Request.Context()
	next := localPath(c.Query("next"))
	begun, err := p.service.BeginFederated(ctx, actor(c), session.FederatedBrowser(c.Request), session.Network(ctx), next)
	if err != nil {
		p.showSignIn(c, "", next, err)
		return
	}
	session.SetFederatedCookie(ctx, c.Writer, begun.Browser)
	c.Redirect(http.StatusSeeOther, begun.Address)
}

// finishFederated takes the provider's answer, which is in the page's address and must not travel on.
func (p *Pages) finishFederated(c *gin.Context) {
	ctx := c.Request.Context()
	c.Header("Referrer-Policy", "no-referrer")
	signed, err := p.service.FinishFederated(ctx, session.FederatedBrowser(c.Request), appraisal.IdentityAnswer{
		State: c.Query("state"), Code: c.Query("code"), Issuer: c.Query("iss"), Error: c.Query("error"), Description: c.Query("error_description"),
	}, session.Origin(ctx))
	if err != nil {
		p.showSignIn(c, "", localPath(signed.Next), err)
		return
	}
	session.SetCookie(ctx, c.Writer, signed.Token)
	c.Redirect(http.StatusSeeOther, localPath(signed.Next))
}

// provider is the button that leads to the provider; nil where there is none.
type provider struct {
	Name string
	Path string
}

func (p *Pages) provider(next string) *provider {
	name := p.service.ProviderName()
	if name == "" {
		return nil
	}
	return &provider{Name: name, Path: FederatedPath + "?next=" + url.QueryEscape(next)}
}
