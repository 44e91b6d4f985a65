package appraisal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// AuditDigest is what one line of the trail hands on to the next, or a seal to the next seal: SHA-256.
type AuditDigest [sha256.Size]byte

// AuditLine is a line of the trail as its digest covers it. Ids are opaque; an empty one is none. What is personal lies in the
// content, of which the line has a salted digest only.
type AuditLine struct {
	ID            int64
	Seq           int64 // its place in the chain of its appraisal, from 1; 0: in none, a seal covers it
	At            time.Time
	Actor         string
	OnBehalfOf    string
	Network       string
	Action        string
	Appraisal     string
	Subject       string
	ContentDigest []byte // nil: no content
}

// Chained reports whether the line belongs into the chain of its appraisal: whoever reads changes nothing and waits for nobody.
func (l AuditLine) Chained() bool { return l.Appraisal != "" && !strings.HasPrefix(l.Action, "read_") }

// Digest is SHA-256 over the digest of the line before and every field with its length, so that no two lines are alike. Lines in no
// chain follow on nothing.
func (l AuditLine) Digest(previous AuditDigest) AuditDigest {
	var b strings.Builder
	auditField(&b, strconv.FormatInt(l.ID, 10))
	auditNumber(&b, l.Seq)
	auditField(&b, strconv.FormatInt(l.At.UnixMicro(), 10))
	auditOptional(&b, l.Actor)
	auditOptional(&b, l.OnBehalfOf)
	auditField(&b, l.Network)
	auditField(&b, l.Action)
	auditOptional(&b, l.Appraisal)
	auditField(&b, l.Subject)
	auditOptional(&b, hex.EncodeToString(l.ContentDigest))
	h := sha256.New()
	h.Write(previous[:])
	h.Write([]byte(b.String()))
	return AuditDigest(h.Sum(nil))
}

// AuditContentDigest is the digest by which a line knows its content without telling what it is.
func AuditContentDigest(salt []byte, content string) AuditDigest {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(content))
	return AuditDigest(h.Sum(nil))
}

// AuditSum gathers the digests that a seal or a root covers.
type AuditSum struct{ hash hash.Hash }

// NewAuditSum begins the sum of the seal or root with the number, which follows on the one before and covers so many digests.
func NewAuditSum(previous AuditDigest, number int64, at time.Time, count int) AuditSum {
	var b strings.Builder
	auditField(&b, strconv.FormatInt(number, 10))
	auditField(&b, strconv.FormatInt(at.UnixMicro(), 10))
	auditField(&b, strconv.Itoa(count))
	h := sha256.New()
	h.Write(previous[:])
	h.Write([]byte(b.String()))
	return AuditSum{h}
}

// Event adds the digest of an event to a seal.
func (s AuditSum) Event(digest []byte) { s.hash.Write(digest) }

// Head adds the end of a chain to a root: the id of the appraisal, or the nil id for the seals.
func (s AuditSum) Head(id [16]byte, seq int64, digest []byte) {
	s.hash.Write(id[:])
	s.hash.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
	s.hash.Write(digest)
}

// Digest ends the sum.
func (s AuditSum) Digest() AuditDigest { return AuditDigest(s.hash.Sum(nil)) }

func auditField(b *strings.Builder, value string) {
	b.WriteString(strconv.Itoa(len(value)))
	b.WriteByte(':')
	b.WriteString(value)
}

func auditOptional(b *strings.Builder, value string) {
	if value == "" {
		b.WriteByte('-')
		return
	}
	auditField(b, value)
}

func auditNumber(b *strings.Builder, n int64) {
	if n == 0 {
		b.WriteByte('-')
		return
	}
	auditField(b, strconv.FormatInt(n, 10))
}

// AuditRoot covers the end of every chain and, through the one before, every earlier root. Whoever keeps its line elsewhere notices
// when the record is written anew.
type AuditRoot struct {
	Number int64
	At     time.Time
	Heads  int // that moved since the root before
	Digest []byte
}

// String is the line by which a root is kept elsewhere.
func (r AuditRoot) String() string {
	return fmt.Sprintf("telaah-audit-root %d %s %d %x", r.Number, r.At.UTC().Format(time.RFC3339Nano), r.Heads, r.Digest)
}

// ParseAuditRoots reads the lines of roots from a text in which other lines may stand as well.
func ParseAuditRoots(text string) ([]AuditRoot, error) {
	var roots []AuditRoot
	for i, line := range strings.Split(text, "\n") {
		at := strings.Index(line, "telaah-audit-root ")
		if at < 0 {
			continue
		}
		var r AuditRoot
		var instant string
		if _, err := fmt.Sscanf(line[at:], "telaah-audit-root %d %s %d %x", &r.Number, &instant, &r.Heads, &r.Digest); err != nil || len(r.Digest) != sha256.Size {
			return nil, fmt.Errorf("line %d is no whole root: it reads telaah-audit-root NUMBER INSTANT HEADS DIGEST", i+1)
		}
		var err error
		if r.At, err = time.Parse(time.RFC3339Nano, instant); err != nil {
			return nil, fmt.Errorf("line %d: %q is no instant", i+1, instant)
		}
		roots = append(roots, r)
	}
	return roots, nil
}

// AuditFault says what is wrong with the trail.
type AuditFault string

const (
	AuditChanged       AuditFault = "changed_event"      // a line says something else than when it was written
	AuditMissing       AuditFault = "missing_event"      // a place is empty
	AuditReordered     AuditFault = "reordered_event"    // a line stands in a place that is not its own
	AuditInserted      AuditFault = "inserted_event"     // a line that nothing has ever covered
	AuditCutOff        AuditFault = "cut_off"            // the end of a chain is gone
	AuditHead          AuditFault = "changed_head"       // the end of a chain is not what was kept of it
	AuditContent       AuditFault = "changed_content"    // a content is not that of its line
	AuditNoContent     AuditFault = "missing_content"    // a content is gone and no certificate covers that
	AuditForeign       AuditFault = "inserted_content"   // a content that belongs to no line
	AuditCertificate   AuditFault = "forged_certificate" // destruction that the trail does not tell of
	AuditSealChanged   AuditFault = "changed_seal"       // a seal does not follow from what it covers
	AuditSealMissing   AuditFault = "missing_seal"       // a seal is gone
	AuditRootChanged   AuditFault = "changed_root"       // a root does not follow from what it covers
	AuditRootMissing   AuditFault = "missing_root"       // a root is gone
	AuditRootDisagrees AuditFault = "root_disagrees"     // a root covers what the trail no longer says
	AuditKeptDiffers   AuditFault = "kept_root_differs"  // a root that was kept elsewhere is not the record's
	AuditUnguarded     AuditFault = "guard_missing"      // what refuses changes of the trail is off
)

// AuditFinding is one thing that is wrong, and where.
type AuditFinding struct {
	Fault     AuditFault `json:"fault"`
	Event     int64      `json:"event,omitempty"`
	Appraisal string     `json:"appraisal,omitempty"`
	Place     int64      `json:"place,omitempty"` // in the chain
	Seal      int64      `json:"seal,omitempty"`
	Root      int64      `json:"root,omitempty"`
	Says      string     `json:"says"`
}
