package gate

import (
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

// TestTimesOfNoncesCountFromTheStart: of a clock that is set back, those that were made before would be the later
// ones, and none of the new ones would be live until it is there again.
func TestTimesOfNoncesCountFromTheStart(t *testing.T) {
	n := newNonces()
	host := netip.MustParseAddr("192.0.2.1")
	first := n.fresh(host, time.Now())
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	if made := time.Duration(binary.BigEndian.Uint64(raw)); made < 0 || made > time.Since(n.began) {
		t.Errorf("it was made %v after the start", made)
	}
	n.forgotten(first, 1)
	if n.isLive(first, time.Now()) || !n.isLive(n.fresh(host, time.Now()), time.Now()) {
		t.Error("a nonce that made room is live, or a later one is not")
	}
}
