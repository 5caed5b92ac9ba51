package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// fakeIssuer is an OpenID Connect issuer on loopback that signs with ES256 and RS256.
type fakeIssuer struct {
	server  *httptest.Server
	fetches atomic.Int32
	down    atomic.Bool
	elKey   *ecdsa.PrivateKey
	elID    atomic.Pointer[string] // kid under which the P-256 key is published
	names   string                 // issuer in the discovery document; "" takes the true one
}

func newFakeIssuer(t *testing.T) *fakeIssuer {
	t.Helper()
	f := &fakeIssuer{}
	f.elKey, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.publish("el-1")
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		f.fetches.Add(1)
		if f.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		name := f.names
		if name == "" {
			name = f.server.URL
		}
		json.NewEncoder(w).Encode(map[string]string{"issuer": name, "jwks_uri": f.server.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		text, _ := testSigner().JWKS(r.Context())
		var set jwkSet
		json.Unmarshal(text, &set)
		point, _ := f.elKey.PublicKey.Bytes()
		encode := base64.RawURLEncoding.EncodeToString
		set.Keys = append(set.Keys, jwk{Type: "EC", Curve: "P-256", ID: *f.elID.Load(), X: encode(point[1:33]), Y: encode(point[33:])}, jwk{Type: "oct", ID: "ignored"})
		json.NewEncoder(w).Encode(set)
	})
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fakeIssuer) publish(kid string) { f.elID.Store(&kid) }

func (f *fakeIssuer) claims(now time.Time) jwt.RegisteredClaims {
	return jwt.RegisteredClaims{Issuer: f.server.URL, Subject: "app", Audience: jwt.ClaimStrings{EntraAudience}, ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour))}
}

func signWith(t *testing.T, method jwt.SigningMethod, key crypto.PrivateKey, kid string, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = kid
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func bearer(token string) *http.Request {
	r := httptest.NewRequest("GET", "https://localhost:8443/rooms?api-version=2025-03-13", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func TestBearerTokensMustBeTheIssuers(t *testing.T) {
	f := newFakeIssuer(t)
	now := captureTime
	oidc, err := NewOIDC(OIDCConfig{Issuers: []Issuer{{URL: f.server.URL, Allow: Bearers{Subjects: []string{"app"}}}}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	keys, _ := NewKeys(NewKey(), NewKey())
	gate := NewAuthenticator(Config{Keys: keys, OIDC: oidc, Now: func() time.Time { return now }})
	rsaKey := testSigner()
	<-rsaKey.Ready()
	with := func(change func(c *jwt.RegisteredClaims)) jwt.RegisteredClaims {
		claims := f.claims(now)
		change(&claims)
		return claims
	}
	stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	tests := []struct{ name, token, refusal string }{
		{"ES256", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", f.claims(now)), ""},
		{"RS256", signWith(t, jwt.SigningMethodRS256, rsaKey.key, rsaKey.id, f.claims(now)), ""},
		{"just expired, within the leeway", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = jwt.NewNumericDate(now.Add(-30 * time.Second)) })), ""},
		{"expired", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = jwt.NewNumericDate(now.Add(-2 * time.Minute)) })), "expired at 2026-11-20T13:02:00Z"},
		{"without end", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = nil })), "not valid"},
		{"another audience", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", with(func(c *jwt.RegisteredClaims) { c.Audience = jwt.ClaimStrings{"https://graph"} })), `for the audience "https://graph"`},
		{"another issuer", signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", with(func(c *jwt.RegisteredClaims) { c.Issuer = "https://evil.example" })), `"https://evil.example" is not configured`},
		{"another key", signWith(t, jwt.SigningMethodES256, stranger, "el-1", f.claims(now)), "not valid"},
		{"unknown kid", signWith(t, jwt.SigningMethodES256, f.elKey, "el-9", f.claims(now)), "not valid"},
		{"key of the other algorithm", signWith(t, jwt.SigningMethodES256, f.elKey, rsaKey.id, f.claims(now)), "not valid"},
		{"HS256", signWith(t, jwt.SigningMethodHS256, []byte("secret"), "el-1", f.claims(now)), "not valid"},
		{"a calling user's", signWith(t, jwt.SigningMethodRS256, rsaKey.key, rsaKey.id, userClaims{SkypeID: "acs:r_u", ResourceID: testResource}), "access token of a calling user"},
		{"noise", "abc", "not a JSON Web Token"},
		{"overlong", strings.Repeat("a", maxToken+1), "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			who, err := gate.Authenticate(bearer(test.token), whole(nil), Scope{})
			if test.refusal == "" {
				if err != nil || who.Issuer != f.server.URL || who.Subject != "app" {
					t.Fatalf("got %+v, %v", who, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.refusal) {
				t.Fatalf("got %v, want a refusal that says %q", err, test.refusal)
			}
		})
	}
}

func TestUnknownKeyIsFetchedButNotTooOften(t *testing.T) {
	f := newFakeIssuer(t)
	now := captureTime
	oidc, _ := NewOIDC(OIDCConfig{Issuers: []Issuer{{URL: f.server.URL, Allow: Bearers{Subjects: []string{"app"}}}}, Now: func() time.Time { return now }})
	verify := func(kid string) error {
		_, err := oidc.Verify(t.Context(), signWith(t, jwt.SigningMethodES256, f.elKey, kid, f.claims(now)))
		return err
	}
	if err := verify("el-1"); err != nil || f.fetches.Load() != 1 {
		t.Fatalf("first token: %v after %d fetches", err, f.fetches.Load())
	}
	f.publish("el-2")
	if err := verify("el-2"); err == nil || f.fetches.Load() != 1 {
		t.Fatalf("within the interval: %v after %d fetches", err, f.fetches.Load())
	}
	now = now.Add(fetchInterval)
	if err := verify("el-2"); err != nil || f.fetches.Load() != 2 {
		t.Fatalf("after the interval: %v after %d fetches", err, f.fetches.Load())
	}
	f.down.Store(true)
	now = now.Add(keysMaxAge)
	if err := verify("el-2"); err != nil || f.fetches.Load() != 3 {
		t.Fatalf("old keys while the issuer is away: %v after %d fetches", err, f.fetches.Load())
	}
}

func TestDiscoveryOfAnotherIssuerIsRefused(t *testing.T) {
	f := newFakeIssuer(t)
	f.names = "https://evil.example"
	oidc, _ := NewOIDC(OIDCConfig{Issuers: []Issuer{{URL: f.server.URL, Allow: Bearers{Subjects: []string{"app"}}}}})
	if _, err := oidc.Verify(t.Context(), signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", f.claims(time.Now()))); err == nil || !strings.Contains(err.Error(), "names the issuer") {
		t.Fatalf("got %v", err)
	}
}

func TestIssuerMustBeHTTPS(t *testing.T) {
	for _, url := range []string{"http://issuer.example", "issuer.example", "", "ftp://issuer.example", "https://"} {
		if _, err := NewOIDC(OIDCConfig{Issuers: []Issuer{{URL: url}}}); err == nil {
			t.Errorf("accepted %q", url)
		}
	}
}
