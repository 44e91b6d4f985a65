package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Frame is what the layout shows around every page.
type Frame struct {
	Lang      locale.Lang
	Title     string
	Actor     appraisal.Actor
	SignedIn  bool
	Nav       []navItem
	Here      string // path and query of this page, to come back to
	RequestID string
	Notice    string // what the act before this page brought about
}

type navItem struct {
	Path    string
	Label   string
	Current bool
}

// OtherLang is the language that the switch offers.
func (f Frame) OtherLang() locale.Lang {
	if f.Lang == locale.English {
		return locale.Indonesian
	}
	return locale.English
}

// navigation lists the pages of the menu with the permission that each needs.
var navigation = []struct {
	path, key string
	action    appraisal.Action
}{
	{"/", "nav.home", appraisal.ActionSignedIn},
	{"/riwayat", "nav.history", appraisal.ActionSignedIn},
	{"/delegasi", "delegation.nav", appraisal.ActionDelegate},
	{"/siklus", "nav.cycles", appraisal.ActionReadCycle},
	{"/layanan", "measured.page.nav", appraisal.ActionReadOrganisation},
	{"/impor", "import_report.page.nav", appraisal.ActionImport},
	{"/koreksi", "nav.corrections", appraisal.ActionDecideCorrection},
	{"/retensi", "nav.retention", appraisal.ActionRetain},
	{"/operasi/mandek", "nav.stalled", appraisal.ActionReadStalled},
	{"/operasi/surat", "nav.mail", appraisal.ActionOperate},
	{"/audit", "audit.nav", appraisal.ActionReadTrail},
	{"/jejak", "trail.nav", appraisal.ActionOwnAccount},
	{"/akun/sesi", "account.pages", appraisal.ActionOwnAccount},
	{"/tentang", "nav.about", appraisal.ActionPublic},
}

func (p *Pages) words(c *gin.Context) words { return words{session.Lang(c.Request.Context()), p.zone} }

// frame prepares the layout of a page with a title.
func (p *Pages) frame(c *gin.Context, titleKey string, args ...any) Frame {
	state := session.Of(c.Request.Context())
	w := p.words(c)
	f := Frame{
		Lang: w.lang, Title: w.text(titleKey, args...), Actor: state.Actor, SignedIn: state.Actor.ID != "",
		RequestID: state.RequestID, Here: "/",
	}
	if c.Request.Method == http.MethodGet {
		f.Here = c.Request.URL.RequestURI()
	} else {
		f.Here = c.Request.URL.Path
	}
	for _, n := range navigation {
		if appraisal.MayTry(state.Actor, n.action) != nil {
			continue
		}
		current := c.Request.URL.Path == n.path || n.path != "/" && strings.HasPrefix(c.Request.URL.Path, n.path+"/")
		f.Nav = append(f.Nav, navItem{Path: n.path, Label: w.text(n.key), Current: current})
	}
	if n := p.takeNotice(c); n != "" {
		f.Notice = n
	}
	return f
}

// show renders a page.
func (p *Pages) show(c *gin.Context, status int, name string, page any) {
	var b strings.Builder
	if err := p.renderer.render(&b, session.Lang(c.Request.Context()), name, page); err != nil {
		_ = c.Error(err)
		// Where the pages themselves are broken, a plain sentence has to do.
		c.String(http.StatusInternalServerError, p.words(c).text("page.error.broken", "id", session.RequestID(c.Request.Context())))
		return
	}
	c.Data(status, "text/html; charset=utf-8", []byte(b.String()))
}

// may reports whether who is signed in may do an action on a subject that a page shows.
func may(c *gin.Context, action appraisal.Action, s appraisal.Subject) bool {
	return appraisal.Can(actor(c), action, s) == nil
}

// actor returns who is signed in.
func actor(c *gin.Context) appraisal.Actor { return session.Actor(c.Request.Context()) }
