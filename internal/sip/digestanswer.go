package sip

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/trunk"
)

// sessionKey is what stands for the password in the answers to a realm whose algorithm
// ends in "-sess": it is made of the nonce of the challenge and of the client nonce of
// its first answer, and lasts until the realm challenges again, also over the nonces that
// it tells meanwhile (RFC 7616 §3.4.2).
type sessionKey struct{ a1, cnonce string }

// cutSession splits the name of an algorithm into its hash and whether it has sessions.
func cutSession(algorithm string) (hash string, hasSession bool) {
	const suffix = "-sess"
	if at := len(algorithm) - len(suffix); at > 0 && strings.EqualFold(algorithm[at:], suffix) {
		return algorithm[:at], true
	}
	return algorithm, false
}

// answer writes the credentials that a request shows to the realm.
func (r *realmNonce) answer(of *trunk.Trunk, request *sip.Request) (string, error) {
	options := digest.Options{
		Method: string(request.Method), URI: request.Recipient.String(), Count: r.count,
		Username: of.Username, Password: string(of.Password),
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(request.Body())), nil },
	}
	if r.hasSession {
		if r.session.a1 == "" {
			r.beginSession(of)
		}
		options.A1, options.Cnonce = r.session.a1, r.session.cnonce
	}
	answer, err := digest.Digest(r.challenge, options)
	if err != nil {
		return "", err
	}
	answer.Algorithm = r.algorithm
	text, extra := answer.String(), ""
	if r.hasSession && answer.QOP == "" { // the realm could not check the answer without it
		extra = `, cnonce="` + r.session.cnonce + `"`
	}
	if r.emptyOpaque { // RFC 7616 §3.4: unchanged
		extra += `, opaque=""`
	}
	at := strings.LastIndex(text, ", response=") // some want that to be the last
	return text[:at] + extra + text[at:], nil
}

// beginSession makes the key of the session that the challenge begins.
func (r *realmNonce) beginSession(of *trunk.Trunk) {
	r.session.cnonce = rand.Text()[:16]
	secret := hashOf(r.challenge.Algorithm, of.Username, r.challenge.Realm, string(of.Password))
	r.session.a1 = hashOf(r.challenge.Algorithm, secret, r.challenge.Nonce, r.session.cnonce)
}

// hashOf is H of RFC 7616 §3.3, over parts with colons between them.
func hashOf(algorithm string, parts ...string) string {
	var h hash.Hash
	switch strings.ToUpper(algorithm) {
	case "SHA-512-256":
		h = sha512.New512_256()
	case "SHA-256":
		h = sha256.New()
	default:
		h = md5.New()
	}
	_, _ = io.WriteString(h, strings.Join(parts, ":"))
	return hex.EncodeToString(h.Sum(nil))
}
