package rest

import (
	"context"
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
)

// KeySource gives the public keys that verify tokens of ours.
type KeySource interface {
	Issuer() string
	JWKS(ctx context.Context) ([]byte, error)
}

const (
	pathOpenID = "/calling/.well-known/acsopenidconfiguration"
	pathKeys   = "/calling/keys"

	// Where Entra has them below a tenant's authority.
	pathEntra       = "/entra/{tenant}"
	pathEntraOpenID = pathEntra + "/v2.0/.well-known/openid-configuration"
	entraKeys       = "/discovery/v2.0/keys"
)

// ServeCallbackKeys adds the OpenID document and the key set with which
// applications check the bearer tokens of callbacks, where the real service has
// them. The document points to the host that the client used.
func ServeCallbackKeys(rt *Router, keys KeySource) {
	rt.Handle(http.MethodGet, pathOpenID, func(w http.ResponseWriter, r *http.Request) error {
		return writeOpenID(w, keys, Origin(r)+pathKeys)
	}, NoAuth(), NoVersion())
	rt.Handle(http.MethodGet, pathKeys, func(w http.ResponseWriter, r *http.Request) error {
		return writeKeys(w, r, keys)
	}, NoAuth(), NoVersion())
}

// ServeTenantKeys adds the same for the tokens of webhooks' tenants. The
// authority of one is this server's address and /entra/TENANT/v2.0; find says
// whether it is ours.
func ServeTenantKeys[K KeySource](rt *Router, find func(tenant string) (K, bool)) {
	of := func(answer func(w http.ResponseWriter, r *http.Request, keys KeySource) error) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			keys, ours := find(r.PathValue("tenant"))
			if !ours {
				return fault.NotFound("this server issues no tokens for the tenant %q", clip(r.PathValue("tenant")))
			}
			return answer(w, r, keys)
		}
	}
	rt.Handle(http.MethodGet, pathEntraOpenID, of(func(w http.ResponseWriter, r *http.Request, keys KeySource) error {
		return writeOpenID(w, keys, Origin(r)+"/entra/"+r.PathValue("tenant")+entraKeys)
	}), NoAuth(), NoVersion())
	rt.Handle(http.MethodGet, pathEntra+entraKeys, of(writeKeys), NoAuth(), NoVersion())
}

// writeOpenID writes the discovery document of an issuer.
func writeOpenID(w http.ResponseWriter, keys KeySource, at string) error {
	return WriteJSON(w, http.StatusOK, map[string]any{
		"issuer":                                keys.Issuer(),
		"jwks_uri":                              at,
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
	})
}

func writeKeys(w http.ResponseWriter, r *http.Request, keys KeySource) error {
	set, err := keys.JWKS(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, err = w.Write(set)
	return notGone(err)
}
