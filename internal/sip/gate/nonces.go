package gate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/source"
)

const (
	nonceLife = 5 * time.Minute
	maxNonces = 16384 // that were used, and whose counts are kept
)

// nonces are what our challenges ask callers to sign. They prove themselves by
// a secret, so that a challenge leaves nothing behind; only those that a right
// password has used are remembered, against replay (RFC 7616 §5.4, §5.5).
type nonces struct {
	secret []byte
	used   *expiring.Map[string, uint32] // the highest count of each
	began  time.Time                     // their times count from it: the clock may be set
	since  atomic.Int64                  // those made before are stale, in ns since then
}

func newNonces() *nonces {
	n := &nonces{secret: make([]byte, 32), began: time.Now()}
	n.since.Store(math.MinInt64)
	rand.Read(n.secret)
	n.used = expiring.New(expiring.Config[string, uint32]{Entries: maxNonces, Evicted: n.forgotten})
	return n
}

// forgotten makes the nonce stale whose count made room, and all older ones: else
// it could be replayed.
func (n *nonces) forgotten(nonce string, _ uint32) {
	if made, ok := n.madeAt(nonce); ok {
		n.since.Store(max(n.since.Load(), int64(made.Sub(n.began))+1))
	}
}

// fresh makes a nonce for a host: a time, randomness, a mark of the host, and the proof that
// it is ours.
func (n *nonces) fresh(host netip.Addr, now time.Time) string {
	raw := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(raw, uint64(now.Sub(n.began)))
	rand.Read(raw[8:12])
	copy(raw[12:], n.mark(host))
	return base64.RawURLEncoding.EncodeToString(append(raw, n.proof(raw)...))
}

// mark stands for a host, which is an IPv4 address or an IPv6 /64, in a nonce.
func (n *nonces) mark(host netip.Addr) []byte {
	address := source.Subnet(host).As16()
	return n.proof(append([]byte("host"), address[:]...))[:4]
}

// isOf reports whether a nonce of ours was made for a host: who knows it has received
// something there.
func (n *nonces) isOf(nonce string, host netip.Addr) bool {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	return err == nil && len(raw) == 32 && hmac.Equal(raw[12:16], n.mark(host))
}

func (n *nonces) proof(raw []byte) []byte {
	mac := hmac.New(sha256.New, n.secret)
	mac.Write(raw)
	return mac.Sum(nil)[:16]
}

// madeAt is when we made a nonce; false for one that is not ours.
func (n *nonces) madeAt(nonce string) (time.Time, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != 32 || !hmac.Equal(raw[16:], n.proof(raw[:16])) {
		return time.Time{}, false
	}
	return n.began.Add(time.Duration(binary.BigEndian.Uint64(raw))), true
}

// isLive reports whether a nonce is ours and not yet too old.
func (n *nonces) isLive(nonce string, now time.Time) bool {
	made, ours := n.madeAt(nonce)
	return ours && now.Sub(made) < nonceLife && int64(made.Sub(n.began)) >= n.since.Load()
}

// take uses a live nonce with a count, once: a repeated or smaller count is a
// replay. It keeps a copy of the nonce, not the request that it stands in.
func (n *nonces) take(nonce string, count uint32, now time.Time) (taken bool) {
	made, ours := n.madeAt(nonce)
	if !ours {
		return false
	}
	n.used.Update(strings.Clone(nonce), now, func(highest uint32, _ bool) (uint32, time.Time) {
		if taken = count > highest; taken {
			highest = count
		}
		return highest, made.Add(nonceLife)
	})
	return taken
}
