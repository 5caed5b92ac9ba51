// Package auth authenticates the senders of requests and issues tokens. It owns the
// two access keys of the resource and the HMAC-SHA256 signatures made with them,
// the access tokens of calling users, the bearer tokens of callbacks, and the
// verification of bearer tokens from configured OpenID Connect issuers. It obeys Azure's HMAC-SHA256 scheme in the dialects
// of its SDKs, RFC 7515, 7517, 7519, and OpenID Connect Discovery 1.0.
package auth

import (
	"net/http"
	"strings"
	"time"
)

// MaxSkew is the clock skew that a signed date may have.
const MaxSkew = 15 * time.Minute

// Principal is the authenticated sender of a request.
type Principal struct {
	KeyID   string // of the access key that signed it, or ""
	Key     string // the slot of that key: "primary", "secondary", or ""
	Issuer  string // of its bearer token, or ""
	Subject string // of that token

	// Administrator says that the sender may use the administration: the primary key
	// may, and the tokens that their issuer's configuration names.
	Administrator bool
	// Reader says that the sender may look at calls (/admin/insight), ReadOnly that it
	// may do nothing else.
	Reader, ReadOnly bool
	// Reads says that the sender may look at the whole administration, and change nothing.
	Reads bool
}

// Config is what an Authenticator needs.
type Config struct {
	Keys  *Keys            // required
	Hosts *Hosts           // names that forwarding proxies may claim; nil: none
	OIDC  *OIDC            // nil: bearer tokens are refused
	Now   func() time.Time // nil: time.Now
}

// Authenticator verifies that requests are signed with an access key or carry a
// bearer token of a configured issuer.
type Authenticator struct{ cfg Config }

// NewAuthenticator returns an authenticator that is ready to verify requests.
func NewAuthenticator(cfg Config) *Authenticator {
	if cfg.Hosts == nil {
		cfg.Hosts = NewHosts()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Authenticator{cfg: cfg}
}

// Scope is what a signature must cover, apart from the rule.
type Scope struct {
	// WithoutQuery also accepts a signature over the path alone: the SDKs sign
	// recording content so.
	WithoutQuery bool
}

// Body reads the whole body of a request. It is called once at most.
type Body func() ([]byte, error)

// Authenticate returns the sender of r. It asks for the body only when the headers
// have proved who sends it: the signature covers the hash of the body, so nothing of
// a stranger's body is read. A refusal is a *Denial; an error of body is returned as
// it is. The same signature may come again: SDKs resend it when they retry.
func (a *Authenticator) Authenticate(r *http.Request, body Body, scope Scope) (Principal, error) {
	if who, ok := vouchedFor(r); ok {
		return who, nil
	}
	header := r.Header.Get("Authorization")
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	switch {
	case header == "":
		return Principal{}, deny(SchemeNone, "the Authorization header is missing; sign the request with an access key (HMAC-SHA256)")
	case strings.EqualFold(scheme, schemeHMAC):
		return a.verifySignature(r, body, rest, scope)
	case strings.EqualFold(scheme, "Bearer"):
		return a.verifyBearer(r, strings.TrimSpace(rest))
	}
	return Principal{}, deny(SchemeNone, "unknown authorization scheme %q; known are HMAC-SHA256 and Bearer", clip(scheme))
}

func (a *Authenticator) verifyBearer(r *http.Request, token string) (Principal, error) {
	if isUserToken(token) {
		return Principal{}, deny(SchemeBearer, "this is the access token of a calling user; the APIs need an access key or a token of a configured issuer")
	}
	if a.cfg.OIDC == nil {
		return Principal{}, deny(SchemeBearer, "bearer tokens are not accepted: no OpenID Connect issuer is configured")
	}
	return a.cfg.OIDC.Verify(r.Context(), token)
}
