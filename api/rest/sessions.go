package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) sessionRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodPost, Path: base + "/sessions/link", Action: appraisal.ActionPublic, Handler: handler(h.requestLink)},
		{Method: http.MethodPost, Path: base + "/sessions", Action: appraisal.ActionPublic, Handler: handler(h.signIn)},
		{Method: http.MethodDelete, Path: base + "/sessions/current", Action: appraisal.ActionOwnAccount, Handler: handler(h.signOut)},
		{Method: http.MethodGet, Path: base + "/me/sessions", Action: appraisal.ActionOwnAccount, Handler: handler(h.sessions)},
		{Method: http.MethodDelete, Path: base + "/me/sessions", Action: appraisal.ActionOwnAccount, Handler: handler(h.endOtherSessions)},
		{Method: http.MethodDelete, Path: base + "/me/sessions/:id", Action: appraisal.ActionOwnAccount, Handler: handler(h.endSession)},
		{Method: http.MethodGet, Path: base + "/me/tokens", Action: appraisal.ActionOwnAccount, Handler: readAll(h.service.APITokens)},
		{Method: http.MethodPost, Path: base + "/me/tokens", Action: appraisal.ActionOwnAccount, Handler: handler(h.createToken)},
		{Method: http.MethodDelete, Path: base + "/me/tokens/:id", Action: appraisal.ActionOwnAccount, Handler: handler(h.revokeToken)},
		{Method: http.MethodPost, Path: base + "/access/sign-out", Action: appraisal.ActionManageAccess, Handler: handler(h.signOutPerson)},
		{Method: http.MethodGet, Path: base + "/me", Action: appraisal.ActionSignedIn, Handler: handler(h.me)},
		{Method: http.MethodPut, Path: base + "/me/language", Action: appraisal.ActionOwnAccount, Handler: handler(h.setLanguage)},
	}
}

type linkRequest struct {
	Email   string `json:"email"`
	Next    string `json:"next,omitempty"`    // page of ours to open after signing in
	Request string `json:"request,omitempty"` // answer to an earlier request of the same caller, whose link may still arrive
}

// askedLink is by what the caller is known again: only together with it link and code are worth anything.
type askedLink struct {
	Request string `json:"request"`
}

// requestLink answers the same whether or not somebody has the address.
func (h handlers) requestLink(c *gin.Context, ctx context.Context, _ appraisal.Actor) error {
	var in linkRequest
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	asker, err := h.service.RequestLink(ctx, service.LinkRequest{Email: in.Email, Next: in.Next, Network: session.Network(ctx), Asker: in.Request})
	if err != nil {
		return err
	}
	answer(c, http.StatusAccepted, askedLink{asker})
	return nil
}

// newSession is a link's token or the code from its mail, and what the request for it was answered with; an invitation needs no request.
type newSession struct {
	Token   string `json:"token,omitempty"`
	Code    string `json:"code,omitempty"`
	Request string `json:"request,omitempty"`
}

func (h handlers) signIn(c *gin.Context, ctx context.Context, _ appraisal.Actor) error {
	var in newSession
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	from := session.Origin(ctx)
	from.Asker = in.Request
	redeem, shown := h.service.Redeem, in.Token
	switch {
	case in.Token == "" && in.Code == "":
		return wrongField("token", "error.required", nil)
	case in.Token != "" && in.Code != "":
		return wrongField("code", "sign_in.token_or_code", nil)
	case in.Code != "":
		redeem, shown = h.service.RedeemCode, in.Code
	}
	signedIn, err := redeem(ctx, shown, from)
	if err != nil {
		return err
	}
	answer(c, http.StatusCreated, startedSession{Token: signedIn.Token, Person: personOf(signedIn.Actor), Next: signedIn.Next})
	return nil
}

// startedSession tells the session's token, once.
type startedSession struct {
	Token  string         `json:"token"`
	Person signedInPerson `json:"person"`
	Next   string         `json:"next,omitempty"`
}

// signedInPerson is who acts.
type signedInPerson struct {
	ID       appraisal.PersonID `json:"id"`
	Name     string             `json:"name"`
	Roles    []appraisal.Role   `json:"roles"` // beside those that follow from the organisation tree
	Language string             `json:"language"`
}

func personOf(a appraisal.Actor) signedInPerson {
	return signedInPerson{ID: a.ID, Name: a.Name, Roles: a.Roles, Language: string(locale.Parse(a.Lang))}
}

func (h handlers) signOut(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	if err := h.service.SignOut(ctx, actor, session.ID(ctx)); err != nil {
		return err
	}
	session.ClearCookie(ctx, c.Writer)
	c.Status(http.StatusNoContent)
	return nil
}

// myself is the signed-in person with what they have to do and wait for.
type myself struct {
	Person signedInPerson `json:"person"`
	Home   service.Home   `json:"home"`
}

func (h handlers) me(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	home, err := h.service.Home(ctx, actor)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, myself{Person: personOf(actor), Home: home})
	return nil
}

type languageChoice struct {
	Language locale.Lang `json:"language"`
}

func (h handlers) setLanguage(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var in languageChoice
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	if in.Language != locale.Indonesian && in.Language != locale.English {
		return wrongField("language", "error.unknown_word", map[string]any{"value": string(in.Language)})
	}
	if err := h.service.SetLanguage(ctx, actor, string(in.Language)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
