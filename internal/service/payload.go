package service

import (
	"context"
	"encoding/json"
	"regexp"
	"sync"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Payload is one value that Temporal keeps, in the form in which Temporal's tools exchange it.
type Payload struct {
	Metadata map[string][]byte `json:"metadata"`
	Data     []byte            `json:"data"`
}

// PayloadReader decrypts what Temporal keeps; what is not encrypted it returns as it is.
type PayloadReader interface {
	Read(metadata map[string][]byte, data []byte) (map[string][]byte, []byte, error)
}

// mostPayloads is how many payloads are decrypted at once.
const mostPayloads = 5000

var namespaceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$`)

// DecodePayloads decrypts what Temporal's pages show to an administrator: ids, roles and times, never content of an appraisal,
// for no workflow is told any. One that cannot be read any more is answered with a sentence in its place.
func (s *Service) DecodePayloads(ctx context.Context, actor appraisal.Actor, namespace string, encoded []Payload) ([]Payload, error) {
	if err := appraisal.Can(actor, appraisal.ActionDecodePayloads, appraisal.Subject{}); err != nil {
		return nil, err
	}
	if s.payloads == nil {
		return nil, appraisal.Fault(appraisal.CodeNotFound, "payload.error.off", nil)
	}
	if !namespaceForm.MatchString(namespace) {
		return nil, fieldFault("X-Namespace", "payload.error.namespace", nil)
	}
	if len(encoded) > mostPayloads {
		return nil, fieldFault("payloads", "payload.error.many", map[string]any{"max": mostPayloads})
	}
	if err := s.auditDecoding(ctx, actor, namespace, len(encoded)); err != nil {
		return nil, err
	}
	decoded := make([]Payload, len(encoded))
	for i, p := range encoded {
		metadata, data, err := s.payloads.Read(p.Metadata, p.Data)
		switch {
		case err == nil:
			decoded[i] = Payload{metadata, data}
		case appraisal.CodeOf(err) == appraisal.CodeUnavailable:
			return nil, err
		default:
			if data, err = json.Marshal("[" + err.Error() + "]"); err != nil {
				return nil, err
			}
			decoded[i] = Payload{map[string][]byte{"encoding": []byte("json/plain")}, data}
		}
	}
	return decoded, nil
}

// decodings counts what each administrator has had decrypted since their last line in the trail: one page of Temporal's asks
// dozens of times.
type decodings struct {
	mu sync.Mutex
	of map[appraisal.PersonID]decoding
}

type decoding struct {
	written time.Time
	since   int // decrypted after the line was written
}

// decodingWindow is how long one line in the trail stands for all decrypting of a person.
const decodingWindow = 10 * time.Minute

// auditDecoding writes a line before anything is shown, unless one is fresh. The line says how much was decrypted since the one before.
func (s *Service) auditDecoding(ctx context.Context, actor appraisal.Actor, namespace string, n int) error {
	s.decodings.mu.Lock()
	defer s.decodings.mu.Unlock()
	now := s.clock().UTC()
	known := s.decodings.of[actor.ID]
	known.since += n
	if known.written.IsZero() || now.Sub(known.written) >= decodingWindow {
		err := s.in(ctx, func(t *tx) error {
			return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: "decode_payloads",
				Subject: "temporal/" + namespace, Detail: map[string]any{"payloads": known.since, "namespace": namespace}})
		})
		if err != nil {
			return err
		}
		known = decoding{written: now}
	}
	if s.decodings.of == nil {
		s.decodings.of = map[appraisal.PersonID]decoding{}
	}
	s.decodings.of[actor.ID] = known
	return nil
}
