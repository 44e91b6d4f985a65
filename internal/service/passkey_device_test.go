package service

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

const (
	passkeyOrigin = "https://telaah.pemda.test"
	passkeyHost   = "telaah.pemda.test"
)

// Flags of authenticator data (WebAuthn, section 6.1).
const (
	userPresent  byte = 0x01
	userVerified byte = 0x04
	keyIncluded  byte = 0x40
)

// device is an authenticator with one passkey, which signs as real ones do and says whatever it is told to.
type device struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	handle  []byte
	counter uint32
	origin  string
	host    string
	flags   byte
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	d := &device{t: t, key: key, id: make([]byte, 32), origin: passkeyOrigin, host: passkeyHost, flags: userPresent | userVerified}
	_, _ = rand.Read(d.id)
	return d
}

type passkeyOptions struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
		Selection struct {
			ResidentKey      string `json:"residentKey"`
			UserVerification string `json:"userVerification"`
		} `json:"authenticatorSelection"`
		UserVerification string `json:"userVerification"`
		Exclude          []any  `json:"excludeCredentials"`
		Allow            []any  `json:"allowCredentials"`
	} `json:"publicKey"`
}

func (d *device) read(c PasskeyChallenge) passkeyOptions {
	d.t.Helper()
	var o passkeyOptions
	must(d.t, json.Unmarshal(c.Options, &o))
	return o
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *device) clientData(kind, challenge string) []byte {
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	must(d.t, err)
	return raw
}

func (d *device) data(flags byte) []byte {
	hash := sha256.Sum256([]byte(d.host))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.counter)
}

// make answers a challenge with a new passkey.
func (d *device) make(c PasskeyChallenge, name string) PasskeyAnswer {
	d.t.Helper()
	o := d.read(c)
	var err error
	d.handle, err = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	must(d.t, err)
	public, err := d.key.PublicKey.Bytes()
	must(d.t, err)
	key, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	must(d.t, err)
	data := append(d.data(d.flags|keyIncluded), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), key...)
	attested, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	must(d.t, err)
	return d.answer(c, name, map[string]any{
		"clientDataJSON": encoded(d.clientData("webauthn.create", o.PublicKey.Challenge)), "attestationObject": encoded(attested), "transports": []string{"internal"},
	})
}

// use answers a challenge with the passkey.
func (d *device) use(c PasskeyChallenge) PasskeyAnswer {
	d.t.Helper()
	d.counter++
	client := d.clientData("webauthn.get", d.read(c).PublicKey.Challenge)
	hash := sha256.Sum256(client)
	data := d.data(d.flags)
	digest := sha256.Sum256(append(append([]byte(nil), data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	must(d.t, err)
	return d.answer(c, "", map[string]any{
		"clientDataJSON": encoded(client), "authenticatorData": encoded(data), "signature": encoded(signature), "userHandle": encoded(d.handle),
	})
}

func (d *device) answer(c PasskeyChallenge, name string, response map[string]any) PasskeyAnswer {
	d.t.Helper()
	raw, err := json.Marshal(map[string]any{
		"id": encoded(d.id), "rawId": encoded(d.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response,
	})
	must(d.t, err)
	return PasskeyAnswer{Ticket: c.Ticket, Name: name, Credential: raw}
}
