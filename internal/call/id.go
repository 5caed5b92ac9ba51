package call

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/identifier"
)

// newID returns a GUID.
func newID() string { return identifier.NewGUID() }

// newConnectionID returns a GUID that begins with the node's eight digits, as
// the service's do.
func (r *Registry) newConnectionID() string {
	text := identifier.AppendGUID(make([]byte, 0, 64))
	copy(text, r.node)
	return string(text)
}

// newServerCallID returns base64 of a URL that names the conversation. It is
// opaque to applications; it looks like the service's, since some of them
// decode it for their logs.
func newServerCallID() string {
	var random [20]byte
	rand.Read(random[:])
	url := append(make([]byte, 0, 96), "https://switchhook.internal/api/v2/cp/conv/"...)
	url = append(base64.RawURLEncoding.AppendEncode(url, random[:16]), "?i=0&e="...)
	url = strconv.AppendUint(url, uint64(binary.BigEndian.Uint32(random[16:])), 10)
	return string(base64.StdEncoding.AppendEncode(make([]byte, 0, 128), url))
}

// isServerCallID reports whether a text could have been made by newServerCallID,
// here or by the service: base64 of a URL.
func isServerCallID(text string) bool {
	if len(text) > maxServerCallID {
		return false
	}
	name, err := base64.StdEncoding.DecodeString(text)
	return err == nil && bytes.HasPrefix(name, []byte("https://"))
}

const maxServerCallID = 2048 // bytes

// newContext returns an incomingCallContext: three segments that look like an
// unsigned JWT. Its last one is a secret of 128 bits; nothing in it is read back.
func newContext(in Invitation, correlationID string) string {
	var secret [16]byte
	rand.Read(secret[:])
	claims := appendjson.Text(append(make([]byte, 0, 256), `{"callId":`...), correlationID)
	claims = appendjson.Text(append(claims, `,"from":`...), in.From.Raw())
	claims = append(appendjson.Text(append(claims, `,"to":`...), in.To.Raw()), '}')
	segment := base64.RawURLEncoding
	context := append(make([]byte, 0, 512), contextHeader...) // does not leave the stack, unless a name is longer
	context = append(segment.AppendEncode(context, claims), '.')
	return string(segment.AppendEncode(context, secret[:]))
}

// contextHeader is {"alg":"none","typ":"JWT"} in base64.
const contextHeader = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
