package eventgrid

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
)

// validatePath is where a validation URL leads. It needs no authorisation: its
// token, told to the endpoint alone, is one, for one purpose and ten minutes.
const validatePath = "/eventgrid/validate"

// validate is consent given by opening the URL instead of echoing the code, or
// instead of answering OPTIONS with consent; the latter is done by POST too.
func (g *Grid) validate(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	consented, err := g.consentWith(query.Get("id"), query.Get("t"), allowedRate(r.Header))
	if err != nil {
		return err
	}
	if !consented {
		return fault.NotFound("this validation link is unknown, used, or older than %s; update the event subscription to get a new one", consentTime)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, "Webhook successfully validated as a subscription endpoint.\n")
	return err
}

// consentWith settles the subscription that a link was made for. The consent is on disk when
// it returns without an error: nobody is asked again after a restart.
func (g *Grid) consentWith(id, token string, perMinute int) (consented bool, err error) {
	for _, e := range g.view.Load().byKey {
		if c := e.Consent; c != nil && c.ID == id {
			if !c.allows(token) || !g.cfg.Now().Before(c.Deadline) {
				return false, nil
			}
			return g.trySettle(e.Subscription, succeeded, "", perMinute, true)
		}
	}
	return false, nil
}

// allows reports whether a token is the one that the endpoint was told.
func (c *consent) allows(token string) bool {
	return subtle.ConstantTimeCompare(c.TokenHash, hashOf(token)) == 1
}

// hashOf is how tokens are kept and compared.
func hashOf(token string) []byte {
	hash := sha256.Sum256([]byte(token))
	return hash[:]
}
