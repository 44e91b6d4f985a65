package session

import (
	"context"
	"net/http"
	"time"

	"github.com/marelan/telaah/internal/locale"
)

// Names of the cookies. The language cookie serves those who have not signed in yet.
const (
	CookieName     = "telaah_session"
	LangCookieName = "lang"

	federatedCookieName = "telaah_sso"
	askerCookie         = "telaah_asked" // by which the browser that asked for a sign-in link is known again
)

// How long a browser keeps the cookies. The session itself ends sooner: the record decides.
const (
	cookieAge     = 90 * 24 * time.Hour
	askerAge      = 15 * time.Minute
	langCookieAge = 365 * 24 * time.Hour

	federatedCookieAge = 10 * time.Minute
)

// SetCookie hands the browser a fresh session.
func SetCookie(ctx context.Context, w http.ResponseWriter, token string) {
	http.SetCookie(w, cookie(ctx, CookieName, token, int(cookieAge.Seconds())))
}

// ClearCookie makes the browser forget the session.
func ClearCookie(ctx context.Context, w http.ResponseWriter) {
	http.SetCookie(w, cookie(ctx, CookieName, "", -1))
}

// SetLangCookie remembers the language of somebody who has not signed in.
func SetLangCookie(ctx context.Context, w http.ResponseWriter, lang locale.Lang) {
	http.SetCookie(w, cookie(ctx, LangCookieName, string(lang), int(langCookieAge.Seconds())))
}

// SetFederatedCookie ties a sign-in at the provider of identities to the browser that began it.
func SetFederatedCookie(ctx context.Context, w http.ResponseWriter, browser string) {
	http.SetCookie(w, cookie(ctx, federatedCookieName, browser, int(federatedCookieAge.Seconds())))
}

// FederatedBrowser returns what SetFederatedCookie left in the browser, or nothing.
func FederatedBrowser(r *http.Request) string {
	c, err := r.Cookie(federatedCookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// SetAsker makes the browser known as the one that has asked for a sign-in link.
func SetAsker(ctx context.Context, w http.ResponseWriter, asker string) {
	http.SetCookie(w, cookie(ctx, askerCookie, asker, int(askerAge.Seconds())))
}

// ClearAsker makes the browser forget that it has asked.
func ClearAsker(ctx context.Context, w http.ResponseWriter) {
	http.SetCookie(w, cookie(ctx, askerCookie, "", -1))
}

// Asker returns by what the browser is known that has asked for a sign-in link; empty if it has not.
func Asker(r *http.Request) string {
	c, err := r.Cookie(askerCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func cookie(ctx context.Context, name, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: Of(ctx).Secure, SameSite: http.SameSiteLaxMode,
	}
}
