package upload

import (
	"bytes"
	"encoding/binary"
)

// wholeWebP reads the size of a WebP picture (RFC 9649) from its first chunk, which is a frame or says how large the canvas is, and
// holds the length that the file tells against the one that it has.
func wholeWebP(content []byte) string {
	const header, start = 12, 20 // RIFF, length, WEBP; then the chunk's name and length
	if len(content) < start+10 || !bytes.HasPrefix(content, []byte("RIFF")) || string(content[8:header]) != "WEBP" {
		return faultBroken
	}
	told := int64(binary.LittleEndian.Uint32(content[4:])) + 8
	if told+told%2 != int64(len(content)) && told != int64(len(content)) {
		return faultBroken
	}
	chunk := content[start:]
	var width, height int64
	switch string(content[header : header+4]) {
	case "VP8 ":
		if !bytes.Equal(chunk[3:6], []byte("\x9d\x01\x2a")) { // the first frame is a whole picture
			return faultBroken
		}
		width, height = int64(binary.LittleEndian.Uint16(chunk[6:])&0x3fff), int64(binary.LittleEndian.Uint16(chunk[8:])&0x3fff)
	case "VP8L":
		if chunk[0] != 0x2f {
			return faultBroken
		}
		bits := binary.LittleEndian.Uint32(chunk[1:])
		width, height = int64(bits&0x3fff)+1, int64(bits>>14&0x3fff)+1
	case "VP8X":
		width, height = uint24(chunk[4:])+1, uint24(chunk[7:])+1
	default:
		return faultBroken
	}
	switch {
	case width == 0 || height == 0:
		return faultBroken
	case width*height > mostPixels:
		return faultBomb
	default:
		return ""
	}
}

func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }
