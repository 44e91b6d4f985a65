package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
)

// deepest bounds the nesting of a body; the deepest input, a cycle template, has five levels.
const deepest = 16

// body says whether a request may come without one.
type body int

const (
	bodyRequired body = iota
	bodyOptional
)

// decode reads the one JSON object of the body into in. Nothing is guessed: fields that in does not have, names given
// twice, text that is not UTF-8 and anything after the object are refused, each with its own sentence.
func decode(c *gin.Context, in any, need body) error {
	raw, err := readObject(c, need)
	if err != nil || raw == nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return decodingFault(err)
	}
	if err := checkItems(raw); err != nil {
		return err
	}
	return checkPresence(raw, reflect.TypeOf(in).Elem())
}

// checkItems refuses null in a list: encoding/json would take it for 0 or "", which the list may well hold.
func checkItems(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	var lists []bool // for each object or list that the walk is inside of, whether it is a list
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return decodingFault(err)
		case token == nil && lists[len(lists)-1]:
			return invalid("error.body_null", nil)
		case token == json.Delim('{') || token == json.Delim('['):
			lists = append(lists, token == json.Delim('['))
		case token == json.Delim('}') || token == json.Delim(']'):
			lists = lists[:len(lists)-1]
		}
	}
}

// checkPresence reports the fields that a body must have and lacks: a decision that is left out, or null, must not count as a no.
func checkPresence(raw []byte, in reflect.Type) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return decodingFault(err)
	}
	present := map[string]json.RawMessage{}
	for name, value := range given {
		present[strings.ToLower(name)] = value
	}
	var f appraisal.Faults
	for i := range in.NumField() {
		name, options, _ := strings.Cut(in.Field(i).Tag.Get("json"), ",")
		value, ok := present[name]
		missing := !ok || string(value) == "null" && in.Field(i).Type.Kind() != reflect.Slice // no list is an empty one
		if !strings.Contains(options, "omitempty") && missing {
			f.Add(name, "error.required", nil)
		}
	}
	return f.Err()
}

// readObject returns the body if it is one well-formed JSON object, and nil for an empty optional one.
func readObject(c *gin.Context, need body) (json.RawMessage, error) {
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, readingFault(err)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		if need == bodyOptional {
			return nil, nil
		}
		return nil, invalid("error.body_missing", nil)
	}
	if kind, _, err := mime.ParseMediaType(c.ContentType()); err != nil || kind != "application/json" {
		return nil, problem.WithStatus(http.StatusUnsupportedMediaType, invalid("error.content_type", nil))
	}
	if !utf8.Valid(raw) {
		return nil, invalid("error.body_encoding", nil)
	}
	return raw, checkShape(raw)
}

// checkShape walks the tokens of a body: one object, not too deep, no name twice in the same object. encoding/json would
// take the last of two values and match names whatever their case, so that a reader and a program could see different things.
func checkShape(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	var open []*object
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return invalid("error.body_incomplete", nil)
		case err != nil:
			return decodingFault(err)
		}
		if len(open) == 0 && token != json.Delim('{') {
			return invalid("error.body_object", nil)
		}
		if len(open) > 0 {
			if again := open[len(open)-1].repeats(token); again != "" {
				return wrongField(again, "error.body_repeated", nil)
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &object{names: map[string]bool{}, wantsName: true})
		case json.Delim('['):
			open = append(open, &object{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > deepest {
			return invalid("error.body_deep", map[string]any{"max": deepest})
		}
		if len(open) == 0 {
			break
		}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("error.body_trailing", nil)
	}
	return nil
}

// object is an object, or an array (without names), that the walk is inside of.
type object struct {
	names     map[string]bool
	wantsName bool
}

// repeats takes the next token and returns a name that the object has already.
func (o *object) repeats(token json.Token) string {
	if o.names == nil || token == json.Delim('}') {
		return ""
	}
	if !o.wantsName {
		o.wantsName = true
		return ""
	}
	o.wantsName = false
	name, _ := token.(string)
	if o.names[strings.ToLower(name)] {
		return name
	}
	o.names[strings.ToLower(name)] = true
	return ""
}

func readingFault(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem.WithStatus(http.StatusRequestEntityTooLarge,
			invalid("error.body_large", map[string]any{"max": large.Limit >> 20}))
	}
	return &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.body_unreadable", Err: err}
}

func decodingFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return invalid("error.body_json", map[string]any{"at": syntax.Offset})
	case errors.Is(err, io.ErrUnexpectedEOF):
		return invalid("error.body_incomplete", nil)
	case errors.As(err, &kind):
		return wrongField(kind.Field, "error.body_type", map[string]any{"want": wanted(kind.Type.Kind().String())})
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if name, unquoteErr := strconv.Unquote(quoted); unquoteErr == nil {
			return wrongField(name, "error.body_unknown_field", nil)
		}
	}
	return &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.body_unreadable", Err: fmt.Errorf("decode body: %w", err)}
}

// wanted names a Go kind as JSON does.
func wanted(kind string) string {
	switch {
	case kind == "bool":
		return "boolean"
	case kind == "slice" || kind == "array":
		return "array"
	case kind == "struct" || kind == "map":
		return "object"
	case strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint") || strings.HasPrefix(kind, "float"):
		return "number"
	default:
		return kind
	}
}

func invalid(key string, args map[string]any) error {
	return appraisal.Fault(appraisal.CodeInvalid, key, args)
}

func wrongField(field, key string, args map[string]any) error {
	var f appraisal.Faults
	f.Add(field, key, args)
	return f.Err()
}
