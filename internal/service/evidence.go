package service

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/upload"
)

func contentKey(id appraisal.AppraisalID, digest []byte) string {
	return string(id) + "/" + hex.EncodeToString(digest)
}

// EvidenceLimits returns how large and how many files may be.
func (s *Service) EvidenceLimits() appraisal.EvidenceLimits { return s.limits }

// AddFile puts a file on the actor's desk. It goes along with what the actor hands in next for the purpose; until then nobody else
// sees it.
func (s *Service) AddFile(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID,
	purpose appraisal.EvidencePurpose, sent SentFile) (Evidence, error) {
	if err := s.limits.Admit(0, 0, int64(len(sent.Content))); err != nil {
		return Evidence{}, err
	}
	file, err := upload.Look(sent.Name, sent.Content)
	if err != nil {
		return Evidence{}, err
	}
	if err := s.layDown(ctx, actor, id, purpose, file.Digest[:], file.Content); err != nil {
		return Evidence{}, err
	}
	return s.addEvidence(ctx, actor, deed{name: "add_file", call: call, body: []any{purpose, file.Name, file.Digest[:]}}, id, postgres.Evidence{
		Purpose: purpose, Name: file.Name, MediaType: file.Type.Media, Size: int64(len(file.Content)), SHA256: file.Digest[:],
	}, file.Content)
}

// AddLink puts the address of evidence that lies elsewhere on the actor's desk.
func (s *Service) AddLink(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in NewLink) (Evidence, error) {
	var f appraisal.Faults
	if len(in.Link) > appraisal.MaxLine {
		f.Add("link", "error.text_long", map[string]any{"max": appraisal.MaxLine, "length": len(in.Link)})
	} else if key := appraisal.LinkFault(in.Link); key != "" {
		f.Add("link", key, nil)
	}
	if err := f.Err(); err != nil {
		return Evidence{}, err
	}
	return s.addEvidence(ctx, actor, deed{name: "add_link", call: call, body: in}, id, postgres.Evidence{Purpose: in.Purpose, Link: in.Link}, nil)
}

func (s *Service) addEvidence(ctx context.Context, actor appraisal.Actor, d deed, id appraisal.AppraisalID, e postgres.Evidence,
	content []byte) (Evidence, error) {
	d.subject = string(id)
	if !e.Purpose.Valid() {
		return Evidence{}, fieldFault("purpose", "evidence.error.purpose", nil)
	}
	return perform(ctx, s, actor, d, func(t *tx) (Evidence, error) {
		actor, err := s.mayAdd(ctx, t, actor, id, e.Purpose)
		if err != nil {
			return Evidence{}, err
		}
		known, err := postgres.EvidenceOf(ctx, t, id, actor.ID)
		if err != nil {
			return Evidence{}, err
		}
		same := ""
		for _, k := range known {
			switch {
			case k.Link != e.Link || !bytes.Equal(k.SHA256, e.SHA256):
			case k.SubmittedAt == nil && k.Purpose == e.Purpose:
				return evidenceView(k), nil // it lies there already
			default:
				same = k.Name
			}
		}
		if e.ID, err = s.keep(ctx, t, id, actor, &e, content, same != ""); err != nil {
			return Evidence{}, err
		}
		view := evidenceView(e)
		view.SameAs = same
		return view, s.audit(ctx, t, actor, d.name, id, map[string]any{"evidence": e.ID})
	})
}

// keep stores evidence within the limits. A content that is there already takes no more room.
func (s *Service) keep(ctx context.Context, t *tx, id appraisal.AppraisalID, actor appraisal.Actor, e *postgres.Evidence, content []byte,
	there bool) (appraisal.EvidenceID, error) {
	count, held, err := postgres.EvidenceHeld(ctx, t, id)
	if err != nil {
		return "", err
	}
	size := e.Size
	if there {
		size = 0
	}
	if err := s.limits.Admit(count, held, size); err != nil {
		return "", err
	}
	e.AppraisalID, e.AuthorID, e.Author, e.At = id, actor.ID, actor.Name, t.now
	if e.SHA256 != nil {
		if err := s.hold(ctx, t, id, e.SHA256, content); err != nil {
			return "", err
		}
	}
	return postgres.AddEvidence(ctx, t, id, *e)
}

// mayAdd locks the appraisal and checks that the actor may add evidence for a purpose now: while the step that it goes with is open
// and theirs, or while feedback can be given. It returns the actor with whom they stand in for.
func (s *Service) mayAdd(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.AppraisalID, purpose appraisal.EvidencePurpose) (appraisal.Actor, error) {
	kind, ofStep := purpose.Step()
	if !ofStep {
		_, actor, err := s.openToFeedback(ctx, t, actor, id)
		return actor, err
	}
	row, err := postgres.LockAppraisal(ctx, t, id)
	if err != nil {
		return actor, err
	}
	open, err := postgres.OpenSteps(ctx, t, id, kind)
	if err != nil {
		return actor, err
	}
	subject := row.Subject()
	subject.Party = kind.Party()
	for _, step := range open {
		if step.OwnerID != nil {
			subject.Owner = *step.OwnerID
		}
	}
	if len(open) == 0 { // who may read the appraisal is told that it is too early or too late, others nothing
		if err := appraisal.Can(actor, appraisal.ActionReadAppraisal, subject); err != nil {
			return actor, err
		}
		return actor, appraisal.Fault(appraisal.CodeWrongStage, "evidence.error.closed", nil)
	}
	if err := appraisal.Can(actor, appraisal.ActionAddEvidence, subject); err != nil {
		return actor, s.orEnded(ctx, t, actor, subject.Owner, err)
	}
	whom, err := subject.Does(actor)
	if err == nil {
		actor, err = s.standingIn(ctx, t, actor, whom)
	}
	if err != nil {
		return actor, err
	}
	return actor, underway(row.CycleStatus)
}

// RemoveEvidence takes something away from the actor's desk. What was handed in stays.
func (s *Service) RemoveEvidence(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, piece appraisal.EvidenceID) (Receipt, error) {
	d := deed{name: "remove_evidence", subject: string(piece), call: call}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		e, err := readable(ctx, t, actor, row, piece)
		if err != nil {
			return Receipt{}, err
		}
		if e.SubmittedAt != nil {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "evidence.error.submitted", nil)
		}
		if err := postgres.RemoveEvidence(ctx, t, e.ID); err != nil {
			return Receipt{}, err
		}
		actor.Behalf = row.Subject().Capacity(actor)
		return Receipt{Appraisal: id, ID: string(piece), At: t.now},
			s.audit(ctx, t, actor, d.name, id, map[string]any{"evidence": piece})
	})
}

// readable returns a piece of evidence that the actor may read; to everybody else it is as if it were missing.
func readable(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal, piece appraisal.EvidenceID) (postgres.Evidence, error) {
	subject := row.Subject()
	if err := appraisal.Can(actor, appraisal.ActionReadEvidence, subject); err != nil {
		return postgres.Evidence{}, err
	}
	e, err := postgres.GetEvidence(ctx, q, row.ID, piece)
	if err != nil {
		return postgres.Evidence{}, err
	}
	if e.SubmittedAt == nil {
		subject.Author = e.AuthorID
	}
	return e, appraisal.Can(actor, appraisal.ActionReadEvidence, subject)
}

// EvidenceFile hands a file out. That somebody else than the employee or the author has read it is written down.
func (s *Service) EvidenceFile(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, piece appraisal.EvidenceID) (File, error) {
	file, err := s.evidenceFile(ctx, actor, id, piece)
	if err != nil {
		return File{}, fmt.Errorf("read file %s: %w", piece, err)
	}
	return file, nil
}

func (s *Service) evidenceFile(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, piece appraisal.EvidenceID) (File, error) {
	row, err := postgres.GetAppraisal(ctx, s.db, id)
	if err != nil {
		return File{}, err
	}
	e, err := readable(ctx, s.db, actor, row, piece)
	if err != nil {
		return File{}, err
	}
	if e.SHA256 == nil { // a link
		return File{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	content, err := s.content(ctx, contentKey(id, e.SHA256), e.SHA256)
	if err != nil {
		return File{}, err
	}
	if actor.ID != e.AuthorID {
		err = s.noteReading(ctx, actor, actionReadFile, row, "evidence/"+string(e.ID))
	}
	return fileOf(e.Name, e.MediaType, content), err
}

func evidenceView(e postgres.Evidence) Evidence {
	return Evidence{
		ID: e.ID, Appraisal: e.AppraisalID, Purpose: e.Purpose, At: e.At, Author: e.Author, AuthorFor: text(e.AuthorFor), Submitted: e.SubmittedAt != nil, Link: e.Link, Name: e.Name,
		MediaType: e.MediaType, Size: e.Size, SHA256: hex.EncodeToString(e.SHA256),
	}
}

// readEvidence reads what the reader may see of links and files, before those parts of the view that show it.
func (r *reading) readEvidence(ctx context.Context) error {
	var err error
	r.evidence, err = postgres.EvidenceOf(ctx, r, r.row.ID, r.actor.ID)
	r.view.Desk = []Evidence{}
	for _, e := range r.evidence {
		if e.SubmittedAt == nil {
			r.view.Desk = append(r.view.Desk, evidenceView(e))
		}
	}
	return err
}

// submitted returns the evidence that was handed in for a purpose, with an entry of progress if one is named.
func (r *reading) submitted(purpose appraisal.EvidencePurpose, entry string) []Evidence {
	list := []Evidence{}
	for _, e := range r.evidence {
		if e.Purpose == purpose && e.SubmittedAt != nil && text(e.ProgressEntryID) == entry {
			list = append(list, evidenceView(e))
		}
	}
	return list
}

// handedInWith returns the purpose of the evidence that goes along with a step that ends so. A result that is accepted takes
// nothing along, and each entry of progress has taken its own.
func handedInWith(kind appraisal.StepKind, outcome appraisal.Outcome) appraisal.EvidencePurpose {
	if kind == appraisal.StepRecordProgress || kind == appraisal.StepAcknowledgeResult && outcome != appraisal.OutcomeObjected {
		return ""
	}
	return appraisal.PurposeOf(kind)
}
