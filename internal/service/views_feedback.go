package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Conversation is the feedback on one key result, or on the plan as a whole, oldest first.
type Conversation struct {
	KeyResult string     `json:"key_result,omitempty"` // of the plan in force; empty for the plan as a whole
	Statement string     `json:"statement,omitempty"`  // what an earlier version of the plan said, where the one in force does not say it
	Entries   []Feedback `json:"entries"`
}

// Feedback is one remark of the period. One that was withdrawn keeps its place without its words.
type Feedback struct {
	ID        appraisal.FeedbackID   `json:"id"`
	Kind      appraisal.FeedbackKind `json:"kind"`
	At        time.Time              `json:"at"`
	Author    string                 `json:"author"`
	AuthorFor string                 `json:"author_for,omitempty"` // whom the author stood in for
	Party     appraisal.Party        `json:"party"`                // as what the author wrote
	Text      string                 `json:"text"`
	Agreed    string                 `json:"agreed,omitempty"`
	ComeBack  string                 `json:"come_back,omitempty"` // a day
	Withdrawn bool                   `json:"withdrawn"`
	Regrets   bool                   `json:"may_withdraw"` // the reader wrote it just now
	Evidence  []Evidence             `json:"evidence"`
}

// Evidence is a link or a file that supports what somebody said.
type Evidence struct {
	ID        appraisal.EvidenceID      `json:"id"`
	Appraisal appraisal.AppraisalID     `json:"appraisal"`
	Purpose   appraisal.EvidencePurpose `json:"purpose"`
	At        time.Time                 `json:"at"`
	Author    string                    `json:"author"`
	AuthorFor string                    `json:"author_for,omitempty"` // whom the author stood in for
	Submitted bool                      `json:"submitted"`            // not any more on its author's desk
	Link      string                    `json:"link,omitempty"`
	Name      string                    `json:"name,omitempty"` // of a file
	MediaType string                    `json:"media_type,omitempty"`
	Size      int64                     `json:"size,omitempty"` // bytes
	SHA256    string                    `json:"sha256,omitempty"`
	SameAs    string                    `json:"same_as,omitempty"` // name of a file with the same content that was there before
}

// NewLink is the address of evidence that lies elsewhere.
type NewLink struct {
	Purpose appraisal.EvidencePurpose `json:"purpose"`
	Link    string                    `json:"link"`
}

// SentFile is a file as it was sent.
type SentFile struct {
	Name    string
	Content []byte
}
