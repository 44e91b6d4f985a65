package api

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// longestToken keeps what is looked up as a session within reason.
const longestToken = 256

// identify finds out who acts. A session that has ended is nobody's; a record that cannot be asked stops the request, except
// where nobody needs to be signed in.
func (e *engine) identify(action appraisal.Action) gin.HandlerFunc {
	return func(c *gin.Context) {
		shown := credential(c.Request)
		if shown.Token == "" {
			return
		}
		ctx := c.Request.Context()
		shown.Network = session.Network(ctx)
		who, err := e.authenticate(ctx, shown)
		switch {
		case err == nil:
			s := session.Of(ctx)
			s.Actor, s.ID = who.Actor, who.Session
			s.Actor.Network = s.Network
			if shown.Cookie {
				s.Token = shown.Token
			}
			if who.Actor.Lang != "" {
				s.Lang = locale.Parse(who.Actor.Lang)
			}
			if who.Fresh != "" {
				s.Token = who.Fresh
				session.SetCookie(ctx, c.Writer, who.Fresh)
			}
			c.Request = c.Request.WithContext(session.With(ctx, s))
		case problem.Ours(err) && action != appraisal.ActionPublic:
			e.fault(c, err)
			c.Abort()
		case problem.Ours(err):
			_ = c.Error(err)
		default:
			s := session.Of(ctx)
			s.Refused = err
			c.Request = c.Request.WithContext(session.With(ctx, s))
		}
	}
}

// permit stops whoever has none of the roles that the action asks for; who showed something that signs nobody in is told why. Whether the actor may do it to this subject is
// decided by the service.
func (e *engine) permit(action appraisal.Action) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := appraisal.MayTry(session.Actor(c.Request.Context()), action)
		if err == nil {
			return
		}
		if refused := session.Of(c.Request.Context()).Refused; refused != nil && appraisal.CodeOf(err) == appraisal.CodeUnauthorized {
			err = refused
		}
		c.Abort()
		e.fault(c, err)
	}
}

// credential returns the token of the Authorization header or else of the cookie; empty for what cannot be a token.
func credential(r *http.Request) service.Credential {
	var shown service.Credential
	if scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		shown.Token = strings.TrimSpace(value)
	} else if cookie, err := r.Cookie(session.CookieName); err == nil {
		shown = service.Credential{Token: cookie.Value, Cookie: true}
	}
	if len(shown.Token) > longestToken {
		return service.Credential{}
	}
	return shown
}

var spoken = language.NewMatcher([]language.Tag{language.Indonesian, language.English})

// askedLanguage is the language of somebody who has not signed in: their earlier choice, or what their browser asks for.
func askedLanguage(r *http.Request) locale.Lang {
	if cookie, err := r.Cookie(session.LangCookieName); err == nil {
		return locale.Parse(cookie.Value)
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return locale.Indonesian
	}
	if _, at, sure := spoken.Match(wanted...); sure > language.No {
		return locale.Langs[at]
	}
	return locale.Indonesian
}

// network is what limits are counted by: one provider hands a household a whole IPv6 /64.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}
