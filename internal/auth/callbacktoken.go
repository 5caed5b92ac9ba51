package auth

import (
	"context"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// CallbackIssuer is the issuer of callback tokens on the real service, which
// applications have in their configuration.
const CallbackIssuer = "https://acscallautomation.communication.azure.com"

// callbackLifetime is how long a callback's token is good.
const callbackLifetime = 5 * time.Minute

// Callbacks is the issuer of the bearer tokens (JWT) that callbacks carry, so that
// an application can verify who calls it.
type Callbacks struct {
	signer   *Signer
	issuer   string
	audience string
	now      func() time.Time

	mu   sync.Mutex
	last callbackToken
}

// callbackToken is a token and the second that it was signed in.
type callbackToken struct {
	text   string
	second int64
}

// callbackClaims has the audience as one text (RFC 7519 §4.1.3 permits it), as
// Microsoft's libraries write it; the package jwt would write a list.
type callbackClaims struct {
	jwt.RegisteredClaims
	Audience string `json:"aud"`
}

// NewCallbacks signs for an issuer ("" takes CallbackIssuer) and an audience,
// the immutable id of the resource.
func NewCallbacks(signer *Signer, issuer, audience string, now func() time.Time) *Callbacks {
	if issuer == "" {
		issuer = CallbackIssuer
	}
	if now == nil {
		now = time.Now
	}
	return &Callbacks{signer: signer, issuer: issuer, audience: audience, now: now}
}

// Issuer returns the issuer of the tokens.
func (c *Callbacks) Issuer() string { return c.issuer }

// Token returns a token of this second, good for five minutes. Callbacks of the
// same second share it: its times have no finer unit, it names no event, and a
// signature costs more than all the rest of a delivery (docs/decisions/0004). It
// waits for the signing key as long as ctx lets it.
func (c *Callbacks) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if second := c.now().Unix(); c.last.text == "" || c.last.second != second {
		text, err := c.TokenFor(ctx, callbackLifetime)
		if err != nil {
			return "", err
		}
		c.last = callbackToken{text, second}
	}
	return c.last.text, nil
}

// TokenFor returns a new token with another lifetime: the sockets of media
// streaming carry one of a day.
func (c *Callbacks) TokenFor(ctx context.Context, lifetime time.Duration) (string, error) {
	now := c.now()
	return c.signer.sign(ctx, callbackClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    c.issuer,
			ID:        uuid.NewString(),
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(lifetime)),
		},
		Audience: c.audience,
	})
}

// JWKS returns the public keys that verify the tokens.
func (c *Callbacks) JWKS(ctx context.Context) ([]byte, error) { return c.signer.JWKS(ctx) }
