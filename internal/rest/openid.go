package rest

import (
	"context"
	"net/http"
)

// KeySource gives the public keys that verify our callbacks, as
// *auth.Callbacks does.
type KeySource interface {
	Issuer() string
	JWKS(ctx context.Context) ([]byte, error)
}

const (
	pathOpenID = "/calling/.well-known/acsopenidconfiguration"
	pathKeys   = "/calling/keys"
)

// ServeCallbackKeys adds the OpenID document and the key set with which
// applications check the bearer tokens of callbacks, where the real service has
// them. The document points to the host that the client used.
func ServeCallbackKeys(rt *Router, keys KeySource) {
	rt.Handle(http.MethodGet, pathOpenID, func(w http.ResponseWriter, r *http.Request) error {
		return WriteJSON(w, http.StatusOK, map[string]any{
			"issuer":                                keys.Issuer(),
			"jwks_uri":                              Origin(r) + pathKeys,
			"id_token_signing_alg_values_supported": []string{"RS256"},
			"response_types_supported":              []string{"id_token"},
			"subject_types_supported":               []string{"public"},
		})
	}, NoAuth(), NoVersion())
	rt.Handle(http.MethodGet, pathKeys, func(w http.ResponseWriter, r *http.Request) error {
		set, err := keys.JWKS(r.Context())
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, err = w.Write(set)
		return notGone(err)
	}, NoAuth(), NoVersion())
}
