// Package stack runs the parts that Telaah stands on as child processes of `telaah up`: PostgreSQL, Temporal, a mail
// catcher, the API and the worker. It starts them in order, restarts one that dies, stops them in reverse order, and
// says in one sentence what is wrong and what to do when one cannot run.
package stack

import "fmt"

// Fault is a condition that a person can mend: one sentence that names it and the remedy, to be printed as it is.
type Fault struct {
	Sentence string
	Err      error // the technical cause, for the log; may be nil
}

// Error implements error.
func (f *Fault) Error() string { return f.Sentence }

// Unwrap returns the technical cause.
func (f *Fault) Unwrap() error { return f.Err }

func fault(cause error, format string, args ...any) *Fault {
	return &Fault{Sentence: fmt.Sprintf(format, args...), Err: cause}
}
