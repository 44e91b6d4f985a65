package appraisal

import (
	"errors"
	"strings"
)

// Code classifies an Error for machines. Codes are stable: clients, retry policies and HTTP statuses depend on them.
type Code string

const (
	CodeInvalid      Code = "invalid"      // the input is wrong; Fields says where
	CodeUnauthorized Code = "unauthorized" // nobody is signed in
	CodeForbidden    Code = "forbidden"    // the actor may not do this
	CodeNotFound     Code = "not_found"    // no such thing, or the actor may not know of it
	CodeConflict     Code = "conflict"     // somebody changed it first, or it exists already
	CodeWrongStage   Code = "wrong_stage"  // the step is not open, or the stage has passed
	CodeKeyReused    Code = "key_reused"   // an Idempotency-Key came back with another body
	CodeTooMany      Code = "too_many"     // a limit per person or network was reached
	CodeUnavailable  Code = "unavailable"  // a part is down; the same request may succeed later
	CodeUnexpected   Code = "unexpected"   // a fault of ours
)

// FieldError names one wrong field: its path in the input (for example "key_results[2].indicators[0].target"), a
// translation key that says what is wrong and what would be right, and the key's arguments.
type FieldError struct {
	Field string
	Key   string
	Args  map[string]any
}

// Error is the one error type that reaches people. Key is a translation key whose sentence names the fault and the next
// step; Args fill it. Err keeps the technical cause for the log and is never shown.
type Error struct {
	Code   Code
	Key    string
	Args   map[string]any
	Fields []FieldError
	Err    error
}

// Error implements error; it is meant for logs, not for people.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	b.WriteString(": ")
	b.WriteString(e.Key)
	for _, f := range e.Fields {
		b.WriteString("; ")
		b.WriteString(f.Field)
		b.WriteString(": ")
		b.WriteString(f.Key)
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the technical cause.
func (e *Error) Unwrap() error { return e.Err }

// Fault returns an Error with a code and a translation key.
func Fault(code Code, key string, args map[string]any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// CodeOf returns the code of the first Error in err's chain, and CodeUnexpected when there is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeUnexpected
}

// Permanent reports whether retrying cannot heal err: the input, the actor or the subject would have to change first.
func Permanent(err error) bool {
	switch CodeOf(err) {
	case CodeInvalid, CodeUnauthorized, CodeForbidden, CodeNotFound, CodeWrongStage, CodeKeyReused:
		return true
	default:
		return false
	}
}

// Faults collects the field errors of one validation, so that all of them are reported at once.
type Faults struct{ fields []FieldError }

// Add records that field is wrong.
func (f *Faults) Add(field, key string, args map[string]any) {
	f.fields = append(f.fields, FieldError{Field: field, Key: key, Args: args})
}

// Err returns nil when nothing was recorded, and one CodeInvalid Error with all fields otherwise.
func (f *Faults) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Key: "error.invalid", Fields: f.fields}
}

// merge adds the fields of another validation of the same input.
func (f *Faults) merge(err error) {
	var e *Error
	if errors.As(err, &e) {
		f.fields = append(f.fields, e.Fields...)
	}
}

// Include adds the fields of another validation below a field of this one.
func (f *Faults) Include(field string, err error) {
	var e *Error
	if errors.As(err, &e) {
		for _, inner := range e.Fields {
			f.Add(field+"."+inner.Field, inner.Key, inner.Args)
		}
	}
}
