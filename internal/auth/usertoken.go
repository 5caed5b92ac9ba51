package auth

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// scp is the number that tokens of the real service carry beside their scopes,
// whatever these are.
const scp = 1792

// UserTokens issues and checks the access tokens of calling users.
type UserTokens struct{ cfg UserTokensConfig }

// UserTokensConfig is what UserTokens needs.
type UserTokensConfig struct {
	Signer   *Signer          // required
	Keys     *Keys            // required: replacing the access key revokes the tokens that it issued
	Resource string           // immutable id of the resource
	Region   string           // "" takes "local"
	Now      func() time.Time // nil: time.Now
}

// NewUserTokens returns an issuer that is ready once its signer is.
func NewUserTokens(cfg UserTokensConfig) *UserTokens {
	if cfg.Region == "" {
		cfg.Region = "local"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &UserTokens{cfg: cfg}
}

// UserToken is the content of an access token.
type UserToken struct {
	User     string // raw id, "8:acs:{resource}_{user}"
	Scopes   []string
	Minted   time.Time // to the millisecond
	Expires  time.Time // to the second
	KeyID    string    // the access key that issued it, or "" for none
	Subject  string    // of the bearer token that issued it, or "" for none
	Endpoint string    // where the user's browser finds the server
}

// Allows reports whether the token has one of the scopes.
func (t UserToken) Allows(scopes ...string) bool {
	for _, have := range t.Scopes {
		for _, want := range scopes {
			if have == want {
				return true
			}
		}
	}
	return false
}

// userClaims are the claims of the real service's tokens, which SDKs read (exp,
// acsScope, skypeid), and three of ours.
type userClaims struct {
	SkypeID          string           `json:"skypeid"`
	Scp              int              `json:"scp"`
	CSI              string           `json:"csi"`
	Expires          *jwt.NumericDate `json:"exp"`
	Region           string           `json:"rgn"`
	Scope            string           `json:"acsScope"`
	ResourceID       string           `json:"resourceId"`
	ResourceLocation string           `json:"resourceLocation"`
	IssuedAt         *jwt.NumericDate `json:"iat"`
	KeyID            string           `json:"keyId,omitempty"`
	IssuedBy         string           `json:"issuedBy,omitempty"`
	MintedMillis     int64            `json:"minted"`
	Endpoint         string           `json:"endpoint,omitempty"`
}

// The standard claims, as package jwt asks for them.
func (c userClaims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Expires, nil }
func (c userClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return c.IssuedAt, nil }
func (c userClaims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c userClaims) GetIssuer() (string, error)                   { return "", nil }
func (c userClaims) GetSubject() (string, error)                  { return c.SkypeID, nil }
func (c userClaims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// Issue signs a token. It waits for the signing key as long as ctx lets it.
func (t *UserTokens) Issue(ctx context.Context, token UserToken) (string, error) {
	skypeID, ok := strings.CutPrefix(token.User, "8:")
	if !ok {
		return "", fmt.Errorf("user %q cannot have a token: it is not a communication user", token.User)
	}
	return t.cfg.Signer.sign(ctx, userClaims{
		SkypeID:          skypeID,
		Scp:              scp,
		CSI:              strconv.FormatInt(token.Minted.Unix(), 10),
		Expires:          jwt.NewNumericDate(token.Expires),
		Region:           t.cfg.Region,
		Scope:            strings.Join(token.Scopes, ","),
		ResourceID:       t.cfg.Resource,
		ResourceLocation: t.cfg.Region,
		IssuedAt:         jwt.NewNumericDate(token.Minted),
		KeyID:            token.KeyID,
		IssuedBy:         token.Subject,
		MintedMillis:     token.Minted.UnixMilli(),
		Endpoint:         token.Endpoint,
	})
}

// NotBefore says since when tokens of a user are good; false: no such user.
type NotBefore func(user string) (time.Time, bool)

// Verify reads a token that Issue signed. A token that has expired, that was
// minted with a key since replaced or before its user's NotBefore, or whose user
// is gone, is a *Denial.
func (t *UserTokens) Verify(ctx context.Context, text string, users NotBefore) (UserToken, error) {
	if err := t.cfg.Signer.wait(ctx); err != nil { // not knowing is no denial
		return UserToken{}, err
	}
	var claims userClaims
	_, err := jwt.ParseWithClaims(text, &claims, t.cfg.Signer.verificationKey(ctx),
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.cfg.Now))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return UserToken{}, deny(SchemeBearer, "the access token expired at %s", claims.Expires.UTC().Format(time.RFC3339))
	}
	if err != nil {
		return UserToken{}, &Denial{Scheme: SchemeBearer, Reason: "the access token is not valid", Cause: err}
	}
	token := UserToken{
		User: "8:" + claims.SkypeID, Scopes: strings.Split(claims.Scope, ","),
		Minted: time.UnixMilli(claims.MintedMillis), Expires: claims.Expires.Time,
		KeyID: claims.KeyID, Subject: claims.IssuedBy, Endpoint: claims.Endpoint,
	}
	if claims.SkypeID == "" || claims.ResourceID != t.cfg.Resource {
		return UserToken{}, deny(SchemeBearer, "the token is not an access token of a user of this resource")
	}
	if token.KeyID != "" && !t.cfg.Keys.Known(token.KeyID) {
		return UserToken{}, deny(SchemeBearer, "the access key that issued this token was replaced")
	}
	since, exists := users(token.User)
	if !exists {
		return UserToken{}, deny(SchemeBearer, "the user of this access token was deleted")
	}
	if token.Minted.Before(since) {
		return UserToken{}, deny(SchemeBearer, "the access token was revoked")
	}
	return token, nil
}

// isUserToken reports whether a text looks like an access token of a calling
// user, ours or the real service's. Nothing is verified.
func isUserToken(text string) bool {
	var claims struct {
		SkypeID string `json:"skypeid"`
		jwt.RegisteredClaims
	}
	if len(text) > maxToken {
		return false
	}
	_, _, err := jwt.NewParser().ParseUnverified(text, &claims)
	return err == nil && claims.SkypeID != ""
}
