package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// EntraAudience is the audience that Azure's SDKs ask tokens for.
const EntraAudience = "https://communication.azure.com"

// Issuer is an OpenID Connect issuer. Of its tokens, those that Allow or Administer
// names may use the APIs: an issuer such as Entra gives tokens for our audience to
// every application of a tenant.
type Issuer struct {
	URL        string   // exactly as its tokens and its discovery document write it
	Audiences  []string // empty takes EntraAudience
	Allow      Bearers  // whose tokens may use the APIs
	Administer Bearers  // whose tokens may use the administration too
	Read       Bearers  // whose tokens may look at calls, and do nothing else
	Console    Client   // by which people sign in to the console; zero: they do not
}

// OIDCConfig is what OIDC needs.
type OIDCConfig struct {
	Issuers []Issuer
	Client  *http.Client     // nil: one with a timeout of ten seconds
	Leeway  time.Duration    // tolerated clock skew; 0 takes one minute
	Now     func() time.Time // nil: time.Now
}

// OIDC verifies bearer tokens of configured issuers. Safe for concurrent use.
type OIDC struct {
	issuers map[string]*issuer
	leeway  time.Duration
	now     func() time.Time
}

type issuer struct {
	Issuer
	client    *http.Client // that follows no redirect
	audiences []string
	keys      *issuerKeys
}

// NewOIDC checks the configuration; it fetches nothing yet.
func NewOIDC(cfg OIDCConfig) (*OIDC, error) {
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: fetchTimeout}
	}
	if cfg.Leeway == 0 {
		cfg.Leeway = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	o := &OIDC{issuers: make(map[string]*issuer), leeway: cfg.Leeway, now: cfg.Now}
	still := *cfg.Client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, each := range cfg.Issuers {
		if err := checkFetchURL(each.URL); err != nil {
			return nil, fmt.Errorf("OpenID Connect issuer: %w", err)
		}
		audiences := each.Audiences
		if len(audiences) == 0 {
			audiences = []string{EntraAudience}
		}
		o.issuers[each.URL] = &issuer{Issuer: each, client: &still, audiences: audiences, keys: newIssuerKeys(each.URL, cfg.Client, cfg.Now)}
	}
	return o, nil
}

// checkFetchURL asks for https: whoever can alter the answer can make himself
// any token. Loopback may go without.
func checkFetchURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is not an absolute URL", text)
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(withoutPort(u.Host))) {
		return fmt.Errorf("%q does not begin with https", text)
	}
	return nil
}

// maxToken bounds a bearer token, in bytes.
const maxToken = 16 << 10

// Verify verifies a token and returns its issuer and subject, and what it may do. A
// refusal is a *Denial.
func (o *OIDC) Verify(ctx context.Context, text string) (Principal, error) {
	if len(text) > maxToken {
		return Principal{}, deny(SchemeBearer, "the bearer token is longer than %d bytes", maxToken)
	}
	var unverified jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(text, &unverified); err != nil {
		return Principal{}, &Denial{Scheme: SchemeBearer, Reason: "the bearer token is not a JSON Web Token", Cause: err}
	}
	from, known := o.issuers[unverified.Issuer]
	if !known {
		return Principal{}, deny(SchemeBearer, "the bearer token's issuer %q is not configured here", clip(unverified.Issuer))
	}
	var claims bearerClaims
	_, err := jwt.ParseWithClaims(text, &claims, from.keys.keyfunc(ctx),
		jwt.WithValidMethods([]string{"RS256", "ES256"}), jwt.WithExpirationRequired(),
		jwt.WithLeeway(o.leeway), jwt.WithTimeFunc(o.now), jwt.WithAudience(from.audiences...))
	switch {
	case err == nil:
		return from.admit(claims)
	case errors.Is(err, jwt.ErrTokenExpired):
		return Principal{}, deny(SchemeBearer, "the bearer token expired at %s; the server's clock says %s", claims.ExpiresAt.UTC().Format(time.RFC3339), o.now().UTC().Format(time.RFC3339))
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return Principal{}, deny(SchemeBearer, "the bearer token is for the audience %q; required is %q", clip(strings.Join(claims.Audience, " ")), strings.Join(from.audiences, " "))
	}
	return Principal{}, &Denial{Scheme: SchemeBearer, Reason: "the bearer token is not valid", Cause: err}
}
