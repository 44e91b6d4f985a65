package catcher

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/locale"
)

//go:embed templates
var templateFiles embed.FS

// pageSize is how many messages the list shows at once.
const pageSize = 50

type pages struct {
	store *store
	log   *slog.Logger
	list  *template.Template
	view  *template.Template
}

// newPages serves the pages for people and JSON for programs.
func newPages(s *store, log *slog.Logger) http.Handler {
	parse := func(name string) *template.Template {
		return template.Must(template.ParseFS(templateFiles, "templates/layout.html", "templates/"+name))
	}
	p := &pages{s, log, parse("list.html"), parse("view.html")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.showList)
	mux.HandleFunc("GET /messages/{id}", p.showMessage)
	mux.HandleFunc("GET /messages/{id}/html", p.showHTML)
	mux.HandleFunc("GET /messages/{id}/raw", p.showRaw)
	mux.HandleFunc("GET /messages/{id}/attachments/{number}", p.download)
	mux.HandleFunc("GET /api/messages", p.apiList)
	mux.HandleFunc("GET /api/messages/{id}", p.apiMessage)
	mux.HandleFunc("DELETE /api/messages", p.apiClear)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	return http.NewCrossOriginProtection().Handler(mux)
}

// frame is what every page has.
type frame struct {
	lang  locale.Lang
	Title string
	Here  string // path and query, for the links to the other language
}

// T is the sentence of a key in the reader's language.
func (f frame) T(key string, args ...any) string {
	named := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		named[fmt.Sprint(args[i])] = args[i+1]
	}
	return f.lang.Text("catcher."+key, named)
}

// Lang is the language of the page, for its lang attribute.
func (f frame) Lang() string { return string(f.lang) }

// When writes an instant in the machine's zone.
func (f frame) When(t time.Time) string { return f.lang.DateTime(t.Local()) }

// InLang is the address of this page in another language.
func (f frame) InLang(lang string) string {
	u, err := url.Parse(f.Here)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// newFrame takes the language from the address, then from the last choice, then from the browser.
func newFrame(w http.ResponseWriter, r *http.Request) frame {
	const cookie = "lang"
	wanted := r.Header.Get("Accept-Language")
	if kept, err := r.Cookie(cookie); err == nil {
		wanted = kept.Value
	}
	if chosen := r.URL.Query().Get("lang"); chosen != "" {
		wanted = string(locale.Parse(chosen))
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: wanted, Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode, HttpOnly: true})
	}
	return frame{lang: locale.Parse(wanted), Here: r.URL.RequestURI()}
}

type listPage struct {
	frame
	Query        query
	Messages     []Message
	Total        int
	Newer, Older string // addresses; empty when there are none
}

func (p *pages) showList(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	page, err := strconv.Atoi(values.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	data := listPage{frame: newFrame(w, r)}
	data.Query = query{To: values.Get("to"), Subject: values.Get("subject"), Offset: (page - 1) * pageSize, Limit: pageSize}
	data.Messages, data.Total = p.store.find(data.Query)
	data.Title = data.T("title")
	address := func(page int) string {
		q := url.Values{"page": {strconv.Itoa(page)}}
		for name, value := range map[string]string{"to": data.Query.To, "subject": data.Query.Subject} {
			if value != "" {
				q.Set(name, value)
			}
		}
		return "/?" + q.Encode()
	}
	if page > 1 {
		data.Newer = address(page - 1)
	}
	if page*pageSize < data.Total {
		data.Older = address(page + 1)
	}
	p.render(w, p.list, data)
}

type viewPage struct {
	frame
	Message     Message
	Text        []piece
	HasHTML     bool
	Attachments []attachment
}

// piece is a stretch of plain text, or an address in it.
type piece struct {
	Text string
	Link bool
}

func (p *pages) showMessage(w http.ResponseWriter, r *http.Request) {
	m, c, found := p.open(w, r)
	if !found {
		return
	}
	data := viewPage{frame: newFrame(w, r), Message: m, Text: pieces(m.Text), HasHTML: c.html != "", Attachments: c.attachments}
	data.Title = m.Subject
	p.render(w, p.view, data)
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]]`)

func pieces(text string) []piece {
	var all []piece
	from := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		all = append(all, piece{text[from:at[0]], false}, piece{text[at[0]:at[1]], true})
		from = at[1]
	}
	return append(all, piece{text[from:], false})
}

var headTag = regexp.MustCompile(`(?i)<head[^>]*>`)

// showHTML is what the frame of the message's page shows: no script, nothing from other hosts, links in a new tab.
func (p *pages) showHTML(w http.ResponseWriter, r *http.Request) {
	_, c, found := p.open(w, r)
	if !found {
		return
	}
	const base = `<base target="_blank">`
	html := base + c.html
	if at := headTag.FindStringIndex(c.html); at != nil {
		html = c.html[:at[1]] + base + c.html[at[1]:]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'")
	p.write(w, []byte(html))
}

func (p *pages) showRaw(w http.ResponseWriter, r *http.Request) {
	m, known := p.store.get(r.PathValue("id"))
	raw, err := p.store.raw(m.ID)
	if !known || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	p.write(w, raw)
}

func (p *pages) download(w http.ResponseWriter, r *http.Request) {
	_, c, found := p.open(w, r)
	if !found {
		return
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 0 || number >= len(c.attachments) {
		http.NotFound(w, r)
		return
	}
	a := c.attachments[number]
	w.Header().Set("Content-Type", a.Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	p.write(w, a.data)
}

// open reads the message that the address names, or answers that there is none.
func (p *pages) open(w http.ResponseWriter, r *http.Request) (Message, content, bool) {
	if m, known := p.store.get(r.PathValue("id")); known {
		m, c, err := p.store.load(m.ID)
		if err == nil {
			return m, c, true
		}
		p.log.Error("message cannot be read", "id", m.ID, "error", err)
	}
	http.NotFound(w, r)
	return Message{}, content{}, false
}

func (p *pages) render(w http.ResponseWriter, t *template.Template, data any) {
	var page strings.Builder
	if err := t.ExecuteTemplate(&page, "layout.html", data); err != nil {
		p.log.Error("page", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	p.write(w, []byte(page.String()))
}

// write sends the body; that the reader has gone is not our fault.
func (p *pages) write(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		p.log.Debug("reader has gone", "error", err)
	}
}

func (p *pages) json(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		p.log.Debug("reader has gone", "error", err)
	}
}

// apiList answers with a list, the newest first; X-Total-Count is the number without offset and limit.
func (p *pages) apiList(w http.ResponseWriter, r *http.Request) {
	q := query{To: r.URL.Query().Get("to"), Subject: r.URL.Query().Get("subject")}
	for name, number := range map[string]*int{"offset": &q.Offset, "limit": &q.Limit} {
		if given := r.URL.Query().Get(name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil || n < 0 {
				http.Error(w, name+" must be a number from 0", http.StatusBadRequest)
				return
			}
			*number = n
		}
	}
	found, total := p.store.find(q)
	if found == nil {
		found = []Message{}
	}
	w.Header().Set("X-Total-Count", strconv.Itoa(total))
	p.json(w, found)
}

func (p *pages) apiMessage(w http.ResponseWriter, r *http.Request) {
	m, known := p.store.get(r.PathValue("id"))
	if !known {
		http.NotFound(w, r)
		return
	}
	p.json(w, m)
}

func (p *pages) apiClear(w http.ResponseWriter, _ *http.Request) {
	if err := p.store.clear(); err != nil {
		p.log.Error("delete messages", "error", err)
		http.Error(w, "the messages could not be deleted", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
