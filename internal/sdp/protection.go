package sdp

import (
	"crypto/rand"
	"log/slog"
)

// Suite is an SRTP cipher suite: how a stream is encrypted and authenticated
// (RFC 4568 §6.2, RFC 6188, RFC 7714).
type Suite uint8

// The suites; the zero Suite protects nothing.
const (
	Unprotected Suite = iota
	AES128SHA80       // AES_CM_128_HMAC_SHA1_80
	AES128SHA32       // AES_CM_128_HMAC_SHA1_32
	AES256SHA80       // AES_256_CM_HMAC_SHA1_80
	AES256SHA32       // AES_256_CM_HMAC_SHA1_32
	AES128GCM         // AEAD_AES_128_GCM
	AES256GCM         // AEAD_AES_256_GCM
	CM256SHA80        // AES256SHA80 under the name that some phones write: AES_CM_256_HMAC_SHA1_80
	CM256SHA32        // AES256SHA32, AES_CM_256_HMAC_SHA1_32
)

// forms are the names that a=crypto has for the suites, and the parts of their keys.
var forms = [...]struct {
	name      string
	key, salt int // bytes of the master key and of its salt
}{
	{}, {"AES_CM_128_HMAC_SHA1_80", 16, 14}, {"AES_CM_128_HMAC_SHA1_32", 16, 14}, {"AES_256_CM_HMAC_SHA1_80", 32, 14},
	{"AES_256_CM_HMAC_SHA1_32", 32, 14}, {"AEAD_AES_128_GCM", 16, 12}, {"AEAD_AES_256_GCM", 32, 12},
	{"AES_CM_256_HMAC_SHA1_80", 32, 14}, {"AES_CM_256_HMAC_SHA1_32", 32, 14},
}

// Suites lists what can be agreed on.
var Suites = []Suite{AES128SHA80, AES128SHA32, AES256SHA80, AES256SHA32, AES128GCM, AES256GCM, CM256SHA80, CM256SHA32}

// String returns the name that a=crypto has for the suite.
func (s Suite) String() string { return forms[min(int(s), len(forms)-1)].name }

// HasShortTag reports whether the tags of RTP have four bytes.
func (s Suite) HasShortTag() bool { return s == AES128SHA32 || s == AES256SHA32 || s == CM256SHA32 }

// IsAEAD reports whether one algorithm encrypts and authenticates (RFC 7714).
func (s Suite) IsAEAD() bool { return s == AES128GCM || s == AES256GCM }

// Known reports whether s is one of the suites.
func (s Suite) Known() bool { return int(s) < len(forms) }

// suiteNamed finds a suite by the name that a=crypto has for it.
func suiteNamed(name string) (Suite, bool) {
	for _, s := range Suites {
		if s.String() == name {
			return s, true
		}
	}
	return Unprotected, false
}

// The longest parts of a Key.
const (
	MaxMasterKey  = 32
	MaxMasterSalt = 14
)

// Key is an SRTP master key followed by its salt: what stands after "inline:" in
// a=crypto, decoded; the rest of it, for suites that need less, is not used. It does not
// show itself when it is printed.
type Key [MaxMasterKey + MaxMasterSalt]byte

// Parts are the master key of a suite and its salt.
func (k *Key) Parts(of Suite) (key, salt []byte) {
	form := forms[of]
	return k[:form.key], k[form.key : form.key+form.salt]
}

// size is how many bytes of a Key a suite uses.
func (s Suite) size() int { return forms[s].key + forms[s].salt }

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
// authentic is not heard. Several keys, key derivation rates and unencrypted SRTP are
// not supported: the negotiation refuses them.
type Protection struct {
	Suite      Suite
	Send       Key // ours, whose packets have no identifier
	Receive    Key // the far end's
	Identifier int // bytes of the master key identifier in its packets (RFC 3711 §3.1); 0: there is none
}
