package service

import (
	"strings"

	"github.com/marelan/telaah/internal/locale"
)

// Text writes the report for people, a line for each kind of thing and one for each of its changes.
func (r ImportReport) Text(lang locale.Lang) string {
	var b strings.Builder
	line := func(indent, key string, args map[string]any) {
		b.WriteString(indent + lang.Text(key, args) + "\n")
	}
	line("", r.headline(), nil)
	for _, e := range r.Entities {
		line("  ", "import_report.counts", map[string]any{
			"entity": lang.Text("import_report.entity."+e.Entity, nil),
			"added":  e.Added, "changed": e.Changed, "unchanged": e.Unchanged, "missing": e.Missing,
		})
		for _, c := range e.Changes {
			line("    ", "import_report.change", map[string]any{"key": c.Key, "fields": fieldWords(lang, c.Fields)})
		}
		if more := e.Changed - len(e.Changes); more > 0 {
			line("    ", "import_report.more", map[string]any{"count": more})
		}
		if len(e.MissingKeys) > 0 {
			keys := strings.Join(e.MissingKeys, ", ")
			if more := e.Missing - len(e.MissingKeys); more > 0 {
				keys += ", " + lang.Text("import_report.more", map[string]any{"count": more})
			}
			line("    ", "import_report.missing", map[string]any{"keys": keys})
		}
	}
	for _, n := range r.Notes {
		line("  ", "import_report.note", map[string]any{"line": n.Line(lang)})
	}
	return b.String()
}

// headline returns the key of the sentence that says how the import ended.
func (r ImportReport) headline() string {
	if r.DryRun {
		return "import_report.dry_run"
	}
	for _, e := range r.Entities {
		if e.Added+e.Changed > 0 {
			return "import_report.done"
		}
	}
	return "import_report.nothing"
}

func fieldWords(lang locale.Lang, fields []string) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = lang.Text("import_report.field."+f, nil)
	}
	return strings.Join(words, ", ")
}
