// Package payload encrypts what Temporal keeps of us: inputs, answers, signals, markers, heartbeats, summaries and the messages
// of failures. Payloads of a cycle are encrypted with the cycle's own key, so that destroying it makes them unreadable wherever
// copies of them are.
package payload

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/marelan/telaah/internal/appraisal"
)

// Encoding marks an encrypted payload, and metadataKeyID names its key.
const (
	Encoding      = "binary/encrypted"
	metadataKeyID = "encryption-key-id"
)

// Codec encrypts payloads and decrypts them. What is not encrypted passes through decoding as it is: histories that were
// recorded before encryption was switched on, and signals that an operator sends from Temporal's pages.
type Codec struct {
	keys   *Keys
	writes bool              // new payloads are encrypted
	fails  bool              // a fault fails the workflow task, which is tried again, and never the workflow
	cycle  appraisal.CycleID // of the workflow at hand; empty: none
}

// NewCodec returns a codec that decrypts, and encrypts if it writes.
func NewCodec(keys *Keys, writes bool) *Codec { return &Codec{keys: keys, writes: writes} }

// WithSerializationContext implements converter.PayloadCodecWithSerializationContext: a workflow's id tells its cycle.
func (c *Codec) WithSerializationContext(at converter.SerializationContext) converter.PayloadCodec {
	placed := *c
	switch at := at.(type) {
	case converter.WorkflowSerializationContext:
		placed.cycle = appraisal.CycleOfWorkflow(at.WorkflowID)
	case converter.ActivitySerializationContext:
		placed.cycle = appraisal.CycleOfWorkflow(at.WorkflowID)
	}
	return &placed
}

// Apply makes a client, and whatever works through it, read and write payloads and failures through the codec.
func (c *Codec) Apply(o *client.Options) {
	o.DataConverter = converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c)
	o.FailureConverter = newFailures(o.DataConverter, c.writes)
}

// ApplyToWorker is Apply for the client through which workflows are conducted. There a fault must not become an error that the
// workflow sees, for that would end it: the task fails instead, and Temporal tries it again until the database is back or the key
// has been given. A payload that waits for its key is no deadlock.
func (c *Codec) ApplyToWorker(o *client.Options) {
	strict := *c
	strict.fails = true
	strict.Apply(o)
	o.DataConverter = workflow.DataConverterWithoutDeadlockDetection(o.DataConverter)
}

// Encode implements converter.PayloadCodec.
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	if !c.writes {
		return payloads, nil
	}
	return c.each(payloads, c.encrypt)
}

// Decode implements converter.PayloadCodec.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return c.each(payloads, c.decrypt)
}

func (c *Codec) each(payloads []*commonpb.Payload, turn func(*commonpb.Payload) (*commonpb.Payload, error)) ([]*commonpb.Payload, error) {
	turned := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		var err error
		if turned[i], err = turn(p); err != nil {
			if c.fails {
				panic(err)
			}
			return payloads, err
		}
	}
	return turned, nil
}

// Read decrypts one payload for people: the form in which Temporal's tools exchange it goes in and comes out.
func (c *Codec) Read(metadata map[string][]byte, data []byte) (map[string][]byte, []byte, error) {
	p, err := c.decrypt(&commonpb.Payload{Metadata: metadata, Data: data})
	return p.GetMetadata(), p.GetData(), err
}

// bound is what a payload is authenticated with beside its content. It is the key alone and not the workflow, although that is
// known: Temporal copies payloads from one workflow to another (a continued run, a reset, a schedule, a child's failure), and the
// codec endpoint is asked about payloads without their workflow. Within a cycle nothing is gained by a swap, because a workflow
// reads everything but ids from the record.
func bound(id string) []byte { return []byte(Encoding + "/" + id) }

func (c *Codec) encrypt(p *commonpb.Payload) (*commonpb.Payload, error) {
	key, err := c.keys.forCycle(c.cycle)
	if err != nil {
		return nil, err
	}
	plain, err := proto.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a payload: %w", err)
	}
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(Encoding), metadataKeyID: []byte(key.id)},
		Data:     key.aead.Seal(nil, nil, plain, bound(key.id)),
	}, nil
}

func (c *Codec) decrypt(p *commonpb.Payload) (*commonpb.Payload, error) {
	if string(p.GetMetadata()[converter.MetadataEncoding]) != Encoding {
		return p, nil
	}
	key, err := c.keys.find(string(p.GetMetadata()[metadataKeyID]))
	if err != nil {
		return nil, err
	}
	plain, err := key.aead.Open(nil, nil, p.GetData(), bound(key.id))
	if err != nil {
		return nil, fmt.Errorf("a payload of key %s has been damaged or tampered with: %w", key.id, err)
	}
	out := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, out); err != nil {
		return nil, fmt.Errorf("decode a payload of key %s: %w", key.id, err)
	}
	return out, nil
}
