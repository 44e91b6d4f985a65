// Package mail turns an entry of the mail outbox into a message in the reader's language and delivers it over SMTP. It
// knows no database: whoever owns the outbox asks it to render and send, and stores the outcome.
package mail

import (
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/locale"
)

// Kind says why a mail is written.
type Kind string

const (
	KindSignIn           Kind = "sign_in"           // the requested one-time link; always alone
	KindInvitation       Kind = "invitation"        // the account of somebody who was given a role
	KindTask             Kind = "task"              // steps newly assigned to the reader
	KindReminder         Kind = "reminder"          // steps whose deadline is near
	KindDueToday         Kind = "due_today"         // steps whose deadline is this day
	KindOverdue          Kind = "overdue"           // steps whose deadline has passed
	KindEscalation       Kind = "escalation"        // steps that wait for somebody else, told to the superior or HR
	KindFeedback         Kind = "feedback"          // new feedback to read
	KindDigest           Kind = "digest"            // any of the six above, in sections
	KindReturned         Kind = "returned"          // a plan came back to be changed
	KindObjectionFiled   Kind = "objection_filed"   // somebody objected
	KindObjectionDecided Kind = "objection_decided" // the reviewing official decided
	KindDevelopmentReady Kind = "development_ready" // a development plan was approved
	KindCycleClosed      Kind = "cycle_closed"      // the whole cycle ended
	KindCancelled        Kind = "cancelled"         // the whole cycle was called off
	KindWithdrawn        Kind = "withdrawn"         // one person's appraisal was called off

	KindCorrectionFiled   Kind = "correction_filed"   // somebody asks HR to correct their data
	KindCorrectionDecided Kind = "correction_decided" // HR answered

	KindDelegated         Kind = "delegated"          // somebody stands in for another
	KindDelegationRevoked Kind = "delegation_revoked" // and does so no more
)

// Kinds lists every kind.
var Kinds = []Kind{
	KindSignIn, KindInvitation, KindTask, KindReminder, KindDueToday, KindOverdue, KindEscalation, KindFeedback, KindDigest, KindReturned,
	KindObjectionFiled, KindObjectionDecided, KindDevelopmentReady, KindCycleClosed, KindCancelled, KindWithdrawn,
	KindCorrectionFiled, KindCorrectionDecided, KindDelegated, KindDelegationRevoked,
}

// sections lists the kinds whose items can share a digest, in the order in which it shows them.
var sections = []Kind{KindOverdue, KindDueToday, KindTask, KindReminder, KindEscalation, KindFeedback}

// Action names the step that a person has to take.
type Action string

const (
	ActionDraftPlan          Action = "draft_plan"
	ActionApprovePlan        Action = "approve_plan"
	ActionRecordProgress     Action = "record_progress"
	ActionSelfReview         Action = "self_review"
	ActionNominatePeers      Action = "nominate_peers"
	ActionApprovePeers       Action = "approve_peers"
	ActionPeerAnswer         Action = "peer_answer"
	ActionAppraiserReview    Action = "appraiser_review"
	ActionCalibrate          Action = "calibrate"
	ActionAcknowledgeResult  Action = "acknowledge_result"
	ActionAnswerObjection    Action = "answer_objection"
	ActionDecideObjection    Action = "decide_objection"
	ActionApproveDevelopment Action = "approve_development"
	ActionReadFeedback       Action = "read_feedback" // no step
)

// Actions lists every action.
var Actions = []Action{
	ActionDraftPlan, ActionApprovePlan, ActionRecordProgress, ActionSelfReview, ActionNominatePeers, ActionApprovePeers,
	ActionPeerAnswer, ActionAppraiserReview, ActionCalibrate, ActionAcknowledgeResult, ActionAnswerObjection,
	ActionDecideObjection, ActionApproveDevelopment, ActionReadFeedback,
}

// Notice is what one mail has to say. It has no place for a rating or a comment.
type Notice struct {
	Key      string         // unique in the outbox; the Message-ID is made of it
	Keys     []string       // of all the notices that the mail tells; empty for Key alone
	Kind     Kind           //
	Lang     locale.Lang    // the reader's language
	To       string         // the reader's bare e-mail address
	ToName   string         // the reader's name; empty if unknown
	Cycle    string         // the cycle's name; empty if the mail belongs to none
	Items    []Item         // at least one for the kinds of a digest, none for sign_in and invitation, else at most one
	Link     string         // absolute http(s) address behind the button
	Code     string         // sign_in: what to type where the link was asked for
	ValidFor time.Duration  // sign_in, invitation: how long Link works; zero in an invitation leaves it unsaid
	Leave    *Leave         // delegated, delegation_revoked: who stands in for whom
	Zone     *time.Location // the office's time zone, in which moments are written; nil leaves each in its own
}

// Item is one step that somebody has to take.
type Item struct {
	Section   Kind      // in a digest: which of its kinds this item is; ignored elsewhere
	Subject   string    // whose appraisal it is, or which cohort; empty means the reader's own
	Action    Action    // may be empty where the kind alone says everything
	Deadline  time.Time // zero if there is none
	Link      string    // absolute http(s) address of the form; empty if the button leads there
	WaitingOn string    // escalation: who has to act. Never shown for peers, who stay unnamed
	Since     time.Time // escalation: since when the step waits
	For       string    // whom the reader stands in for; empty for the reader's own
}

// listed reports whether the kind lists steps and so may share a digest.
func (k Kind) listed() bool { return slices.Contains(sections, k) }

// check returns why n cannot be written as a mail, and nil if it can.
func (n Notice) check() error {
	if !slices.Contains(Kinds, n.Kind) {
		return fmt.Errorf("unknown kind of mail %q", n.Kind)
	}
	if !slices.Contains(locale.Langs, n.Lang) {
		return fmt.Errorf("unknown language %q", n.Lang)
	}
	if n.Key == "" {
		return fmt.Errorf("a mail without a key cannot be recognised when it is sent again")
	}
	if err := CheckAddress(n.To); err != nil {
		return err
	}
	if err := checkLink(n.Link); err != nil {
		return err
	}
	if err := n.checkItemCount(); err != nil {
		return err
	}
	if (n.Kind == KindSignIn) != (n.Code != "") {
		return fmt.Errorf("a sign-in mail carries a code, and no other does")
	}
	if n.Kind == KindSignIn && n.ValidFor < time.Minute {
		return fmt.Errorf("a sign-in mail needs how long it is valid, at least a minute")
	}
	if (n.Kind == KindDelegated || n.Kind == KindDelegationRevoked) != (n.Leave != nil) {
		return fmt.Errorf("a %s mail and a delegation to tell of go together", KindDelegated)
	}
	for i, item := range n.Items {
		if err := item.check(n.Kind); err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return nil
}

func (n Notice) checkItemCount() error {
	switch count := len(n.Items); {
	case n.Kind == KindSignIn || n.Kind == KindInvitation:
		if count > 0 {
			return fmt.Errorf("a %s mail goes alone, without items", n.Kind)
		}
	case n.Kind.listed() || n.Kind == KindDigest:
		if count == 0 {
			return fmt.Errorf("a %s mail needs at least one item", n.Kind)
		}
	case count > 1:
		return fmt.Errorf("a %s mail speaks of one appraisal, not of %d", n.Kind, count)
	}
	return nil
}

func (i Item) check(kind Kind) error {
	if i.Action != "" && !slices.Contains(Actions, i.Action) {
		return fmt.Errorf("unknown action %q", i.Action)
	}
	if i.Action == "" && (kind.listed() || kind == KindDigest) {
		return fmt.Errorf("a step without an action")
	}
	if kind == KindDigest && !i.Section.listed() {
		return fmt.Errorf("a digest has no section %q", i.Section)
	}
	section := kind
	if kind == KindDigest {
		section = i.Section
	}
	if section.listed() && (section == KindFeedback) != (i.Action == ActionReadFeedback) {
		return fmt.Errorf("the action %q does not belong to the section %q", i.Action, section)
	}
	if i.Link == "" {
		return nil
	}
	return checkLink(i.Link)
}
