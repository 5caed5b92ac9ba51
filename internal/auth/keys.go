package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
)

const (
	newKeyBytes = 64 // as long as the service's own keys
	minKeyBytes = 16
	maxKeyBytes = 1024
)

// Key is one access key. Formatting shows its id; Base64 returns the secret.
type Key struct {
	secret   []byte
	id       string
	signings *sync.Pool // of *signing with the secret
}

// NewKey makes a random access key of 64 bytes.
func NewKey() Key {
	secret := make([]byte, newKeyBytes)
	rand.Read(secret) // never fails: crypto/rand ends the program instead
	return keyOf(secret)
}

// ParseKey reads an access key in base64, as connection strings hold it.
func ParseKey(text string) (Key, error) {
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Key{}, fmt.Errorf("access key is not base64") // the cause would quote the key
	}
	if len(secret) < minKeyBytes || len(secret) > maxKeyBytes {
		return Key{}, fmt.Errorf("access key has %d bytes; it must have %d to %d", len(secret), minKeyBytes, maxKeyBytes)
	}
	return keyOf(secret), nil
}

func keyOf(secret []byte) Key {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("switchhook key id"))
	return Key{
		secret: secret, id: hex.EncodeToString(mac.Sum(nil)[:8]),
		signings: &sync.Pool{New: func() any { return &signing{mac: hmac.New(sha256.New, secret)} }},
	}
}

// ID identifies the key without revealing it. Two keys have different ids.
func (k Key) ID() string { return k.id }

// Base64 returns the secret as connection strings hold it.
func (k Key) Base64() string { return base64.StdEncoding.EncodeToString(k.secret) }

// String returns a text that hides the secret.
func (k Key) String() string { return "access key " + k.id }

// GoString hides the secret from %#v.
func (k Key) GoString() string { return k.String() }

// LogValue hides the secret from logs.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Slot is the place of a key in its pair.
type Slot int

// The slots of a pair.
const (
	Primary Slot = iota
	Secondary
)

// String names the slot: "primary" or "secondary".
func (s Slot) String() string {
	if s == Secondary {
		return "secondary"
	}
	return "primary"
}

// Keys are the two access keys of the resource. Both are valid, so that one can be
// replaced while applications use the other. Safe for concurrent use.
type Keys struct{ pair atomic.Pointer[[2]Key] }

// NewKeys returns the pair of two keys, which must differ.
func NewKeys(primary, secondary Key) (*Keys, error) {
	if primary.id == "" || secondary.id == "" || primary.id == secondary.id {
		return nil, fmt.Errorf("a resource needs two different access keys")
	}
	keys := &Keys{}
	keys.pair.Store(&[2]Key{primary, secondary})
	return keys, nil
}

// Get returns the key in a slot.
func (k *Keys) Get(slot Slot) Key { return k.pair.Load()[slot] }

// Replace puts another key in a slot. Requests that the old one signed, and the
// user tokens that it issued, are refused from then on.
func (k *Keys) Replace(slot Slot, key Key) error {
	for {
		old := k.pair.Load()
		if key.id == "" || old[1-slot].id == key.id {
			return fmt.Errorf("a resource needs two different access keys")
		}
		pair := *old
		pair[slot] = key
		if k.pair.CompareAndSwap(old, &pair) {
			return nil
		}
	}
}

// Rotate puts a new random key in a slot and returns it.
func (k *Keys) Rotate(slot Slot) (Key, error) {
	key := NewKey()
	return key, k.Replace(slot, key)
}

// Known reports whether a key of that id is in use.
func (k *Keys) Known(id string) bool {
	_, known := k.SlotOf(id)
	return known
}

// SlotOf returns the slot of the key of that id; false where none in use has it.
func (k *Keys) SlotOf(id string) (Slot, bool) {
	pair := k.pair.Load()
	for _, slot := range [...]Slot{Primary, Secondary} {
		if id != "" && pair[slot].id == id {
			return slot, true
		}
	}
	return Primary, false
}

// Holds reports whether a text is one of the keys, in base64. It takes the same
// time for every text of a length.
func (k *Keys) Holds(text string) bool {
	pair := k.pair.Load()
	primary := subtle.ConstantTimeCompare([]byte(pair[Primary].Base64()), []byte(text))
	secondary := subtle.ConstantTimeCompare([]byte(pair[Secondary].Base64()), []byte(text))
	return primary|secondary == 1
}

// String hides the secrets.
func (k *Keys) String() string {
	pair := k.pair.Load()
	return pair[Primary].String() + ", " + pair[Secondary].String()
}

// LogValue hides the secrets from logs.
func (k *Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }
