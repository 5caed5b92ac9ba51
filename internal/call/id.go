package call

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/appendjson"
)

// newID returns a version 4 GUID (RFC 9562 §5.4). uuid.New would put its bytes on the heap.
func newID() string {
	var id uuid.UUID
	rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// newConnectionID returns a GUID that begins with the node's eight digits, as
// the service's do.
func (r *Registry) newConnectionID() string { return r.node + newID()[8:] }

// newServerCallID returns base64 of a URL that names the conversation. It is
// opaque to applications; it looks like the service's, since some of them
// decode it for their logs.
func newServerCallID() string {
	var random [20]byte
	rand.Read(random[:])
	url := append(make([]byte, 0, 96), "https://switchhook.internal/api/v2/cp/conv/"...)
	url = append(base64.RawURLEncoding.AppendEncode(url, random[:16]), "?i=0&e="...)
	url = strconv.AppendUint(url, uint64(binary.BigEndian.Uint32(random[16:])), 10)
	return base64.StdEncoding.EncodeToString(url)
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
	claims := appendjson.Open(make([]byte, 0, 256))
	claims.Text("callId", correlationID)
	claims.Text("from", in.From.Raw())
	claims.Text("to", in.To.Raw())
	text, _ := claims.Close() // of texts, which are always written
	segment := base64.RawURLEncoding
	context := append(make([]byte, 0, 512), contextHeader...) // does not leave the stack, unless a name is longer
	context = append(segment.AppendEncode(context, text), '.')
	return string(segment.AppendEncode(context, secret[:]))
}

// contextHeader is {"alg":"none","typ":"JWT"} in base64.
const contextHeader = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
