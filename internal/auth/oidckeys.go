package auth

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/sync/singleflight"
)

const (
	fetchTimeout  = 10 * time.Second
	fetchInterval = 30 * time.Second // at most one fetch an issuer in this time
	keysMaxAge    = 24 * time.Hour
	maxDocument   = 1 << 20 // bytes of a discovery document or a key set
)

// issuerKeys is the cached key set (JWKS) of one issuer, found by its discovery
// document. It is kept for a day, and fetched again when a token names an unknown key.
type issuerKeys struct {
	issuer  string
	client  *http.Client
	now     func() time.Time
	fetches singleflight.Group

	mu      sync.Mutex
	keys    map[string]crypto.PublicKey
	said    discovery
	fetched time.Time // last success
	tried   time.Time // last attempt
	failure error     // of the last attempt
}

// discovery is what we use of an issuer's discovery document (OpenID Connect Discovery
// 1.0 §3).
type discovery struct {
	Issuer        string   `json:"issuer"`
	JWKSURI       string   `json:"jwks_uri"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
}

func newIssuerKeys(issuer string, client *http.Client, now func() time.Time) *issuerKeys {
	return &issuerKeys{issuer: issuer, client: client, now: now}
}

// keyfunc finds the key that a token names; package jwt asks that it suits the
// token's algorithm.
func (k *issuerKeys) keyfunc(ctx context.Context) jwt.Keyfunc {
	return func(token *jwt.Token) (any, error) {
		id, _ := token.Header["kid"].(string)
		return k.find(ctx, id)
	}
}

func (k *issuerKeys) find(ctx context.Context, id string) (crypto.PublicKey, error) {
	k.mu.Lock()
	key, known := k.keys[id]
	now := k.now()
	fresh := known && now.Sub(k.fetched) < keysMaxAge
	limited := !k.tried.IsZero() && now.Sub(k.tried) < fetchInterval
	failure := k.failure
	k.mu.Unlock()
	if fresh || (known && limited) {
		return key, nil
	}
	if !limited {
		failure = k.refresh(ctx)
		k.mu.Lock()
		key, known = k.keys[id]
		k.mu.Unlock()
	}
	switch {
	case known: // an issuer that is away for a while does not lock anybody out
		return key, nil
	case failure != nil:
		return nil, failure
	}
	return nil, fmt.Errorf("issuer %s has no key %q", k.issuer, clip(id))
}

// refresh fetches the keys, once for all who wait. The fetch outlives an
// impatient waiter, but not its own timeout.
func (k *issuerKeys) refresh(ctx context.Context) error {
	done := k.fetches.DoChan("", func() (any, error) {
		fetch, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		keys, said, err := k.fetch(fetch)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.tried, k.failure = k.now(), err
		if err == nil {
			k.keys, k.said, k.fetched = keys, said, k.tried
		}
		return nil, err
	})
	select {
	case result := <-done:
		return result.Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (k *issuerKeys) fetch(ctx context.Context) (map[string]crypto.PublicKey, discovery, error) {
	var said discovery
	text, err := k.get(ctx, strings.TrimSuffix(k.issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return nil, said, err
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, said, fmt.Errorf("discovery document of %s: %w", k.issuer, err)
	}
	// OpenID Connect Discovery 1.0 §4.3: the two must be identical.
	if said.Issuer != k.issuer {
		return nil, said, fmt.Errorf("discovery document of %s names the issuer %q", k.issuer, clip(said.Issuer))
	}
	if err := checkFetchURL(said.JWKSURI); err != nil {
		return nil, said, fmt.Errorf("discovery document of %s: jwks_uri %w", k.issuer, err)
	}
	if text, err = k.get(ctx, said.JWKSURI); err != nil {
		return nil, said, err
	}
	keys, err := parseJWKS(text)
	return keys, said, err
}

// discovered is the discovery document, fetched if nobody has read it yet.
func (k *issuerKeys) discovered(ctx context.Context) (discovery, error) {
	k.mu.Lock()
	said, limited, failure := k.said, !k.tried.IsZero() && k.now().Sub(k.tried) < fetchInterval, k.failure
	k.mu.Unlock()
	if said.Issuer != "" {
		return said, nil
	}
	if !limited {
		failure = k.refresh(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.said.Issuer == "" {
		return discovery{}, failure
	}
	return k.said, nil
}

func (k *issuerKeys) get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", url, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", url, err)
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("GET %s: longer than %d bytes", url, maxDocument)
	}
	return text, nil
}
