package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Outcome says what became of a message that was not delivered for certain.
type Outcome string

const (
	Temporary Outcome = "temporary" // not taken; the same message may be taken later
	Permanent Outcome = "permanent" // refused for good; a person has to change something first
	Uncertain Outcome = "uncertain" // handed over whole but not confirmed; send again with the same Message-ID
)

// Cause says why.
type Cause string

const (
	CauseUnreachable    Cause = "unreachable"     // no connection, or it broke or timed out before the message was whole
	CauseSettings       Cause = "settings"        // the server refuses our login, our sender or a secure connection
	CauseDeferred       Cause = "deferred"        // a 4xx answer
	CauseAddressRefused Cause = "address_refused" // a 5xx answer to the recipient, or no address that can be written to
	CauseMessageRefused Cause = "message_refused" // a 5xx answer to the message
	CauseUnconfirmed    Cause = "unconfirmed"     // no answer to the final dot
	CauseStopped        Cause = "stopped"         // the caller gave up before the message was taken
)

// SendError is the error of Sender.Send and Sender.Check.
type SendError struct {
	Outcome Outcome
	Cause   Cause
	Code    int    // the server's answer, 0 if it gave none
	Text    string // the server's words or the technical cause, in one line
	Err     error  // the technical cause
}

// Error implements error; it is meant for logs.
func (e *SendError) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("%s: %s: %s", e.Outcome, e.Cause, e.Text)
	}
	return fmt.Sprintf("%s: %s: %d %s", e.Outcome, e.Cause, e.Code, e.Text)
}

// Unwrap returns the technical cause.
func (e *SendError) Unwrap() error { return e.Err }

// ServerWide reports that the fault is not this message's: the next one would fail alike, so that the drain should pause.
func (e *SendError) ServerWide() bool {
	return e.Cause == CauseUnreachable || e.Cause == CauseSettings
}

// Key is the translation key of the sentence that tells people what happened and what to do; Args fill it.
func (e *SendError) Key() string { return FailureKey(e.Cause) }

// Args fill the sentence of Key.
func (e *SendError) Args() map[string]any { return FailureArgs(e.Code, e.Text) }

// FailureKey is the translation key for a stored cause.
func FailureKey(cause Cause) string { return "mail.failure." + string(cause) }

// FailureArgs fill the sentence of FailureKey from a stored code (0: none) and text.
func FailureArgs(code int, text string) map[string]any {
	shown := ""
	if code != 0 {
		shown = fmt.Sprint(code)
	}
	return map[string]any{"code": shown, "text": clean(text)}
}

const (
	firstBackoff = 5 * time.Second
	lastBackoff  = 30 * time.Minute
)

// Backoff returns how long to wait after the attempt-th failed attempt (counted from 1): five seconds, doubled each time, at most
// half an hour.
func Backoff(attempt int) time.Duration {
	wait := firstBackoff
	for i := 1; i < attempt && wait < lastBackoff; i++ {
		wait *= 2
	}
	return min(wait, lastBackoff)
}

// loginCodes are answers about our login, whatever command they follow (RFC 4954, RFC 3207).
var loginCodes = []int{530, 534, 535, 538}

// dialError classifies what went wrong before a connection could take mail. connected tells whether the server was reached at all.
func dialError(err error, connected bool) *SendError {
	e := &SendError{Outcome: Temporary, Cause: CauseUnreachable, Text: clean(err.Error()), Err: err}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		e.Code, e.Text = reply.Code, clean(reply.Msg)
		e.Cause = CauseSettings
		if reply.Code < 500 {
			e.Cause = CauseDeferred
		}
		return e
	}
	if connected && !lost(err) {
		e.Cause = CauseSettings
	}
	return e
}

// deliveryError classifies what go-mail reports of one message on an open connection.
func deliveryError(err error) *SendError {
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return &SendError{Outcome: Temporary, Cause: CauseUnreachable, Text: clean(err.Error()), Err: err}
	}
	e := &SendError{Code: failed.ErrorCode(), Text: replyText(failed), Err: err}
	switch {
	case e.Code == 0 && failed.Reason == gomail.ErrSMTPDataClose:
		e.Outcome, e.Cause = Uncertain, CauseUnconfirmed
	case e.Code == 0 && (failed.Reason == gomail.ErrGetSender || failed.Reason == gomail.ErrGetRcpts):
		e.Outcome, e.Cause = Permanent, CauseMessageRefused
	case e.Code == 0:
		e.Outcome, e.Cause = Temporary, CauseUnreachable
	case e.Code < 500, e.Code == 503:
		e.Outcome, e.Cause = Temporary, CauseDeferred
	case failed.Reason == gomail.ErrSMTPMailFrom, slices.Contains(loginCodes, e.Code):
		e.Outcome, e.Cause = Temporary, CauseSettings
	case failed.Reason == gomail.ErrSMTPRcptTo, mailboxStatus(e.Text):
		e.Outcome, e.Cause = Permanent, CauseAddressRefused
	default:
		e.Outcome, e.Cause = Permanent, CauseMessageRefused
	}
	return e
}

// mailboxStatus reports an enhanced status about the address or the mailbox (RFC 3463: 5.1.x, 5.2.x), which some servers give only
// after the message.
func mailboxStatus(text string) bool {
	return strings.HasPrefix(text, "5.1.") || strings.HasPrefix(text, "5.2.")
}

// replyText takes the server's words out of go-mail's error, which has them quoted between its own words and the recipient and
// Message-ID; without an answer of the server it returns the technical cause.
func replyText(failed *gomail.SendError) string {
	text := strings.TrimPrefix(failed.Error(), failed.Reason.String()+": ")
	for _, tail := range []string{", affected recipient(s): ", ", affected message ID: "} {
		if i := strings.LastIndex(text, tail); i >= 0 {
			text = text[:i]
		}
	}
	if code := failed.ErrorCode(); code != 0 {
		text = strings.TrimPrefix(text, fmt.Sprintf("%03d ", code))
	}
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		if words, err := strconv.Unquote(quoted); err == nil {
			text = words
		}
	}
	return clean(text)
}

// refused returns the outcome of a message that is unfit to be sent at all.
func refused(cause Cause, err error) *SendError {
	return &SendError{Outcome: Permanent, Cause: cause, Text: clean(err.Error()), Err: err}
}

// stopped returns the outcome when the caller gave up before the message was taken.
func stopped(err error) *SendError {
	return &SendError{Outcome: Temporary, Cause: CauseStopped, Text: clean(err.Error()), Err: err}
}
