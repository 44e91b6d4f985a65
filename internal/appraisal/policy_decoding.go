package appraisal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

const largestDocument = 1 << 20 // bytes of JSON that DecodeJSON reads

// KeyNoDocument is the Key of DecodeJSON's error for what is no JSON, not UTF-8, or too large.
const KeyNoDocument = "policy.fault.no_document"

// DecodeJSON reads a JSON document into a pointer to a struct and, unlike encoding/json, names the place of everything that
// is wrong, all at once: unknown and repeated fields, wrong types, numbers where decimal strings are asked for. Names
// match exactly. A null is a field that was not given. The error is an *Error with CodeInvalid; its Key is KeyNoDocument when
// raw is no JSON at all and nothing was read.
func DecodeJSON(raw []byte, into any) error {
	var faults Faults
	var whole json.RawMessage
	switch err := json.Unmarshal(raw, &whole); {
	case len(raw) > largestDocument:
		faults.Add("", "policy.fault.document_too_large", map[string]any{"bytes": largestDocument})
	case !utf8.Valid(raw):
		faults.Add("", "policy.fault.not_utf8", nil)
	case err != nil:
		faults.Add(placeOf(raw, err), "policy.fault.not_json", nil)
	}
	if faults.Err() != nil {
		return &Error{Code: CodeInvalid, Key: KeyNoDocument, Fields: faults.fields}
	}
	d := documentDecoder{json: json.NewDecoder(bytes.NewReader(raw)), faults: &faults}
	d.json.UseNumber()
	d.value("", reflect.ValueOf(into).Elem())
	return faults.Err()
}

// placeOf says where a document stops being JSON, as "line 3, column 7".
func placeOf(raw []byte, err error) string {
	offset := len(raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = min(int(syntax.Offset), len(raw))
	}
	before := raw[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("line %d, column %d", line, column)
}

// documentDecoder walks a document that is known to be JSON, token by token, beside the type that it should fill.
type documentDecoder struct {
	json   *json.Decoder
	faults *Faults
}

// token returns the next token. Syntax was checked before, so there always is one.
func (d *documentDecoder) token() json.Token {
	t, err := d.json.Token()
	if err != nil {
		panic(fmt.Errorf("decoding a checked document: %w", err))
	}
	return t
}

func (d *documentDecoder) value(path string, into reflect.Value) {
	token := d.token()
	if token == nil {
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	switch delim, _ := token.(json.Delim); {
	case delim == '{' && into.Kind() == reflect.Struct:
		d.object(path, into)
	case delim == '{' && into.Kind() == reflect.Map:
		d.table(path, into)
	case delim == '[' && into.Kind() == reflect.Slice:
		d.list(path, into)
	case delim != 0:
		d.wrongType(path, into)
		d.skip(token)
	default:
		d.scalar(path, token, into)
	}
}

func (d *documentDecoder) object(path string, into reflect.Value) {
	seen := map[string]bool{}
	for d.json.More() {
		name, _ := d.token().(string)
		at := join(path, name)
		field := fieldNamed(into, name)
		switch {
		case !field.IsValid():
			d.faults.Add(at, "policy.fault.unknown_field", map[string]any{"known": strings.Join(fieldNames(into), ", ")})
			d.skip(d.token())
		case seen[name]:
			d.faults.Add(at, "policy.fault.repeated_field", nil)
			d.skip(d.token())
		default:
			d.value(at, field)
		}
		seen[name] = true
	}
	d.token()
}

func (d *documentDecoder) table(path string, into reflect.Value) {
	into.Set(reflect.MakeMap(into.Type()))
	for d.json.More() {
		name, _ := d.token().(string)
		at := join(path, name)
		key := reflect.ValueOf(name).Convert(into.Type().Key())
		if into.MapIndex(key).IsValid() {
			d.faults.Add(at, "policy.fault.repeated_field", nil)
			d.skip(d.token())
			continue
		}
		element := reflect.New(into.Type().Elem()).Elem()
		d.value(at, element)
		into.SetMapIndex(key, element)
	}
	d.token()
}

func (d *documentDecoder) list(path string, into reflect.Value) {
	into.Set(reflect.MakeSlice(into.Type(), 0, 4))
	for i := 0; d.json.More(); i++ {
		element := reflect.New(into.Type().Elem()).Elem()
		d.value(path+"["+strconv.Itoa(i)+"]", element)
		into.Set(reflect.Append(into, element))
	}
	d.token()
}

func (d *documentDecoder) scalar(path string, token json.Token, into reflect.Value) {
	switch into.Kind() {
	case reflect.String:
		if s, ok := token.(string); ok {
			into.SetString(s)
			return
		}
	case reflect.Bool:
		if b, ok := token.(bool); ok {
			into.SetBool(b)
			return
		}
	case reflect.Int:
		if n, ok := token.(json.Number); ok {
			if i, err := strconv.ParseInt(n.String(), 10, 32); err == nil {
				into.SetInt(i)
				return
			}
		}
	}
	d.wrongType(path, into)
}

func (d *documentDecoder) wrongType(path string, into reflect.Value) {
	wanted := map[reflect.Kind]string{
		reflect.Struct: "object", reflect.Map: "object", reflect.Slice: "list",
		reflect.String: "text", reflect.Bool: "boolean", reflect.Int: "integer",
	}[into.Kind()]
	if into.Type() == reflect.TypeFor[Decimal]() {
		wanted = "decimal"
	}
	d.faults.Add(path, "policy.fault.wanted_"+wanted, nil)
}

// skip reads over the rest of the value that begins with token.
func (d *documentDecoder) skip(token json.Token) {
	open := 0
	for {
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open == 0 {
			return
		}
		token = d.token()
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func fieldNamed(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if name != "" && fieldName(v.Type().Field(i)) == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

func fieldNames(v reflect.Value) []string {
	var names []string
	for i := range v.NumField() {
		if name := fieldName(v.Type().Field(i)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
