package service

import (
	"strings"

	"github.com/marelan/telaah/internal/locale"
)

// Text writes the report for people, a line for each kind of thing and one for each of its changes.
func (r ImportReport) Text(lang locale.Lang) string {
	var b strings.Builder
	line := func(indent, sentence string) { b.WriteString(indent + sentence + "\n") }
	more := func(count int) string { return lang.Text("import_report.more", map[string]any{"count": count}) }
	line("", r.Headline(lang))
	for _, e := range r.Entities {
		line("  ", lang.Text("import_report.counts", map[string]any{
			"entity": e.Name(lang), "added": e.Added, "changed": e.Changed, "unchanged": e.Unchanged, "missing": e.Missing,
		}))
		for _, c := range e.Changes {
			line("    ", lang.Text("import_report.change", map[string]any{"change": c.Text(lang)}))
		}
		if left := e.Changed - len(e.Changes); left > 0 {
			line("    ", more(left))
		}
		if len(e.MissingKeys) > 0 {
			keys := strings.Join(e.MissingKeys, ", ")
			if left := e.Missing - len(e.MissingKeys); left > 0 {
				keys += ", " + more(left)
			}
			line("    ", lang.Text("import_report.missing", map[string]any{"keys": keys}))
		}
	}
	for _, n := range r.Notes {
		line("  ", lang.Text("import_report.note", map[string]any{"line": n.Line(lang)}))
	}
	return b.String()
}

// Headline says how the import ended.
func (r ImportReport) Headline(lang locale.Lang) string {
	if r.DryRun {
		return lang.Text("import_report.dry_run", nil)
	}
	for _, e := range r.Entities {
		if e.Added+e.Changed > 0 {
			return lang.Text("import_report.done", nil)
		}
	}
	return lang.Text("import_report.nothing", nil)
}

// Name returns what the things are called.
func (e ImportedEntity) Name(lang locale.Lang) string {
	return lang.Text("import_report.entity."+e.Entity, nil)
}

// Text writes a change as "key: field, field".
func (c ImportChange) Text(lang locale.Lang) string {
	words := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		words[i] = lang.Text("import_report.field."+f, nil)
	}
	return c.Key + ": " + strings.Join(words, ", ")
}
