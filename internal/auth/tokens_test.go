package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const testResource = "5e8b1c5e-0000-4000-8000-000000000001"

// testSigner makes one key for all tests: making one takes a while.
var testSigner = sync.OnceValue(NewSigner)

func claimsOf(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a compact token: %q", token)
	}
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

func TestSignerSurvivesItsText(t *testing.T) {
	signer := testSigner()
	text, err := signer.PEM(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadSigner(text)
	if err != nil || again.id != signer.id {
		t.Fatalf("another key came back: %v", err)
	}
	for _, bad := range []string{"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := LoadSigner([]byte(bad)); err == nil {
			t.Errorf("loaded %q", bad)
		}
	}
}

func TestSignerWaitsNoLongerThanItsContext(t *testing.T) {
	signer := &Signer{ready: make(chan struct{})} // a key that never comes
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the client left")
	cancel(cause)
	if _, err := NewCallbacks(signer, "", testResource, nil).Token(ctx); !errors.Is(err, cause) {
		t.Fatalf("got %v", err)
	}
}

func TestCallbackTokenVerifiesAgainstThePublishedKeys(t *testing.T) {
	now := captureTime
	callbacks := NewCallbacks(testSigner(), "", testResource, func() time.Time { return now })
	first, err := callbacks.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if claims, _ := base64.RawURLEncoding.DecodeString(strings.Split(first, ".")[1]); !strings.Contains(string(claims), `"aud":"`+testResource+`"`) {
		t.Errorf("the audience is not one text: %s", claims)
	}
	if shared, _ := callbacks.Token(t.Context()); shared != first {
		t.Fatal("two callbacks of one second carry different tokens")
	}
	now = now.Add(time.Second)
	if later, _ := callbacks.Token(t.Context()); later == first {
		t.Fatal("a callback carries the token of an earlier second")
	}
	now = captureTime
	set, err := callbacks.JWKS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := parseJWKS(set)
	if err != nil {
		t.Fatal(err)
	}
	parse := func(at time.Time) error {
		_, err := jwt.Parse(first, func(token *jwt.Token) (any, error) { return keys[token.Header["kid"].(string)], nil },
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(CallbackIssuer), jwt.WithAudience(testResource),
			jwt.WithTimeFunc(func() time.Time { return at }))
		return err
	}
	if err := parse(now.Add(4*time.Minute + 59*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := parse(now.Add(5*time.Minute + time.Second)); !errors.Is(err, jwt.ErrTokenExpired) {
		t.Fatalf("after five minutes: %v", err)
	}
}

type userFixture struct {
	keys   *Keys
	tokens *UserTokens
	now    time.Time
	since  map[string]time.Time
}

func newUserFixture(t *testing.T) *userFixture {
	t.Helper()
	keys, err := NewKeys(NewKey(), NewKey())
	if err != nil {
		t.Fatal(err)
	}
	f := &userFixture{keys: keys, now: captureTime, since: map[string]time.Time{"8:acs:r_u": {}}}
	f.tokens = NewUserTokens(UserTokensConfig{Signer: testSigner(), Keys: keys, Resource: testResource, Now: func() time.Time { return f.now }})
	return f
}

func (f *userFixture) issue(t *testing.T, user string) string {
	t.Helper()
	token, err := f.tokens.Issue(t.Context(), UserToken{User: user, Scopes: []string{"chat", "voip"}, Minted: f.now,
		Expires: f.now.Add(time.Hour), KeyID: f.keys.Get(Primary).ID(), Endpoint: "https://localhost:8443"})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (f *userFixture) verify(t *testing.T, token string) (UserToken, error) {
	return f.tokens.Verify(t.Context(), token, func(user string) (time.Time, bool) {
		since, ok := f.since[user]
		return since, ok
	})
}

func TestUserTokenCarriesTheClaimsThatClientsRead(t *testing.T) {
	f := newUserFixture(t)
	header, claims := claimsOf(t, f.issue(t, "8:acs:r_u"))
	if header["alg"] != "RS256" || header["typ"] != "JWT" || header["kid"] == "" {
		t.Errorf("header %v", header)
	}
	want := map[string]any{
		"skypeid": "acs:r_u", "scp": float64(1792), "csi": strconv.FormatInt(f.now.Unix(), 10), "rgn": "local", "acsScope": "chat,voip",
		"resourceId": testResource, "resourceLocation": "local", "endpoint": "https://localhost:8443",
		"exp": float64(f.now.Add(time.Hour).Unix()), "iat": float64(f.now.Unix()),
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
}

func TestUserTokenOpensUntilItExpires(t *testing.T) {
	f := newUserFixture(t)
	token := f.issue(t, "8:acs:r_u")
	got, err := f.verify(t, token)
	if err != nil || got.User != "8:acs:r_u" || !got.Allows("voip") || got.Allows("voip.join") || !got.Minted.Equal(f.now) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got.KeyID != f.keys.Get(Primary).ID() || got.Subject != "" {
		t.Errorf("it is of %q %q", got.KeyID, got.Subject)
	}
	ofBearer, err := f.tokens.Issue(t.Context(), UserToken{User: "8:acs:r_u", Scopes: []string{"voip"}, Minted: f.now, Expires: f.now.Add(time.Hour), Subject: "app"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.verify(t, ofBearer); err != nil || got.KeyID != "" || got.Subject != "app" {
		t.Errorf("one that a bearer token made is of %q %q, %v", got.KeyID, got.Subject, err)
	}
	f.now = f.now.Add(time.Hour + time.Second)
	if _, err := f.verify(t, token); err == nil || !strings.Contains(err.Error(), "expired at 2026-11-20T14:04:00Z") {
		t.Fatalf("after its hour: %v", err)
	}
}

func TestUserTokenDies(t *testing.T) {
	tests := []struct {
		name, reason string
		kill         func(f *userFixture)
	}{
		{"with its access key", "was replaced", func(f *userFixture) { f.keys.Replace(Primary, NewKey()) }},
		{"by revocation", "was revoked", func(f *userFixture) { f.since["8:acs:r_u"] = f.now.Add(time.Millisecond) }},
		{"with its user", "was deleted", func(f *userFixture) { delete(f.since, "8:acs:r_u") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newUserFixture(t)
			token := f.issue(t, "8:acs:r_u")
			test.kill(f)
			var denial *Denial
			if _, err := f.verify(t, token); !errors.As(err, &denial) || !strings.Contains(denial.Reason, test.reason) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestOtherTokensAreNoUserTokens(t *testing.T) {
	f := newUserFixture(t)
	callback, err := NewCallbacks(testSigner(), "", testResource, func() time.Time { return f.now }).Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unsigned, _ := jwt.NewWithClaims(jwt.SigningMethodNone, userClaims{SkypeID: "acs:r_u", ResourceID: testResource,
		Expires: jwt.NewNumericDate(f.now.Add(time.Hour))}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	for name, token := range map[string]string{"callback": callback, "unsigned": unsigned, "empty": "", "noise": "a.b.c"} {
		if got, err := f.verify(t, token); err == nil {
			t.Errorf("%s token opens as %+v", name, got)
		}
	}
}

func BenchmarkCallbackToken(b *testing.B) {
	callbacks := NewCallbacks(testSigner(), "", testResource, nil)
	<-testSigner().Ready()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := callbacks.Token(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
