package rest

import (
	"crypto/tls"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
)

func TestCallbackKeysAreFoundWhereTheClientCameFrom(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Hosts = auth.NewHosts("acs.example") })
	ServeCallbackKeys(f.Router, auth.NewCallbacks(auth.NewSigner(), "", "resource", nil))
	for host, want := range map[string]string{"localhost:8443": "https://localhost:8443/calling/keys", "acs.example": "https://acs.example/calling/keys"} {
		r := httptest.NewRequest("GET", "/calling/.well-known/acsopenidconfiguration", nil)
		r.Host, r.TLS = host, &tls.ConnectionState{}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		var document struct {
			Issuer  string `json:"issuer"`
			JWKSURI string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil || document.JWKSURI != want || document.Issuer != auth.CallbackIssuer {
			t.Errorf("%s: %s, %v", host, w.Body, err)
		}
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/calling/keys", nil))
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || len(set.Keys) != 1 || set.Keys[0]["alg"] != "RS256" || set.Keys[0]["d"] != "" {
		t.Fatalf("%s, %v", w.Body, err)
	}
}

func TestTenantKeysAreThoseOfItsIssuer(t *testing.T) {
	tokens, err := auth.NewWebhookTokens(auth.WebhookTokensConfig{
		Issuers: []auth.WebhookIssuer{{Tenant: "contoso"}, {Tenant: "outside", Endpoint: "https://login.example/token", ClientID: "me", ClientSecret: "hush"}},
		Signer:  auth.NewSigner(), Base: func() string { return "https://acs.example" },
	})
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, func(*Config) {})
	ServeTenantKeys(f.Router, tokens.Issuer)
	for path, want := range map[string]int{
		"/entra/contoso/v2.0/.well-known/openid-configuration": 200, "/entra/Contoso/discovery/v2.0/keys": 200,
		"/entra/outside/v2.0/.well-known/openid-configuration": 404, "/entra/stranger/discovery/v2.0/keys": 404,
	} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		if w.Code != want {
			t.Errorf("%s answers %d %s", path, w.Code, w.Body)
		}
		var document struct {
			Issuer  string `json:"issuer"`
			JWKSURI string `json:"jwks_uri"`
			Keys    []any  `json:"keys"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil || want == 200 && len(document.Keys) != 1 && document.Issuer != "https://acs.example/entra/contoso/v2.0" {
			t.Errorf("%s answers %s", path, w.Body)
		}
	}
}
