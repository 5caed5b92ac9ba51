package sdp

import (
	"crypto/rand"
	"log/slog"
)

// Suite is an SRTP cipher suite: how a stream is encrypted and authenticated
// (RFC 4568 §6.2).
type Suite uint8

// The suites; the zero Suite protects nothing.
const (
	Unprotected Suite = iota
	AES128SHA80       // AES_CM_128_HMAC_SHA1_80
	AES128SHA32       // AES_CM_128_HMAC_SHA1_32
)

var suiteNames = [...]string{"", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"}

// Suites lists what can be agreed on, the better first.
var Suites = []Suite{AES128SHA80, AES128SHA32}

// String returns the name that a=crypto has for the suite.
func (s Suite) String() string { return suiteNames[min(int(s), len(suiteNames)-1)] }

// Known reports whether s is one of the suites.
func (s Suite) Known() bool { return int(s) < len(suiteNames) }

// suiteNamed finds a suite by the name that a=crypto has for it.
func suiteNamed(name string) (Suite, bool) {
	for _, s := range Suites {
		if s.String() == name {
			return s, true
		}
	}
	return Unprotected, false
}

// The parts of a Key: both suites have the same (RFC 4568 §6.2).
const (
	MasterKeySize  = 16
	MasterSaltSize = 14
)

// Key is an SRTP master key followed by its salt: what stands after "inline:" in
// a=crypto, decoded. It does not show itself when it is printed.
type Key [MasterKeySize + MasterSaltSize]byte

// NewKey returns a random key.
func NewKey() Key {
	var k Key
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// String hides the key.
func (Key) String() string { return "(hidden)" }

// GoString hides the key.
func (Key) GoString() string { return "sdp.Key(hidden)" }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// Protection says how a stream is protected by SRTP (RFC 3711), in both
// directions. The zero Protection is plain RTP. With another one, what is not
// authentic is not heard. Master key identifiers, key derivation rates and
// unencrypted SRTP are not supported: the negotiation refuses them.
type Protection struct {
	Suite   Suite
	Send    Key // ours
	Receive Key // the far end's
}
