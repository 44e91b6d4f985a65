// Package problem turns an error into what a person is told: an HTTP status, a sentence in their language with the next
// step, and the wrong fields. JSON and pages use it alike, so that the same fault has the same words.
package problem

import (
	"errors"
	"net/http"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Problem is an RFC 9457 problem detail.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      appraisal.Code `json:"code"`   // stable, for programs
	Detail    string         `json:"detail"` // what is wrong and what to do next, in the reader's language
	Errors    []Field        `json:"errors,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
}

// Field is one wrong field: its path in the body or the name of the parameter.
type Field struct {
	Field   string `json:"field"`
	Code    string `json:"code"` // the translation key, stable
	Message string `json:"message"`
}

// RetryAfter is how many seconds a client should wait before it repeats a request that found a part down or a limit reached.
const RetryAfter = 5

var statuses = map[appraisal.Code]int{
	appraisal.CodeInvalid:      http.StatusUnprocessableEntity,
	appraisal.CodeUnauthorized: http.StatusUnauthorized,
	appraisal.CodeForbidden:    http.StatusForbidden,
	appraisal.CodeNotFound:     http.StatusNotFound,
	appraisal.CodeConflict:     http.StatusConflict,
	appraisal.CodeWrongStage:   http.StatusConflict,
	appraisal.CodeKeyReused:    http.StatusUnprocessableEntity,
	appraisal.CodeTooMany:      http.StatusTooManyRequests,
	appraisal.CodeUnavailable:  http.StatusServiceUnavailable,
	appraisal.CodeUnexpected:   http.StatusInternalServerError,
}

// Status returns the HTTP status of a code, 500 for one that it does not know.
func Status(code appraisal.Code) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// statusError is an error that HTTP has a more exact status for than its code has.
type statusError struct {
	error
	status int
}

func (e statusError) Unwrap() error { return e.error }

// WithStatus gives err a status of its own, for what only HTTP knows: a method that is not allowed, a body that is too large.
func WithStatus(status int, err error) error { return statusError{err, status} }

// StatusOf returns the HTTP status with which err is answered.
func StatusOf(err error) int {
	if own := (statusError{}); errors.As(err, &own) {
		return own.status
	}
	return Status(appraisal.CodeOf(err))
}

// Of describes err to a reader of lang. An error that is not an appraisal.Error is a fault of ours: its text is for the log
// and never told.
func Of(err error, lang locale.Lang, requestID string) Problem {
	e := &appraisal.Error{Code: appraisal.CodeUnexpected, Key: "error.unexpected"}
	if found := (*appraisal.Error)(nil); errors.As(err, &found) {
		e = found
	}
	p := Problem{
		Type:      "about:blank",
		Status:    StatusOf(err),
		Code:      e.Code,
		Detail:    lang.Text(e.Key, e.Args),
		RequestID: requestID,
	}
	p.Title = http.StatusText(p.Status)
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, Field{Field: f.Field, Code: f.Key, Message: lang.Text(f.Key, f.Args)})
	}
	return p
}

// Ours reports whether the fault is ours or our surroundings', and so belongs into the log.
func Ours(err error) bool { return StatusOf(err) >= http.StatusInternalServerError }
