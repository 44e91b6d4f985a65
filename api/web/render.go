package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

//go:embed templates static
var files embed.FS

// renderer holds every page's template once per language, so that a sentence is looked up without asking whose it is.
type renderer struct {
	pages map[locale.Lang]map[string]*template.Template
}

func newRenderer(zone *time.Location, a *assets) (*renderer, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	r := &renderer{pages: map[locale.Lang]map[string]*template.Template{}}
	for _, lang := range locale.Langs {
		shared, err := template.New("shared").Funcs(functions(words{lang, zone}, a)).ParseFS(files, "templates/shared/*.html")
		if err != nil {
			return nil, err
		}
		r.pages[lang] = map[string]*template.Template{}
		for _, name := range names {
			page, err := shared.Clone()
			if err != nil {
				return nil, err
			}
			if page, err = page.ParseFS(files, name); err != nil {
				return nil, err
			}
			r.pages[lang][strings.TrimSuffix(path.Base(name), ".html")] = page
		}
	}
	return r, nil
}

// render writes the named page in the language. Nothing is written when the template fails.
func (r *renderer) render(w io.Writer, lang locale.Lang, name string, page any) error {
	t, ok := r.pages[lang][name]
	if !ok {
		return fmt.Errorf("no template %q in %q", name, lang)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	_, err := b.WriteTo(w)
	return err
}

// words speaks one language in the office's time zone.
type words struct {
	lang locale.Lang
	zone *time.Location
}

// text returns the sentence of a key; args are name, value, name, value …
func (w words) text(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[fmt.Sprint(args[i])] = w.local(args[i+1])
	}
	return w.lang.Text(key, named)
}

func (w words) local(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.In(w.zone)
	case *time.Time:
		if v == nil {
			return ""
		}
		return v.In(w.zone)
	default:
		return v
	}
}

func (w words) date(v any) string     { return w.moment(v, w.lang.Date) }
func (w words) datetime(v any) string { return w.moment(v, w.lang.DateTime) }

// clock writes the time of day: "10.42", English "10:42".
func (w words) clock(v any) string {
	return w.moment(v, func(t time.Time) string {
		if w.lang == locale.Indonesian {
			return t.Format("15.04")
		}
		return t.Format("15:04")
	})
}

func (w words) moment(v any, write func(time.Time) string) string {
	t, ok := w.local(v).(time.Time)
	if !ok || t.IsZero() {
		return ""
	}
	return write(t)
}

// period writes the days of a period, which belong to no time zone.
func (w words) period(start, end time.Time) string {
	return w.lang.Date(start) + " – " + w.lang.Date(end)
}

// day writes a day that belongs to no time zone.
func (w words) day(t time.Time) string { return w.lang.Date(t) }

// month writes the month of a day that belongs to no time zone: "Januari 2026".
func (w words) month(t time.Time) string {
	_, month, _ := strings.Cut(w.lang.Date(t), " ")
	return month
}

// monthName writes a month that is given as "2026-01".
func (w words) monthName(s string) string {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return s
	}
	return w.month(t)
}

// term returns the word for a value of a fixed set: the sentence "term.<set>.<value>".
func (w words) term(set string, value any) string {
	if s := fmt.Sprint(value); s != "" {
		return w.text("term." + set + "." + s)
	}
	return ""
}

func (w words) stage(s appraisal.Stage) string {
	if s == "" {
		return ""
	}
	return w.text("stage." + string(s))
}

// worded is a value of the domain that knows the key of its name.
type worded interface{ Word() string }

func (w words) word(v worded) string {
	if fmt.Sprint(v) == "" {
		return ""
	}
	return w.text(v.Word())
}

// number writes a number as the language does, thousands apart: 1.250,5 in Indonesian and 1,250.5 in English.
func (w words) number(v any) string {
	said := w.lang.Number(fmt.Sprint(v))
	point, between := ".", ","
	if w.lang == locale.Indonesian {
		point, between = ",", "."
	}
	whole, rest, _ := strings.Cut(said, point)
	digits := strings.TrimLeft(whole, "+-")
	if strings.Trim(digits, "0123456789") != "" {
		return said
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + between + digits[i:]
	}
	grouped := whole[:len(whole)-len(strings.TrimLeft(whole, "+-"))] + digits
	if rest != "" {
		grouped += point + rest
	}
	return grouped
}

func functions(w words, a *assets) template.FuncMap {
	return template.FuncMap{
		"t": w.text, "date": w.date, "datetime": w.datetime, "clock": w.clock, "period": w.period, "day": w.day, "month": w.month, "monthname": w.monthName,
		"term": w.term, "stage": w.stage, "word": w.word, "number": w.number, "iso": w.iso, "asset": a.path,
		"says":     func(s appraisal.Sentence) string { return s.In(w.lang) },
		"rule":     func(s appraisal.ExplanationStep) string { return s.RuleIn(w.lang) },
		"value":    func(in appraisal.Input) string { return in.In(w.lang) },
		"plus":     func(a, b int) int { return a + b },
		"paras":    paragraphs,
		"attached": w.evidenceLines,
		"anchor":   anchor, "tenure": w.tenure, "by": w.by, "dayof": w.dayOf,
	}
}

// iso writes an instant for the datetime attribute.
func (w words) iso(v any) string {
	return w.moment(v, func(t time.Time) string { return t.Format(time.RFC3339) })
}

// paragraphs splits what a person typed at empty lines.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// anchor turns a field's path into an id: "key_results[0].target" becomes "key_results-0-target".
func anchor(name string) string {
	return strings.Trim(strings.NewReplacer("[", "-", "]", "", ".", "-", " ", "-").Replace(name), "-")
}
