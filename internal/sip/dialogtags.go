package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// dialogTags derives our dialog tags from the request and a secret. So the tag of
// an INVITE is known before it is handled (its transaction answers 100 and 487 by
// itself, and they must carry the tag of our 180), a forked copy of an INVITE gets
// the tag of the first, and a response with our tag proves that we made the request.
type dialogTags struct{ macs *sync.Pool } // of *tagMAC

// tagMAC is an HMAC with the secret, and room for what it is of.
type tagMAC struct {
	hash.Hash
	text, sum, tag []byte
}

func newDialogTags() dialogTags {
	secret := make([]byte, 32)
	rand.Read(secret)
	return dialogTags{&sync.Pool{New: func() any { return &tagMAC{Hash: hmac.New(sha256.New, secret)} }}}
}

// callee is the tag that we answer an INVITE with.
func (t dialogTags) callee(callID, fromTag string, cseq uint32) string {
	return t.make("callee", callID, fromTag, strconv.FormatUint(uint64(cseq), 10))
}

// isCallee reports whether a tag is the one that callee makes.
func (t dialogTags) isCallee(tag, callID, fromTag string, cseq uint32) bool {
	mac := t.macs.Get().(*tagMAC)
	defer t.macs.Put(mac)
	return tag == string(mac.of("callee", callID, fromTag, strconv.FormatUint(uint64(cseq), 10)))
}

// caller is the tag that we call with.
func (t dialogTags) caller(callID string) string { return t.make("caller", callID) }

// branch makes the Via branch of an INVITE to a user, which isOurBranch recognises.
func (t dialogTags) branch(user string) string {
	nonce := rand.Text()[:16]
	return sip.RFC3261BranchMagicCookie + nonce + t.make("branch", nonce, user)
}

// isOurBranch reports whether a branch is of an INVITE of ours to the same user.
func (t dialogTags) isOurBranch(branch, user string) bool {
	rest, ok := strings.CutPrefix(branch, sip.RFC3261BranchMagicCookie)
	return ok && len(rest) > 16 && hmac.Equal([]byte(rest[16:]), []byte(t.make("branch", rest[:16], user)))
}

func (t dialogTags) make(parts ...string) string {
	mac := t.macs.Get().(*tagMAC)
	defer t.macs.Put(mac)
	return string(mac.of(parts...))
}

// of is the tag of some texts, until the next.
func (mac *tagMAC) of(parts ...string) []byte {
	mac.Reset()
	mac.text = mac.text[:0]
	for _, part := range parts {
		mac.text = append(append(mac.text, part...), 0)
	}
	mac.Write(mac.text)
	mac.sum = mac.Sum(mac.sum[:0])
	mac.tag = hex.AppendEncode(mac.tag[:0], mac.sum[:10])
	return mac.tag
}
