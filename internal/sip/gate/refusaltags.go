package gate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// refusalTags make the To tags of refusals that nothing is kept of: the same for
// a repeated request.
type refusalTags struct{ secret []byte }

// refusalMark begins such tags; no other tag of this server has it.
const refusalMark = "x"

func newRefusalTags() refusalTags {
	secret := make([]byte, 32)
	rand.Read(secret)
	return refusalTags{secret}
}

func (t refusalTags) tag(callID, from []byte) string {
	mac := hmac.New(sha256.New, t.secret)
	for _, part := range [][]byte{callID, from} {
		mac.Write(part)
		mac.Write([]byte{0})
	}
	return refusalMark + hex.EncodeToString(mac.Sum(nil)[:10])
}

// has reports whether a tag is of such a refusal: its ACK is for nobody.
func (t refusalTags) has(tag string) bool { return strings.HasPrefix(tag, refusalMark) }
