package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// noticeCookie carries the receipt of an act over the redirect that follows it, to one page and not further.
const noticeCookie = "telaah_notice"

// notice says what an act brought about. Only known words get out of it, for a cookie can be written by its owner.
type notice struct {
	Key     string            `json:"key"` // sentence below "page.notice."
	Outcome appraisal.Outcome `json:"outcome,omitempty"`
	Next    appraisal.Party   `json:"next,omitempty"`
	At      time.Time         `json:"at"`
	Step    appraisal.StepID  `json:"step,omitempty"`
}

// leaveNotice tells the next page what has just been done.
func (p *Pages) leaveNotice(c *gin.Context, n notice) {
	raw, err := json.Marshal(n)
	if err != nil {
		_ = c.Error(err)
		return
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: noticeCookie, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/", MaxAge: 120,
		HttpOnly: true, Secure: session.Of(c.Request.Context()).Secure, SameSite: http.SameSiteLaxMode,
	})
}

// readNotice returns what was left for this page, without taking it.
func readNotice(c *gin.Context) (notice, bool) {
	var n notice
	cookie, err := c.Request.Cookie(noticeCookie)
	if err != nil {
		return n, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(raw, &n) != nil {
		return n, false
	}
	return n, true
}

// takeNotice returns the sentence for the layout and makes the browser forget it.
func (p *Pages) takeNotice(c *gin.Context) string {
	n, ok := readNotice(c)
	if !ok || c.Request.Method != http.MethodGet {
		return ""
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: noticeCookie, Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: session.Of(c.Request.Context()).Secure, SameSite: http.SameSiteLaxMode,
	})
	w := p.words(c)
	key := "page.notice." + n.Key
	if said := w.text(key, "clock", w.clock(n.At)); said != key {
		return said
	}
	return ""
}

// receiptNotice is the notice of a step's act.
func receiptNotice(step appraisal.StepID, r service.Receipt) notice {
	return notice{Key: "received", Outcome: r.Outcome, Next: r.Next, At: r.At, Step: step}
}
