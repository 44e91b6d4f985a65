package web

import (
	"crypto/rand"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// field is one control of a form with its label, hint and what is wrong with it.
type field struct {
	Name     string // also the path that a FieldError names
	Label    string
	Hint     string
	Value    string
	Errors   []string
	Kind     fieldKind
	Rows     int
	Max      int // longest text; 0 for none
	Optional bool
	Groups   []optionGroup // of a select
	Suffix   string        // unit of measure behind a number
}

type fieldKind string

const (
	kindLine   fieldKind = "line"
	kindText   fieldKind = "text" // several lines
	kindNumber fieldKind = "number"
	kindDate   fieldKind = "date"
	kindLink   fieldKind = "link"
	kindEmail  fieldKind = "email"
	kindCode   fieldKind = "code" // from a mail, to be typed once
	kindSelect fieldKind = "select"
	kindFile   fieldKind = "file" // several
)

// ID is the control's id in the page.
func (f field) ID() string { return anchor(f.Name) }

type optionGroup struct {
	Label   string
	Options []option
}

type option struct {
	Value, Label, Hint string
	Chosen             bool
}

// choice is a question with a few answers, of which one can be picked.
type choice struct {
	Name, Legend, Hint string
	Errors             []string
	Options            []option
	Inline             bool
}

// ID is the id of the question.
func (f choice) ID() string { return anchor(f.Name) }

// faults are the wrong fields of a form in the reader's words.
type faults struct {
	List   []faultLine // in the order in which they were found
	byName map[string][]string
}

type faultLine struct {
	Name    string
	Label   string // where the message alone would not tell which field it is about
	Message string
}

// ID leads to the control.
func (f faultLine) ID() string { return anchor(f.Name) }

// At returns what is wrong with the named field.
func (f faults) At(name string) []string { return f.byName[name] }

// Of returns what is wrong with the named field and puts its label before the messages at the form's top, which would not
// tell by themselves what they are about.
func (f faults) Of(name, label string) []string {
	for i, line := range f.List {
		switch {
		case line.Name != name || strings.HasPrefix(line.Message, label):
		case line.Label == "":
			f.List[i].Label = label
		default:
			f.List[i].Label += ", " + label
		}
	}
	return f.byName[name]
}

func (f *faults) add(name, message string) {
	if f.byName == nil {
		f.byName = map[string][]string{}
	}
	f.byName[name] = append(f.byName[name], message)
	f.List = append(f.List, faultLine{Name: name, Message: message})
}

// faultsOf puts the wrong fields of err into words; rename maps a path of the input to the control that shows it.
func (w words) faultsOf(err error, rename func(string) string) faults {
	var out faults
	var e *appraisal.Error
	if !errors.As(err, &e) {
		return out
	}
	for _, f := range e.Fields {
		name := f.Field
		if rename != nil {
			name = rename(name)
		}
		args := make([]any, 0, 2*len(f.Args))
		for k, v := range f.Args {
			args = append(args, k, v)
		}
		out.add(name, w.text(f.Key, args...))
	}
	return out
}

// indexes lists the numbers i for which values has a name that begins with prefix[i], in order, each below limit.
func indexes(values url.Values, prefix string, limit int) []int {
	seen := make([]bool, limit)
	for name := range values {
		rest, ok := strings.CutPrefix(name, prefix+"[")
		if !ok {
			continue
		}
		digits, _, ok := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(digits); ok && err == nil && i >= 0 && i < limit {
			seen[i] = true
		}
	}
	var out []int
	for i, s := range seen {
		if s {
			out = append(out, i)
		}
	}
	return out
}

var (
	dottedThousands = regexp.MustCompile(`^\d{1,3}(\.\d{3})+(,\d+)?$`)
	commaThousands  = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$`)
)

// decimal reads a number as people of the language type it: "1.250,5" in Indonesian is 1250.5, and so is "1,250.5" in English.
// What is no number comes back as it is and is refused by the domain.
func (w words) decimal(typed string) string {
	s := strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	switch {
	case w.lang == locale.Indonesian && dottedThousands.MatchString(s):
		s = strings.ReplaceAll(s, ".", "")
	case w.lang == locale.English && commaThousands.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	}
	return strings.Replace(s, ",", ".", 1)
}

// trimmed returns what was typed into a field without the line endings of forms and blanks around it.
func trimmed(values url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(values.Get(name), "\r\n", "\n"))
}

// Names of the hidden fields of every form that acts.
const (
	fieldKey     = "kunci"
	fieldVersion = "versi"
	fieldStep    = "jenis" // the kind of step that the form is for
	fieldAction  = "action"
)

// callOf reads how an act is asked for: the key that was made when the form was rendered makes a repeat harmless.
func callOf(values url.Values) service.Call {
	version, err := strconv.ParseInt(values.Get(fieldVersion), 10, 64)
	if err != nil || version < 0 {
		version = 0
	}
	return service.Call{Key: values.Get(fieldKey), Version: version}
}

// newKey returns the key of a form that is about to be rendered.
func newKey() string { return rand.Text() }

// keyAfter returns the key for a form that is shown again after err: the same where the act may have been done after all.
func keyAfter(values url.Values, err error) string {
	switch appraisal.CodeOf(err) {
	case appraisal.CodeUnavailable, appraisal.CodeUnexpected, appraisal.CodeTooMany:
		if k := values.Get(fieldKey); k != "" {
			return k
		}
	}
	return newKey()
}
