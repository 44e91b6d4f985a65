package appraisal

import "strings"

// DocumentCode is the code printed on a paper by which anybody who holds it can ask whether it is genuine: four groups of five
// signs, of which the last sign checks the others. It has 95 random bits and says nothing about the person.
type DocumentCode string

// codeSigns leaves out I, L, O and U, which a reader takes for other signs (Crockford's base 32).
const codeSigns = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	codeLength = 20
	codeGroup  = 5
)

// DocumentCodeEntropy is how many random bytes a code is made of; one sign takes five bits of each.
const DocumentCodeEntropy = codeLength - 1

// NewDocumentCode makes a code of random bytes.
func NewDocumentCode(random [DocumentCodeEntropy]byte) DocumentCode {
	var signs [codeLength]byte
	for i, b := range random {
		signs[i] = b % 32
	}
	signs[codeLength-1] = checkSign(signs[:codeLength-1])
	return writeCode(signs)
}

// ParseDocumentCode reads a code as a person types it: in any case, with or without the hyphens, O for 0, I or L for 1. It
// reports false for what cannot be a code; one mistyped sign, or two that changed places, are always found.
func ParseDocumentCode(typed string) (DocumentCode, bool) {
	var signs [codeLength]byte
	n := 0
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\u2010', '\u2011', '\u2013', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		value := strings.IndexRune(codeSigns, r)
		if value < 0 || n == codeLength {
			return "", false
		}
		signs[n] = byte(value)
		n++
	}
	if n != codeLength || signs[codeLength-1] != checkSign(signs[:codeLength-1]) {
		return "", false
	}
	return writeCode(signs), true
}

// checkSign weighs each sign with another power of a generator of the field of 32 elements, so that every single wrong sign and
// every exchange of two changes the sum.
func checkSign(signs []byte) byte {
	const reduce = 0b100101 // x⁵ + x² + 1
	var sum byte
	for _, s := range signs {
		if sum = (sum ^ s) << 1; sum&32 != 0 {
			sum ^= reduce
		}
	}
	return sum
}

func writeCode(signs [codeLength]byte) DocumentCode {
	var b strings.Builder
	for i, s := range signs {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeSigns[s])
	}
	return DocumentCode(b.String())
}
