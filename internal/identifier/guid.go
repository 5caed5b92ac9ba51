package identifier

import (
	"crypto/rand"
	"encoding/hex"
)

// guidLength is that of a GUID in its usual form, in bytes.
const guidLength = 36

// NewGUID returns a version 4 GUID (RFC 9562 §5.4) in its usual form. It makes one object
// in memory, where uuid.NewString makes two.
func NewGUID() string {
	var text [guidLength]byte
	return string(AppendGUID(text[:0]))
}

// AppendGUID appends what NewGUID returns.
func AppendGUID(b []byte) []byte {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	b = append(hex.AppendEncode(b, id[:4]), '-')
	b = append(hex.AppendEncode(b, id[4:6]), '-')
	b = append(hex.AppendEncode(b, id[6:8]), '-')
	b = append(hex.AppendEncode(b, id[8:10]), '-')
	return hex.AppendEncode(b, id[10:])
}
