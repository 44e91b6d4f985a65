package upload

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"slices"
)

// activeNames are those of a PDF (ISO 32000) that runs a script, starts a program, brings other files along or plays something. EF is
// in every reference to a file that comes along; EmbeddedFiles, the list of such, is not here, because printers write it empty.
var activeNames = []string{"JavaScript", "JS", "Launch", "EmbeddedFile", "EF", "RichMedia"}

// shortestInData is how long a name has to be to be told from chance among the bytes of pictures.
const shortestInData = 5

// wholePDF refuses what only begins like a PDF, and what does more than show pages. Readers look for the end within the last kilobyte.
// It looks for names in the bytes of the file, for the short ones outside of the data of streams only, and in object streams without a
// filter or with FlateDecode alone; other object streams are refused. It looks into no other streams, thus not into the scripts of XFA
// forms, and not behind encryption, and does not find what a broken structure hides from it but not from every reader.
func wholePDF(content []byte) string {
	if !bytes.HasPrefix(content, []byte("%PDF-")) || !bytes.Contains(content[max(0, len(content)-1024):], []byte("%%EOF")) {
		return faultBroken
	}
	if after(content, shortestInData, activeNames) >= 0 {
		return faultActive
	}
	left := int64(mostUnpacked)
	for part := range bytes.SplitSeq(content, []byte("endstream")) {
		objects := part
		if at := bytes.LastIndex(part, []byte("stream")); at >= 0 {
			objects = part[:at]
		}
		if after(objects, 0, activeNames) >= 0 {
			return faultActive
		}
		for at := after(part, 0, []string{"ObjStm"}); at >= 0; at = after(part, 0, []string{"ObjStm"}) {
			begin := bytes.Index(part[at:], []byte("stream"))
			if begin < 0 {
				return faultBroken
			}
			dictionary := part[:at+begin]
			part = part[at+begin+len("stream"):]
			if fault := objectStream(dictionary, part, &left); fault != "" {
				return fault
			}
		}
	}
	return ""
}

// objectStream looks into a stream of objects, of all of which so many bytes are left to be unpacked.
func objectStream(dictionary, data []byte, left *int64) string {
	if after(dictionary, 0, []string{"Filter"}) < 0 {
		return activeIn(data)
	}
	if after(dictionary, 0, []string{"Predictor", "LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode", "Crypt"}) >= 0 {
		return faultBroken
	}
	data = bytes.TrimPrefix(bytes.TrimPrefix(data, []byte("\r")), []byte("\n"))
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return faultBroken
	}
	objects, err := io.ReadAll(io.LimitReader(r, *left+1))
	switch *left -= int64(len(objects)); {
	case *left < 0:
		return faultBomb
	case err != nil:
		return faultBroken
	}
	return activeIn(objects)
}

func activeIn(objects []byte) string {
	if after(objects, 0, activeNames) >= 0 {
		return faultActive
	}
	return ""
}

// after returns where the first of the names ends, of at least so many letters, that stands in b whole, in letters or as #xx; -1 where
// none does.
func after(b []byte, shortest int, wanted []string) int {
	for from := 0; ; {
		at := bytes.IndexByte(b[from:], '/')
		if at < 0 {
			return -1
		}
		from += at + 1
		name := b[from:min(len(b), from+longestWritten+1)]
		if end := bytes.IndexAny(name, "\x00\t\n\f\r ()<>[]{}/%"); end >= 0 {
			name = name[:end]
		}
		if plain := unescaped(name); len(plain) >= shortest && slices.Contains(wanted, plain) {
			return from + len(name)
		}
	}
}

// longestWritten is the length of the longest name that is looked for with all its letters as #xx.
const longestWritten = 3 * len("RunLengthDecode")

// unescaped returns a name with every #xx as the byte that it stands for.
func unescaped(written []byte) string {
	name := make([]byte, 0, len(written))
	for i := 0; i < len(written); i++ {
		var one [1]byte
		if written[i] == '#' && i+2 < len(written) {
			if _, err := hex.Decode(one[:], written[i+1:i+3]); err == nil {
				name = append(name, one[0])
				i += 2
				continue
			}
		}
		name = append(name, written[i])
	}
	return string(name)
}
