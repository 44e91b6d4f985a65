package appraisal

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// DestructionID names a certificate of destruction.
type DestructionID string

// DestructionDigest stands for what was destroyed: the sum, modulo 2²⁵⁶, of the SHA-256 of "table/key" of every record. It does not
// depend on the order or on how the work was divided, so that whoever has the list of keys from a backup can compute it again.
type DestructionDigest [sha256.Size]byte

// Add counts a record in.
func (d *DestructionDigest) Add(table, key string) {
	sum := sha256.Sum256([]byte(table + "/" + key))
	var word, carry uint64
	for i := len(d) - 8; i >= 0; i -= 8 {
		word, carry = bits.Add64(binary.BigEndian.Uint64(d[i:]), binary.BigEndian.Uint64(sum[i:]), carry)
		binary.BigEndian.PutUint64(d[i:], word)
	}
}
