package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
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

	mu    sync.Mutex
	since time.Time         // those made before are stale
	used  map[string]uint32 // the highest count of each
}

func newNonces() nonces {
	secret := make([]byte, 32)
	rand.Read(secret)
	return nonces{secret: secret, used: make(map[string]uint32)}
}

// fresh makes a nonce: a time, randomness and the proof that it is ours.
func (n *nonces) fresh(now time.Time) string {
	raw := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(raw, uint64(now.UnixNano()))
	rand.Read(raw[8:])
	return base64.RawURLEncoding.EncodeToString(append(raw, n.proof(raw)...))
}

func (n *nonces) proof(raw []byte) []byte {
	mac := hmac.New(sha256.New, n.secret)
	mac.Write(raw)
	return mac.Sum(nil)[:16]
}

// live reports whether a nonce is ours and not yet too old.
func (n *nonces) live(nonce string, now time.Time) bool {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != 32 || !hmac.Equal(raw[16:], n.proof(raw[:16])) {
		return false
	}
	made := time.Unix(0, int64(binary.BigEndian.Uint64(raw)))
	n.mu.Lock()
	defer n.mu.Unlock()
	return now.Sub(made) < nonceLife && !made.Before(n.since)
}

// take uses a nonce with a count, once: a repeated or smaller count is a replay.
func (n *nonces) take(nonce string, count uint32, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if count <= n.used[nonce] {
		return false
	}
	if len(n.used) >= maxNonces { // forgetting counts makes their nonces useless
		n.used, n.since = make(map[string]uint32), now
		return false
	}
	n.used[nonce] = count
	return true
}
