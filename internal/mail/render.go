package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/marelan/telaah/internal/locale"
)

// mostLines is how many steps a mail shows; the rest is counted. It keeps the longest digest under 20 kB.
const mostLines = 20

//go:embed templates
var templates embed.FS

var (
	textBody = texttemplate.Must(texttemplate.ParseFS(templates, "templates/notice.txt"))
	htmlBody = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/notice.html"))
)

// page is what the two templates show.
type page struct {
	Lang     locale.Lang
	Title    string
	Greeting string
	Lead     string
	Cycle    string
	Sections []section
	Button   string
	Link     string
	Notes    []string
	Fallback string
	Footer   []string
}

// section is a titled list of steps; More counts those left out, in words.
type section struct {
	Title string
	Lines []line
	More  string
}

type line struct {
	Text string
	Link string
}

// writer is a notice whose words have been cleaned.
type writer struct{ Notice }

// Render writes the mail that n asks for: subject, plain text and HTML say the same. It returns an error if n is not
// complete or has an unusable address or link; sending it again would not heal that.
func Render(n Notice) (Message, error) {
	if err := n.check(); err != nil {
		return Message{}, fmt.Errorf("write the mail %q: %w", n.Key, err)
	}
	n.ToName, n.Cycle = clean(n.ToName), clean(n.Cycle)
	n.Items = slices.Clone(n.Items)
	for i := range n.Items {
		n.Items[i].Subject, n.Items[i].WaitingOn, n.Items[i].For = clean(n.Items[i].Subject), clean(n.Items[i].WaitingOn), clean(n.Items[i].For)
	}
	if n.Leave != nil {
		leave := *n.Leave
		leave.Delegator, leave.Delegate = clean(leave.Delegator), clean(leave.Delegate)
		n.Leave = &leave
	}
	p := writer{n}.page()
	var text, html strings.Builder
	if err := textBody.Execute(&text, p); err != nil {
		return Message{}, fmt.Errorf("write the text of the mail %q: %w", n.Key, err)
	}
	if err := htmlBody.Execute(&html, p); err != nil {
		return Message{}, fmt.Errorf("write the HTML of the mail %q: %w", n.Key, err)
	}
	return Message{
		Key: n.Key, Keys: n.Keys, Lang: n.Lang, To: n.To, ToName: n.ToName, Subject: p.Title, Text: text.String(), HTML: html.String(),
	}, nil
}

func (w writer) page() page {
	p := page{
		Lang: w.Lang, Title: w.title(), Greeting: w.Lang.Text("mail.greeting.unnamed", nil), Lead: w.lead(),
		Sections: w.sections(), Button: w.button(), Link: w.link(), Notes: w.notes(),
		Fallback: w.Lang.Text("mail.fallback", nil),
		Footer:   []string{w.Lang.Text("mail.footer.automatic", nil), w.Lang.Text("mail.footer.safety", nil)},
	}
	if w.ToName != "" {
		p.Greeting = w.Lang.Text("mail.greeting", map[string]any{"name": w.ToName})
	}
	if w.Cycle != "" {
		p.Cycle = w.Lang.Text("mail.cycle", map[string]any{"cycle": w.Cycle})
	}
	return p
}

func (w writer) key(part string) string { return "mail." + part + "." + string(w.Kind) }

// subject is whose appraisal a mail about one appraisal speaks of; empty for the reader's own.
func (w writer) subject() string {
	if len(w.Items) == 0 {
		return ""
	}
	return w.Items[0].Subject
}

func (w writer) cycle() string {
	if w.Cycle == "" {
		return w.Lang.Text("mail.cycle.unnamed", nil)
	}
	return w.Cycle
}

func (w writer) lead() string {
	switch {
	case w.Kind == KindSignIn, w.Kind == KindInvitation:
		return w.Lang.Text(w.key("lead"), nil)
	case w.Leave != nil:
		return w.Leave.said(w.Lang, w.key("lead"))
	case w.Kind == KindCycleClosed, w.Kind == KindCancelled:
		return w.Lang.Text(w.key("lead"), map[string]any{"cycle": w.cycle()})
	case w.Kind == KindTask && !slices.ContainsFunc(w.Items, func(i Item) bool { return i.Action != ActionAcknowledgeResult }):
		return w.Lang.Text("mail.lead.result", nil)
	case w.Kind.listed(), w.Kind == KindDigest:
		return plural(w.Lang, w.key("lead"), len(w.Items), nil)
	default:
		return own(w.Lang, w.key("lead"), w.subject())
	}
}

func (w writer) button() string {
	switch {
	case w.Kind == KindEscalation:
		return plural(w.Lang, "mail.button.escalation", len(w.Items), nil)
	case w.Kind == KindFeedback:
		return plural(w.Lang, "mail.button.feedback", len(w.Items), nil)
	case w.Kind.listed(), w.Kind == KindDigest:
		return plural(w.Lang, "mail.button.task", len(w.Items), nil)
	default:
		return w.Lang.Text(w.key("button"), nil)
	}
}

// link is where the button leads: the form itself when there is just one.
func (w writer) link() string {
	if len(w.Items) == 1 && w.Items[0].Link != "" {
		return w.Items[0].Link
	}
	return w.Link
}

func (w writer) notes() []string {
	var notes []string
	if w.Code != "" {
		notes = append(notes, w.Lang.Text("mail.code", map[string]any{"code": w.Code}))
	}
	if w.ValidFor >= time.Minute && (w.Kind == KindSignIn || w.Kind == KindInvitation) {
		notes = append(notes, w.Lang.Text("mail.validity", map[string]any{"validity": duration(w.Lang, w.ValidFor)}))
	}
	if w.Kind == KindSignIn {
		notes = append(notes, w.Lang.Text("mail.unasked", nil))
	}
	return notes
}

// sections arranges the items, the most pressing first, and shows at most mostLines of them.
func (w writer) sections() []section {
	groups := map[Kind][]Item{}
	for _, item := range w.Items {
		kind := w.Kind
		if kind == KindDigest {
			kind = item.Section
		}
		if item.Action != "" {
			groups[kind] = append(groups[kind], item)
		}
	}
	order := []Kind{w.Kind}
	if w.Kind == KindDigest {
		order = sections
	}
	left := mostLines
	var shown []section
	for _, kind := range order {
		items := groups[kind]
		if len(items) == 0 {
			continue
		}
		of := Item.deadline
		if kind == KindEscalation {
			of = Item.since
		}
		slices.SortStableFunc(items, func(a, b Item) int { return sooner(of, a, b) })
		s := section{}
		if w.Kind == KindDigest {
			s.Title = w.Lang.Text("mail.section."+string(kind), nil)
		}
		count := min(left, len(items))
		for _, item := range items[:count] {
			s.Lines = append(s.Lines, w.line(kind, item))
		}
		if rest := len(items) - count; rest > 0 {
			s.More = plural(w.Lang, "mail.more", rest, nil)
		}
		left -= count
		shown = append(shown, s)
	}
	return shown
}

// sooner puts the earlier moment first and steps without one last.
func sooner(of func(Item) time.Time, a, b Item) int {
	x, y := of(a), of(b)
	switch {
	case x.IsZero() && y.IsZero():
		return 0
	case x.IsZero():
		return 1
	case y.IsZero():
		return -1
	}
	return x.Compare(y)
}

func (w writer) line(kind Kind, item Item) line {
	l := line{Link: item.Link}
	if len(w.Items) == 1 {
		l.Link = ""
	}
	if kind == KindEscalation {
		l.Text = w.heldLine(item)
		return l
	}
	what := own(w.Lang, "mail.action."+string(item.Action), item.Subject)
	if item.For != "" {
		what = w.Lang.Text("mail.line.for", map[string]any{"what": what, "for": item.For})
	}
	args := map[string]any{"what": what}
	switch {
	case item.Deadline.IsZero():
		l.Text = w.Lang.Text("mail.line.open", args)
	case kind == KindOverdue:
		args["deadline"] = w.moment(item.Deadline)
		l.Text = w.Lang.Text("mail.line.late", args)
	default:
		args["deadline"] = w.moment(item.Deadline)
		l.Text = w.Lang.Text("mail.line.by", args)
	}
	return l
}

func (w writer) heldLine(item Item) string {
	person, subject := item.WaitingOn, item.Subject
	if person == "" {
		person = w.Lang.Text("mail.person.unknown", nil)
	}
	if subject == "" {
		subject = w.Lang.Text("mail.subject.unknown", nil)
	}
	what := w.Lang.Text("mail.held."+string(item.Action), map[string]any{"person": person, "subject": subject})
	switch {
	case !item.Since.IsZero():
		return w.Lang.Text("mail.line.held", map[string]any{"what": what, "since": w.moment(item.Since)})
	case !item.Deadline.IsZero():
		return w.Lang.Text("mail.line.held_late", map[string]any{"what": what, "deadline": w.moment(item.Deadline)})
	default:
		return w.Lang.Text("mail.line.open", map[string]any{"what": what})
	}
}
