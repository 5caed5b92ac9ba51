// Package auth says who sent a request. It owns the resource's two access keys
// and the HMAC-SHA256 signatures made with them, the tokens of calling users,
// the tokens that accompany callbacks, and the bearer tokens of configured
// OpenID Connect issuers. It obeys Azure's HMAC-SHA256 scheme in the dialects
// of its SDKs, RFC 7515, 7517, 7519, and OpenID Connect Discovery 1.0.
package auth

import (
	"net/http"
	"strings"
	"time"
)

// MaxSkew is how far the signed date may lie from our clock.
const MaxSkew = 15 * time.Minute

// Principal is who sent a request.
type Principal struct {
	KeyID   string // which access key signed it, or ""
	Key     string // the place of that key: "primary", "secondary", or ""
	Issuer  string // who issued its bearer token, or ""
	Subject string // whom that token names
}

// Config is what a Gate needs.
type Config struct {
	Keys  *Keys            // required
	Hosts *Hosts           // names that forwarding proxies may claim; nil: none
	OIDC  *OIDC            // nil: bearer tokens are refused
	Now   func() time.Time // nil: time.Now
}

// Gate lets requests in that an access key signed, or that carry a token of a
// configured issuer.
type Gate struct{ cfg Config }

// NewGate returns a gate that is ready to check requests.
func NewGate(cfg Config) *Gate {
	if cfg.Hosts == nil {
		cfg.Hosts = NewHosts()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Gate{cfg: cfg}
}

// Scope narrows or widens what a signature must cover.
type Scope struct {
	// WithoutQuery also accepts a signature over the path alone: the SDKs sign
	// recording content so.
	WithoutQuery bool
}

// Authenticate says who sent r, whose whole body is given. A refusal is a
// *Denial. The same signature may come again: SDKs resend it when they retry.
func (g *Gate) Authenticate(r *http.Request, body []byte, scope Scope) (Principal, error) {
	header := r.Header.Get("Authorization")
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	switch {
	case header == "":
		return Principal{}, deny(SchemeNone, "the Authorization header is missing; sign the request with an access key (HMAC-SHA256)")
	case strings.EqualFold(scheme, schemeHMAC):
		return g.signed(r, body, rest, scope)
	case strings.EqualFold(scheme, "Bearer"):
		return g.bearer(r, strings.TrimSpace(rest))
	}
	return Principal{}, deny(SchemeNone, "unknown authorization scheme %q; known are HMAC-SHA256 and Bearer", clip(scheme))
}

func (g *Gate) bearer(r *http.Request, token string) (Principal, error) {
	if isUserToken(token) {
		return Principal{}, deny(SchemeBearer, "this is the access token of a calling user; the APIs want an access key or a token of a configured issuer")
	}
	if g.cfg.OIDC == nil {
		return Principal{}, deny(SchemeBearer, "bearer tokens are not accepted: no OpenID Connect issuer is configured")
	}
	return g.cfg.OIDC.Verify(r.Context(), token)
}
