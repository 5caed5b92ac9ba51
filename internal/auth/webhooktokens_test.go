package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
)

// tokenEndpoint is an issuer's token endpoint on loopback.
type tokenEndpoint struct {
	server *httptest.Server
	asked  atomic.Int32
	mu     sync.Mutex
	forms  []url.Values
	answer func(n int32) (status int, body string)
}

func newTokenEndpoint(t *testing.T, answer func(n int32) (int, string)) *tokenEndpoint {
	t.Helper()
	e := &tokenEndpoint{answer: answer}
	e.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := e.asked.Add(1)
		_ = r.ParseForm()
		e.mu.Lock()
		e.forms = append(e.forms, r.PostForm)
		e.mu.Unlock()
		status, body := e.answer(n)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(e.server.Close)
	return e
}

// numbered gives a new token each time, good for an hour.
func numbered(n int32) (int, string) {
	return 200, fmt.Sprintf(`{"token_type":"Bearer","expires_in":3600,"access_token":"token-%d"}`, n)
}

// clock is a time that a test moves.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

func webhookTokens(t *testing.T, c *clock, issuer WebhookIssuer) *WebhookTokens {
	t.Helper()
	tokens, err := NewWebhookTokens(WebhookTokensConfig{
		Issuers: []WebhookIssuer{issuer}, Signer: testSigner(), Base: func() string { return "https://calls.example.com" }, Now: c.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

const application = "api://webhook"

func TestTokenIsAskedForOnceAndRenewedBeforeItExpires(t *testing.T) {
	issuer, c := newTokenEndpoint(t, numbered), newClock()
	tokens := webhookTokens(t, c, WebhookIssuer{Tenant: "Contoso", Endpoint: issuer.server.URL, ClientID: "me", ClientSecret: "hush"})
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "token-1"}, {47 * time.Minute, "token-1"}, {2 * time.Minute, "token-2"}, {2 * time.Hour, "token-3"}} {
		c.advance(step.after)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if got, err := tokens.Token(t.Context(), "CONTOSO", application); err != nil || got != step.want {
					t.Errorf("after %v: %q, %v; want %q", step.after, got, err, step.want)
				}
			})
		}
		all.Wait()
	}
	if other, err := tokens.Token(t.Context(), "contoso", "another"); err != nil || other != "token-4" {
		t.Errorf("for another application: %q, %v", other, err)
	}
	form := issuer.forms[0]
	for name, want := range map[string]string{
		"grant_type": "client_credentials", "client_id": "me", "client_secret": "hush", "scope": "api://webhook/.default", "audience": application,
	} {
		if form.Get(name) != want {
			t.Errorf("asked with %s %q, want %q", name, form.Get(name), want)
		}
	}
}

// TestTokensFollowAClockThatIsSet: who reads a token goes by the clock of the machine, and refuses
// one of the future, or one that has expired by that clock.
func TestTokensFollowAClockThatIsSet(t *testing.T) {
	issuer, c := newTokenEndpoint(t, numbered), newClock()
	tokens := webhookTokens(t, c, WebhookIssuer{Tenant: "contoso", Endpoint: issuer.server.URL, ClientID: "me", ClientSecret: "hush"})
	for _, step := range []struct {
		set  time.Duration
		want string
	}{{0, "token-1"}, {-30 * 24 * time.Hour, "token-2"}, {time.Minute, "token-2"}, {30 * 24 * time.Hour, "token-3"}} {
		c.advance(step.set)
		if got, err := tokens.Token(t.Context(), "contoso", application); err != nil || got != step.want {
			t.Errorf("set by %v: %q, %v; want %q", step.set, got, err, step.want)
		}
	}
	made, err := NewWebhookTokens(WebhookTokensConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if now := made.now(); now != now.Round(0) {
		t.Errorf("its clock %v passes over the times at which the clock of the machine is set", now)
	}
}

// TestTokenIsAskedForAgainOnANewConnection: the endpoint ends each connection that
// is kept from an earlier request.
func TestTokenIsAskedForAgainOnANewConnection(t *testing.T) {
	issuer := outboundtest.NewForgetful(t, false, true, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token"}`)
	})
	tokens := webhookTokens(t, newClock(), WebhookIssuer{Tenant: "contoso", Endpoint: issuer.URL, ClientID: "me", ClientSecret: "hush"})
	for _, application := range []string{"one", "two"} {
		if got, err := tokens.Token(t.Context(), "contoso", application); err != nil || got != "token" {
			t.Errorf("for %s: %q, %v", application, got, err)
		}
	}
}

func TestOldTokenIsUsedWhileTheIssuerIsDown(t *testing.T) {
	issuer, c := newTokenEndpoint(t, func(n int32) (int, string) {
		if n == 1 || n == 4 {
			return numbered(n)
		}
		return 503, "out of order"
	}), newClock()
	tokens := webhookTokens(t, c, WebhookIssuer{Tenant: "contoso", Endpoint: issuer.server.URL, ClientID: "me", ClientSecret: "hush"})
	for _, step := range []struct {
		after time.Duration
		want  string
		asked int32
	}{
		{0, "token-1", 1}, {50 * time.Minute, "token-1", 2}, {time.Second, "token-1", 2}, // it is not asked at every delivery
		{9 * time.Minute, "", 3}, {time.Second, "", 3}, {5 * time.Second, "token-4", 4},
	} {
		c.advance(step.after)
		got, err := tokens.Token(t.Context(), "contoso", application)
		if got != step.want || (err == nil) != (step.want != "") || issuer.asked.Load() != step.asked {
			t.Errorf("after %v: %q, %v, asked %d times; want %q, %d", step.after, got, err, issuer.asked.Load(), step.want, step.asked)
		}
	}
}

func TestIssuerThatGivesNoToken(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		says   string
	}{
		{"refused", 401, `{"error":"invalid_client","error_description":"AADSTS7000215: the secret hush is wrong"}`, "401 invalid_client: AADSTS7000215: the secret *** is wrong"},
		{"no JSON", 200, "<html>", "no access_token"},
		{"no token", 200, "{}", "no access_token"},
		{"another kind", 200, `{"access_token":"x","token_type":"mac"}`, "not Bearer"},
		{"a redirect", 302, "", "302"},
		{"a header in it", 200, `{"access_token":"x\r\nX-Other: y"}`, "a header cannot carry"},
	} {
		t.Run(row.name, func(t *testing.T) {
			issuer := newTokenEndpoint(t, func(int32) (int, string) { return row.status, row.body })
			tokens := webhookTokens(t, newClock(), WebhookIssuer{Tenant: "contoso", Endpoint: issuer.server.URL, ClientID: "me", ClientSecret: "hush"})
			_, err := tokens.Token(t.Context(), "contoso", application)
			if err == nil || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
}

func TestTokenOfOurOwnHasEntrasClaims(t *testing.T) {
	c := newClock()
	tokens := webhookTokens(t, c, WebhookIssuer{Tenant: "11111111-AAAA-2222-3333-444444444444"})
	text, err := tokens.Token(t.Context(), "11111111-aaaa-2222-3333-444444444444", application)
	if err != nil {
		t.Fatal(err)
	}
	keys, ours := tokens.Issuer("11111111-AAAA-2222-3333-444444444444")
	if !ours {
		t.Fatal("it is not ours")
	}
	set, err := keys.JWKS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	public, err := parseJWKS(set)
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.MapClaims
	_, err = jwt.ParseWithClaims(text, &claims, func(token *jwt.Token) (any, error) { return public[token.Header["kid"].(string)], nil },
		jwt.WithTimeFunc(c.now), jwt.WithAudience(application), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithIssuer("https://calls.example.com/entra/11111111-aaaa-2222-3333-444444444444/v2.0"))
	if err != nil || keys.Issuer() != claims["iss"] {
		t.Fatalf("%v, %v", err, claims)
	}
	for name, want := range map[string]any{
		"aud": application, "tid": "11111111-aaaa-2222-3333-444444444444", "appid": GridApplication, "azp": GridApplication,
		"idtyp": "app", "ver": "2.0", "iat": float64(c.now().Unix()), "exp": float64(c.now().Add(time.Hour).Unix()),
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if roles := claims["roles"].([]any); len(roles) != 1 || roles[0] != GridRole {
		t.Errorf("roles are %v", roles)
	}
}

func TestWebhookIssuersThatAreRefused(t *testing.T) {
	const endpoint = "https://login.example/token"
	for says, list := range map[string][]WebhookIssuer{
		"neither a GUID nor a domain": {{Tenant: ""}},
		`"a/b" is neither`:            {{Tenant: "a/b"}},
		"configured twice":            {{Tenant: "a"}, {Tenant: "A"}},
		"no token endpoint":           {{Tenant: "a", ClientID: "me"}},
		"no client id":                {{Tenant: "a", Endpoint: endpoint, ClientSecret: "hush"}},
		"no client secret":            {{Tenant: "a", Endpoint: endpoint, ClientID: "me"}},
		"does not begin with https":   {{Tenant: "a", Endpoint: "http://login.example/token", ClientID: "me", ClientSecret: "hush"}},
	} {
		if _, err := NewWebhookTokens(WebhookTokensConfig{Issuers: list}); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestTokenWaitsNoLongerThanItsCaller(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	issuer := newTokenEndpoint(t, func(n int32) (int, string) { <-hang; return numbered(n) })
	tokens := webhookTokens(t, newClock(), WebhookIssuer{Tenant: "contoso", Endpoint: issuer.server.URL, ClientID: "me", ClientSecret: "hush"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tokens.Token(ctx, "contoso", application); err == nil {
		t.Error("there is a token")
	}
}

func TestRememberedTokensAreBounded(t *testing.T) {
	c := newClock()
	tokens := webhookTokens(t, c, WebhookIssuer{Tenant: "contoso"})
	tokens.sources["contoso"] = instantSource{c}
	for i := range 2 * maxWebhookTokens {
		if _, err := tokens.Token(t.Context(), "contoso", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := tokens.tokens.Len(c.now()); n != maxWebhookTokens {
		t.Errorf("%d tokens are remembered", n)
	}
	c.advance(2 * time.Hour)
	if _, err := tokens.Token(t.Context(), "contoso", "new"); err != nil || tokens.tokens.Len(c.now()) != 1 {
		t.Errorf("%d tokens are remembered, %v", tokens.tokens.Len(c.now()), err)
	}
}

type instantSource struct{ c *clock }

func (s instantSource) fetch(context.Context, string) (string, time.Time, error) {
	return "token", s.c.now().Add(time.Hour), nil
}

func TestSecretDoesNotPrint(t *testing.T) {
	issuer := WebhookIssuer{Tenant: "a", ClientSecret: "hush"}
	asJSON, _ := json.Marshal(issuer)
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, nil)).Info("issuer", "secret", issuer.ClientSecret)
	if text := fmt.Sprintf("%v %+v %#v %s %s", issuer, issuer, issuer, asJSON, out.String()); strings.Contains(text, "hush") {
		t.Error(text)
	}
}
