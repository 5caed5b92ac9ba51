package gate

import (
	"hash/maphash"
	"strconv"
	"strings"
)

// refusalTags make the To tags of refusals that nothing is kept of: the same for
// a repeated request. Nobody gains anything by guessing one, because it belongs to
// no dialog.
type refusalTags struct{ seed maphash.Seed }

// refusalMark begins such tags; no other tag of this server has it.
const refusalMark = "x"

func newRefusalTags() refusalTags { return refusalTags{maphash.MakeSeed()} }

// append appends the tag of a call's refusal.
func (t refusalTags) append(b, callID, from []byte) []byte {
	var h maphash.Hash
	h.SetSeed(t.seed)
	h.Write(callID)
	h.WriteByte(0)
	h.Write(from)
	return strconv.AppendUint(append(b, refusalMark...), h.Sum64(), 16)
}

// has reports whether a tag is of such a refusal: its ACK is for nobody.
func (t refusalTags) has(tag string) bool { return strings.HasPrefix(tag, refusalMark) }
