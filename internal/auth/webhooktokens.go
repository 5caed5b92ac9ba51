package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/outbound"
)

// Secret is a text that logs and formatting hide.
type Secret string

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// String hides the secret.
func (Secret) String() string { return "***" }

// GoString hides the secret.
func (Secret) GoString() string { return "***" }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// WebhookIssuer is the issuer of the tokens for a tenant's webhooks.
type WebhookIssuer struct {
	Tenant string // as subscriptions name it in azureActiveDirectoryTenantId
	// Endpoint is an outside issuer's token endpoint, which gives tokens to
	// ClientID for ClientSecret. Empty: this server signs them itself.
	Endpoint     string
	ClientID     string
	ClientSecret Secret
	Scope        string // asked for; empty takes the application's id or URI and /.default
}

// WebhookTokensConfig is what WebhookTokens needs.
type WebhookTokensConfig struct {
	Issuers []WebhookIssuer
	Signer  *Signer          // signs for tenants without an Endpoint
	Base    func() string    // this server's public address, which its own issuers' begin with; may block
	Client  *http.Client     // nil: one with a timeout of ten seconds
	Now     func() time.Time // nil: the clock of the machine
}

// WebhookTokens is a cache of the bearer tokens that protected webhooks ask for:
// one for each tenant and application, used until it is about to expire. Safe for
// concurrent use.
type WebhookTokens struct {
	sources map[string]tokenSource // by tenant, in small letters
	now     func() time.Time
	fetches singleflight.Group
	tokens  *expiring.Map[tokenKey, webhookToken]
}

// tokenSource is the issuer of the tokens of a tenant.
type tokenSource interface {
	fetch(ctx context.Context, application string) (text string, expires time.Time, err error)
}

type tokenKey struct{ tenant, application string }

// webhookToken is a token, or why there is none. Its times are those of the clock of the machine,
// also where that is set meanwhile: who reads the token goes by such a clock.
type webhookToken struct {
	text    string
	made    time.Time // the clock was set back where it is earlier
	renew   time.Time // when to get the next one
	expires time.Time
	failure error
}

const (
	// tokenMargin is what a token must still be good for when it is sent.
	tokenMargin = time.Minute
	// tokenRetry is how long a failure stands, lest each delivery ask again.
	tokenRetry = 5 * time.Second
	// maxWebhookTokens bounds the tokens that are remembered.
	maxWebhookTokens = 2000
)

// NewWebhookTokens checks the configuration; it fetches nothing yet.
func NewWebhookTokens(cfg WebhookTokensConfig) (*WebhookTokens, error) {
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: fetchTimeout, Transport: outbound.Repeating(http.DefaultTransport.(*http.Transport).Clone())}
	}
	if cfg.Now == nil {
		cfg.Now = wallClock
	}
	t := &WebhookTokens{sources: map[string]tokenSource{}, now: cfg.Now}
	t.tokens = expiring.New(expiring.Config[tokenKey, webhookToken]{Entries: maxWebhookTokens})
	for _, each := range cfg.Issuers {
		key := strings.ToLower(each.Tenant)
		switch {
		case key == "" || strings.ContainsAny(key, "/?#% "):
			return nil, fmt.Errorf("tenant %q is neither a GUID nor a domain", each.Tenant)
		case t.sources[key] != nil:
			return nil, fmt.Errorf("tenant %q is configured twice", each.Tenant)
		case each.Endpoint == "" && each.ClientID+string(each.ClientSecret)+each.Scope != "":
			return nil, fmt.Errorf("tenant %q has a client but no token endpoint", each.Tenant)
		case each.Endpoint == "":
			t.sources[key] = OwnIssuer{signer: cfg.Signer, base: cfg.Base, tenant: key, now: cfg.Now}
			continue
		case each.ClientID == "" || each.ClientSecret == "":
			return nil, fmt.Errorf("tenant %q has a token endpoint but no client id or no client secret", each.Tenant)
		}
		if err := checkFetchURL(each.Endpoint); err != nil {
			return nil, fmt.Errorf("token endpoint of tenant %q: %w", each.Tenant, err)
		}
		t.sources[key] = clientCredentials{issuer: each, client: withoutRedirects(cfg.Client), now: cfg.Now}
	}
	return t, nil
}

// wallClock is the clock of the machine, without the one that nobody sets.
func wallClock() time.Time { return time.Now().Round(0) }

// Knows reports whether there is an issuer for a tenant.
func (t *WebhookTokens) Knows(tenant string) bool { return t.sources[strings.ToLower(tenant)] != nil }

// Token returns a token of a tenant's for an application, as an
// azureActiveDirectoryApplicationIdOrUri names it.
func (t *WebhookTokens) Token(ctx context.Context, tenant, application string) (string, error) {
	key := tokenKey{strings.ToLower(tenant), application}
	source := t.sources[key.tenant]
	if source == nil {
		return "", fmt.Errorf("no issuer is configured for the tenant %q", clip(tenant))
	}
	if cached, fresh := t.cached(key); fresh {
		return cached.text, cached.failure
	}
	done := t.fetches.DoChan(key.tenant+"\x00"+application, func() (any, error) { return t.renew(key, source), nil })
	select {
	case result := <-done:
		next := result.Val.(webhookToken)
		return next.text, next.failure
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// cached returns the last token or failure, and whether it need not be renewed yet.
func (t *WebhookTokens) cached(key tokenKey) (token webhookToken, fresh bool) {
	now := t.now()
	token, _ = t.tokens.Get(key, now)
	return token, !now.Before(token.made) && now.Before(token.renew)
}

// renew gets the next token, unless somebody has just done so. While that
// fails, the one before is used as long as it is good.
func (t *WebhookTokens) renew(key tokenKey, source tokenSource) webhookToken {
	before, fresh := t.cached(key)
	if fresh {
		return before
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), fetchTimeout, fmt.Errorf("the issuer of tokens did not answer within %s", fetchTimeout))
	defer cancel()
	text, expires, err := source.fetch(ctx, key.application)
	now := t.now()
	next := webhookToken{text: text, made: now, expires: expires, renew: expires.Add(-max(expires.Sub(now)/5, tokenMargin))}
	switch {
	case err == nil:
	case now.Before(before.expires.Add(-tokenMargin)):
		next = before
		next.made, next.renew = now, now.Add(tokenRetry)
	default:
		next = webhookToken{made: now, renew: now.Add(tokenRetry), failure: err}
	}
	useful := next.expires.Add(-tokenMargin) // as long as it can still be sent
	if useful.Before(next.renew) {
		useful = next.renew
	}
	t.tokens.PutUntil(key, next, now, useful)
	return next
}
