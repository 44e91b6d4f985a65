// Package locale holds every sentence that people read, in Indonesian and English, and formats dates and numbers the way
// each language writes them. Pages, problem+json answers and mails share it, so that the same fault has the same words.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Lang is a language that the product speaks.
type Lang string

const (
	Indonesian Lang = "id"
	English    Lang = "en"
)

// Langs lists the languages, the default first.
var Langs = []Lang{Indonesian, English}

// Parse returns the language that s names, and the default for anything else.
func Parse(s string) Lang {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(s)), "en") {
		return English
	}
	return Indonesian
}

//go:embed messages
var files embed.FS

var messages = mustLoad()

func mustLoad() map[Lang]map[string]string {
	all := map[Lang]map[string]string{}
	for _, lang := range Langs {
		all[lang] = map[string]string{}
		entries, err := fs.Glob(files, path.Join("messages", string(lang), "*.json"))
		if err != nil {
			panic(err)
		}
		for _, name := range entries {
			raw, err := files.ReadFile(name)
			if err != nil {
				panic(err)
			}
			var m map[string]string
			if err := json.Unmarshal(raw, &m); err != nil {
				panic(fmt.Errorf("%s: %w", name, err))
			}
			for k, v := range m {
				if _, twice := all[lang][k]; twice {
					panic(fmt.Errorf("%s: the key %q is defined twice", name, k))
				}
				all[lang][k] = v
			}
		}
	}
	return all
}

// Keys returns every key of a language with its sentence.
func Keys(lang Lang) map[string]string { return messages[lang] }

// Text returns the sentence of key with {name} replaced from args. Times and numbers are written as the language writes
// them. An unknown key comes back as itself, so that a page shows something to report.
func (l Lang) Text(key string, args map[string]any) string {
	s, ok := messages[l][key]
	if !ok {
		return key
	}
	for name, v := range args {
		s = strings.ReplaceAll(s, "{"+name+"}", l.value(v))
	}
	return s
}

func (l Lang) value(v any) string {
	switch v := v.(type) {
	case time.Time:
		return l.DateTime(v)
	case interface{ Calendar() time.Time }: // a day without a time
		return l.Date(v.Calendar())
	case interface{ Decimal() string }:
		return l.Number(v.Decimal())
	case float64:
		return l.Number(fmt.Sprintf("%g", v))
	default:
		return fmt.Sprint(v)
	}
}

var months = map[Lang][12]string{
	Indonesian: {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	English:    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Date writes t as "14 Januari 2027" in t's own zone.
func (l Lang) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", t.Day(), months[l][t.Month()-1], t.Year())
}

// DateTime writes t as "14 Januari 2027 16.00" (English: "14 January 2027 16:00") in t's own zone.
func (l Lang) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	clock := t.Format("15:04")
	if l == Indonesian {
		clock = t.Format("15.04")
	}
	return l.Date(t) + " " + clock
}

// Number writes a decimal string with the language's decimal mark.
func (l Lang) Number(decimal string) string {
	if l == Indonesian {
		return strings.ReplaceAll(decimal, ".", ",")
	}
	return decimal
}
