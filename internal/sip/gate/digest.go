package gate

import (
	"cmp"
	"crypto/subtle"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// Verdict is what a caller's credentials are worth.
type Verdict uint8

// The verdicts.
const (
	Absent Verdict = iota // none, or none that we could check: a challenge helps
	Stale                 // right, but signed over an old or used nonce
	Wrong
	Right
)

// maxCredentials bounds an Authorization header.
const maxCredentials = 2048

// Digest is digest authentication (RFC 3261 §22, RFC 7616): it challenges and
// verifies. It knows no passwords.
type Digest struct {
	realm      string
	algorithms []string
	nonces     *nonces
}

func newDigest(realm string, algorithms []string) *Digest {
	return &Digest{realm: realm, algorithms: algorithms, nonces: newNonces()}
}

// Credentials returns a request's credentials for our realm; nil without any.
func (d *Digest) Credentials(request *sip.Request) *digest.Credentials {
	for _, value := range header.Values(request, "Authorization") {
		if len(value) > maxCredentials {
			continue
		}
		given := parseCredentials(value)
		if given != nil && given.Realm == d.realm && (given.QOP == "" || given.QOP == "auth") && !given.Userhash {
			return given
		}
	}
	return nil
}

// parseCredentials reads an Authorization field; nil where it is no digest.
func parseCredentials(value string) *digest.Credentials {
	params, ok := header.DigestParams(value, "Digest")
	if !ok {
		return nil
	}
	given := &digest.Credentials{
		Username: params["username"], Realm: params["realm"], Nonce: params["nonce"], URI: params["uri"], Response: params["response"],
		Algorithm: params["algorithm"], Cnonce: params["cnonce"], Opaque: params["opaque"], QOP: strings.ToLower(params["qop"]),
		Userhash: strings.EqualFold(params["userhash"], "true"),
	}
	if text, counted := params["nc"]; counted {
		count, err := strconv.ParseInt(text, 16, 32)
		if err != nil {
			return nil
		}
		given.Nc = int(count)
	}
	return given
}

// signsFreshNonce reports whether a request may cost a transaction: its
// credentials sign a nonce that we gave a moment ago.
func (d *Digest) signsFreshNonce(request *sip.Request, now time.Time) bool {
	given := d.Credentials(request)
	return given != nil && d.nonces.isLive(given.Nonce, now)
}

// Offers reports whether our challenges have the algorithm of credentials: no
// other is taken.
func (d *Digest) Offers(given *digest.Credentials) bool {
	return slices.Contains(d.algorithms, Algorithm(given))
}

// Algorithm is the one that credentials were made with (RFC 7616 §3.4).
func Algorithm(given *digest.Credentials) string {
	return strings.ToUpper(cmp.Or(given.Algorithm, "MD5"))
}

// IsFor reports whether credentials were signed for this request: a proxy may
// have changed the host of the Request-URI, but not whom it calls. Some sign the
// server's address alone, as sipp does. Escapes, and what follows the host, are
// written in many ways.
func IsFor(given *digest.Credentials, request *sip.Request) bool {
	var uri sip.Uri
	if sip.ParseUri(given.URI, &uri) != nil {
		return false
	}
	user := header.User(&uri)
	return user == "" || user == header.User(&request.Recipient)
}

// Verify tells what credentials are worth; secret has the password, or the hash
// that stands for it. known is false where nobody has that name: it costs as much
// time as a known one.
func (d *Digest) Verify(given *digest.Credentials, method sip.RequestMethod, secret digest.Options, known bool, now time.Time) Verdict {
	challenge := &digest.Challenge{Realm: given.Realm, Nonce: given.Nonce, Algorithm: Algorithm(given)}
	if given.QOP != "" {
		challenge.QOP = []string{given.QOP}
	} else {
		given.Nc = 1 // RFC 2069: no count, so one use
	}
	secret.Method, secret.URI, secret.Count = string(method), given.URI, given.Nc
	secret.Cnonce, secret.Username = given.Cnonce, given.Username
	want, err := digest.Digest(challenge, secret)
	isLive := d.nonces.isLive(given.Nonce, now)
	switch {
	case err != nil:
		return Absent
	case subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(given.Response))) != 1 || !known:
		if !isLive {
			return Absent
		}
		return Wrong
	case !isLive, given.Nc < 1, given.Nc > math.MaxInt32, !d.nonces.take(given.Nonce, uint32(given.Nc), now):
		return Stale
	}
	return Right
}

// WasTold reports whether a host was sent the nonce of credentials that are right: who has it
// from elsewhere may write any source over UDP.
func (d *Digest) WasTold(host netip.Addr, given *digest.Credentials) bool {
	return d.nonces.isOf(given.Nonce, host)
}

// Challenges ask a host for credentials. They offer the configured algorithms, the first one to whoever reads but
// one (RFC 8760 §2.4).
func (d *Digest) Challenges(isStale bool, to netip.Addr, now time.Time) (list []sip.Header) {
	nonce := d.nonces.fresh(to, now)
	for _, algorithm := range d.algorithms {
		value := `Digest realm="` + d.realm + `", nonce="` + nonce + `", algorithm=` + algorithm + `, qop="auth"`
		if isStale {
			value += ", stale=true"
		}
		list = append(list, sip.NewHeader("WWW-Authenticate", value))
	}
	return list
}
