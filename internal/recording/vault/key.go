package vault

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// secretBytes is the length of an operator's key: 256 bits.
const secretBytes = 32

// maxKeyID bounds the id of a key, in bytes: the header has that much room.
const maxKeyID = 32

// Key encrypts files. Formatting shows its id alone.
type Key struct {
	id     string
	secret [secretBytes]byte
}

// ParseKey reads a key of 32 bytes, in base64 or in 64 hexadecimal digits. Files
// name the id, so that they are read with the right key after a rotation: letters,
// digits, dots, dashes and underscores, 32 at most. Its errors repeat no secret.
func ParseKey(id, text string) (Key, error) {
	if id == "" || len(id) > maxKeyID || strings.ContainsFunc(id, isNoIDRune) {
		return Key{}, fmt.Errorf("the id of an encryption key must have 1 to %d letters, digits, dots, dashes or underscores", maxKeyID)
	}
	text = strings.TrimSpace(text)
	secret, err := hex.DecodeString(text)
	if err != nil {
		secret, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil || len(secret) != secretBytes {
		return Key{}, fmt.Errorf("encryption key %q is not %d bytes in base64 or in hexadecimal digits (make one with: openssl rand -base64 %d)", id, secretBytes, secretBytes)
	}
	return Key{id: id, secret: [secretBytes]byte(secret)}, nil
}

func isNoIDRune(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
}

// String hides the secret.
func (k Key) String() string { return "encryption key " + k.id }

// GoString hides the secret from %#v.
func (k Key) GoString() string { return k.String() }

// LogValue hides the secret from logs.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Ring is the keys that an operator has. A nil ring has none: it makes plain files
// and reads plain files.
type Ring struct {
	current Key
	byID    map[string]Key
}

// NewRing returns a ring that encrypts with the current key and reads what it or a
// former key has encrypted.
func NewRing(current Key, former ...Key) (*Ring, error) {
	if current.id == "" {
		return nil, errors.New("an encryption key is missing")
	}
	r := &Ring{current: current, byID: map[string]Key{current.id: current}}
	for _, key := range former {
		if _, twice := r.byID[key.id]; twice {
			return nil, fmt.Errorf("two encryption keys have the id %q", key.id)
		}
		r.byID[key.id] = key
	}
	return r, nil
}

// UnknownKeyError says that a file needs a key that the operator does not list.
type UnknownKeyError struct{ ID string }

func (e *UnknownKeyError) Error() string {
	return fmt.Sprintf("the file is encrypted with the key %q, which is not listed", e.ID)
}

// get returns the key with which a file was encrypted.
func (r *Ring) get(id string) (Key, error) {
	if r != nil {
		if key, found := r.byID[id]; found {
			return key, nil
		}
	}
	return Key{}, &UnknownKeyError{id}
}
