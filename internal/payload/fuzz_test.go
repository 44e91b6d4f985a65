package payload_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
)

// oneKey is a store with the one key that was made in it, so that fuzzing needs no database.
type oneKey struct{ key appraisal.PayloadKey }

func (s *oneKey) Live(context.Context) ([]appraisal.PayloadKey, error) {
	return []appraisal.PayloadKey{s.key}, nil
}

func (s *oneKey) Find(_ context.Context, id string) (appraisal.PayloadKey, error) {
	if id != s.key.ID {
		return appraisal.PayloadKey{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	return s.key, nil
}

func (s *oneKey) Ensure(_ context.Context, fresh appraisal.PayloadKey) (appraisal.PayloadKey, error) {
	s.key = fresh
	return fresh, nil
}

// Whatever somebody asks the codec to read, it reads what it encrypted, passes on what nobody did, and refuses all else.
func FuzzRead(f *testing.F) {
	codec := payload.NewCodec(payload.NewKeys(&oneKey{}, masters(f, master(f)), slog.New(slog.DiscardHandler)), true)
	whole, err := converter.GetDefaultDataConverter().ToPayload("rahasia")
	if err != nil {
		f.Fatal(err)
	}
	encoded, err := codec.Encode([]*commonpb.Payload{whole})
	if err != nil {
		f.Fatal(err)
	}
	right := encoded[0]
	key := right.GetMetadata()["encryption-key-id"]
	f.Add(right.GetMetadata()["encoding"], key, right.GetData())
	f.Add([]byte("json/plain"), []byte(""), []byte(`"x"`))
	f.Add([]byte(payload.Encoding), []byte("nobody"), right.GetData())
	f.Add([]byte(payload.Encoding), key, []byte{})
	f.Fuzz(func(t *testing.T, encoding, id, data []byte) {
		metadata, out, err := codec.Read(map[string][]byte{"encoding": encoding, "encryption-key-id": id}, data)
		switch {
		case string(encoding) != payload.Encoding:
			if err != nil || !bytes.Equal(out, data) {
				t.Errorf("what nobody encrypted came out as %q, %v", out, err)
			}
		case err == nil && (!bytes.Equal(data, right.GetData()) || !bytes.Equal(out, whole.GetData()) || string(metadata["encoding"]) != "json/plain"):
			t.Errorf("%x was read as %q", data, out)
		}
	})
}
