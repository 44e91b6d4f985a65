package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// verificationsPerNetwork bounds how many codes one network can try in a quarter of an hour; a whole office sits behind one.
const verificationsPerNetwork = 600

// Document returns a paper about an appraisal as PDF to those who may read the appraisal. It says what the employee may read,
// whoever asks for it; asked for again with nothing changed it is the same paper, byte for byte. A plan exists once it is
// approved and the other papers once the result is released; before that the error has CodeWrongStage.
func (s *Service) Document(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, kind appraisal.DocumentKind) (File, error) {
	content, name, err := s.document(ctx, actor, id, kind)
	if err != nil {
		return File{}, fmt.Errorf("document %s of %s: %w", kind, id, err)
	}
	return fileOf(name, typePDF, content), nil
}

func (s *Service) document(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, kind appraisal.DocumentKind) ([]byte, string, error) {
	if !kind.Valid() {
		return nil, "", appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	read, err := permitted(ctx, s.db, actor, appraisal.ActionReadAppraisal, id)
	if err != nil {
		return nil, "", err
	}
	var paper appraisal.Document
	var issue appraisal.Issue
	err = s.in(ctx, func(t *tx) error {
		row, err := postgres.LockAppraisal(ctx, t, id) // what it says and which paper is the last one belong together
		if err != nil {
			return err
		}
		if paper, err = s.compose(ctx, t, row, kind); err != nil {
			return err
		}
		issue, err = s.issue(ctx, t, asReader(actor, row), row.ID, paper)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if err := s.noteReading(ctx, actor, actionReadDocument, read, "document/"+string(kind)); err != nil {
		return nil, "", err
	}
	var pdf bytes.Buffer
	if err := s.press.Print(&pdf, paper, issue); err != nil {
		return nil, "", err
	}
	return pdf.Bytes(), documentName(paper, issue), nil
}

// documentNames are the files' names in the language of the papers.
var documentNames = map[appraisal.DocumentKind]string{
	appraisal.DocumentPlan: "skp", appraisal.DocumentForm: "formulir-evaluasi", appraisal.DocumentEvaluation: "dokumen-evaluasi",
}

// documentName is plain ASCII, which every system can store: kind, year, and the first group of the code instead of a name.
func documentName(d appraisal.Document, issue appraisal.Issue) string {
	group, _, _ := strings.Cut(string(issue.Code), "-")
	return fmt.Sprintf("%s-%d-%s.pdf", documentNames[d.Kind], d.PeriodEnd.Year(), group)
}

// issue returns the last paper of the kind if it says the same, and issues a new one otherwise.
func (s *Service) issue(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.AppraisalID, d appraisal.Document) (appraisal.Issue, error) {
	digest, err := d.Digest()
	if err != nil {
		return appraisal.Issue{}, err
	}
	last, err := postgres.LastDocument(ctx, t, id, d.Kind)
	if err != nil {
		return appraisal.Issue{}, err
	}
	number := 1
	if last != nil {
		if bytes.Equal(last.ContentDigest, digest[:]) {
			return appraisal.Issue{Number: last.Number, Code: last.Code, At: last.IssuedAt, Digest: digest}, nil
		}
		number = last.Number + 1
	}
	var random [appraisal.DocumentCodeEntropy]byte
	_, _ = rand.Read(random[:]) // never fails
	issue := appraisal.Issue{Number: number, Code: appraisal.NewDocumentCode(random), At: t.now, Digest: digest}
	err = postgres.InsertDocument(ctx, t, postgres.Document{
		Code: issue.Code, AppraisalID: id, Kind: d.Kind, Number: number, ContentDigest: digest[:], PlanNumber: d.PlanNumber(),
		RatingNumber: d.RatingNumber(), IssuedAt: t.now, IssuedTo: actor.Person(),
	})
	if err != nil {
		return appraisal.Issue{}, err
	}
	return issue, s.audit(ctx, t, actor, "issue_document", id, map[string]any{"document": d.Kind, "number": number})
}

// Verification is what whoever holds a paper is told about it, no more than the paper shows: never the rating, the NIP or the
// whole name. Only a paper that is known has more than its State.
type Verification struct {
	State       VerificationState      `json:"state"`
	Code        appraisal.DocumentCode `json:"code"`
	Kind        appraisal.DocumentKind `json:"kind,omitempty"`
	Name        string                 `json:"name,omitempty"` // masked
	Unit        string                 `json:"unit,omitempty"`
	PeriodStart string                 `json:"period_start,omitempty"` // YYYY-MM-DD
	PeriodEnd   string                 `json:"period_end,omitempty"`
	IssuedAt    string                 `json:"issued_at,omitempty"` // the day in the office's zone
}

// VerificationState says what a code stands for.
type VerificationState string

const (
	VerifiedGenuine    VerificationState = "genuine"
	VerifiedSuperseded VerificationState = "superseded" // genuine, but a later version is in force
	VerifiedUnknown    VerificationState = "unknown"
	VerifiedMistyped   VerificationState = "mistyped" // the check sign is wrong: no paper can have it
)

// VerifyDocument tells whoever has a code whether its paper is genuine and still in force. More than verificationsPerNetwork
// tries in a quarter of an hour from one network end with CodeTooMany.
func (s *Service) VerifyDocument(ctx context.Context, network, typed string) (Verification, error) {
	var answer Verification
	err := s.in(ctx, func(t *tx) error {
		tried, err := postgres.CountRequest(ctx, t, rateScope("verification", network), t.now, rateWindow)
		if err != nil {
			return err
		}
		if tried > verificationsPerNetwork {
			return appraisal.Fault(appraisal.CodeTooMany, "document.too_many", map[string]any{"minutes": int(rateWindow.Minutes())})
		}
		answer, err = s.verify(ctx, t, typed)
		return err
	})
	if err != nil {
		return Verification{}, fmt.Errorf("verify a document: %w", err)
	}
	return answer, nil
}

// verify asks the record for every code that can be one, known or not, so that the time it takes tells nothing.
func (s *Service) verify(ctx context.Context, t *tx, typed string) (Verification, error) {
	code, ok := appraisal.ParseDocumentCode(typed)
	if !ok {
		return Verification{State: VerifiedMistyped}, nil
	}
	found, err := postgres.VerifyDocument(ctx, t, code)
	if err != nil || found == nil {
		return Verification{State: VerifiedUnknown, Code: code}, err
	}
	const day = "2006-01-02"
	answer := Verification{
		State: VerifiedGenuine, Code: code, Kind: found.Kind, Name: appraisal.MaskName(found.Name), Unit: found.Unit,
		PeriodStart: found.PeriodStart.Format(day), PeriodEnd: found.PeriodEnd.Format(day), IssuedAt: found.IssuedAt.In(s.zone).Format(day),
	}
	if !found.Current {
		answer.State = VerifiedSuperseded
	}
	return answer, nil
}
