package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/expiring"
)

// Issuers are those by whose page people sign in (OpenID Connect).
type Issuers interface {
	SignIns() []string
	Address(ctx context.Context, s auth.SignIn) (string, error)
	Redeem(ctx context.Context, s auth.SignIn, code string) (auth.Principal, string, error)
}

// oidcPath is where issuers' pages lead back to: the redirect URI of the client.
const oidcPath = Path + "oidc"

// Bounds of sign-ins that go on at issuers' pages.
const (
	awayTime    = 10 * time.Minute
	maxAway     = 8192             // of some 60 sources with all their attempts in that time; the oldest makes room
	maxPlace    = 512              // bytes
	issuerLimit = 20 * time.Second // for what the issuer is asked
)

// away is somebody who is at an issuer's page. It is found by its state, which counts
// once, and belongs to the browser that has the cookie.
type away struct {
	auth.SignIn
	cookie [sha256.Size]byte
	place  string // to go to afterwards
}

func newAways() *expiring.Map[[sha256.Size]byte, away] {
	return expiring.New(expiring.Config[[sha256.Size]byte, away]{TTL: awayTime, Entries: maxAway})
}

// serveOIDC sends a browser to an issuer's page, with POST, and takes it back.
func (c *Console) serveOIDC(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		c.sendAway(w, r)
	case http.MethodGet:
		c.takeBack(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		answer(w, http.StatusMethodNotAllowed, "a sign-in is begun with POST; the issuer's page leads back with GET")
	}
}

// sendAway answers with the address of the issuer's page.
func (c *Console) sendAway(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Issuer string `json:"issuer"`
		Place  string `json:"place"` // such as /console/calls
	}
	switch {
	case c.cfg.Issuers == nil:
		answer(w, http.StatusNotFound, "nobody signs in by an issuer here: auth.oidc[].console is not set")
		return
	case !c.mayBegin(w, r):
		return
	case json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSignIn)).Decode(&asked) != nil:
		answer(w, http.StatusBadRequest, errBody.Error())
		return
	}
	s := auth.SignIn{Issuer: asked.Issuer, Redirect: c.cfg.Hosts.Origin(r) + oidcPath, State: newToken(), Nonce: newToken(), Verifier: newToken()}
	ctx, cancel := context.WithTimeout(r.Context(), issuerLimit)
	defer cancel()
	address, err := c.cfg.Issuers.Address(ctx, s)
	if err != nil {
		c.log.Warn("a sign-in by an issuer could not begin", "error", err)
		answer(w, http.StatusBadGateway, "the issuer cannot be reached, or is not one of this server's; the server's log says more")
		return
	}
	cookie := newToken()
	c.away.Put(sha256.Sum256([]byte(s.State)), away{s, sha256.Sum256([]byte(cookie)), placeOf(asked.Place)}, c.now())
	c.setAwayCookie(w, r, cookie)
	writeJSON(w, http.StatusOK, map[string]string{"location": address})
}

// mayBegin reports whether somebody may try to sign in; if not, it has answered.
func (c *Console) mayBegin(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case !ownPage(r):
		answer(w, http.StatusForbidden, "only the console's own page signs in")
	case !c.safeWay(r):
		answer(w, http.StatusForbidden, "the console is reached over HTTPS only, or from the machine itself")
	case !c.maySignIn(r):
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusTooManyRequests, "too many attempts to sign in; wait a few seconds")
	default:
		return true
	}
	return false
}

// Why a sign-in by an issuer fails: the page has words for each.
const (
	refusedState  = "state"  // unknown, used, too old, or of another browser
	refusedDenied = "denied" // the issuer said no
	refusedToken  = "token"  // the issuer's answer is not good
	refusedPerson = "person" // the person may not see the console
)

// takeBack ends a sign-in: the browser has come back with a code.
func (c *Console) takeBack(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	gone, known := c.away.Take(sha256.Sum256([]byte(query.Get("state"))), c.now())
	refuse := func(code string, err error) {
		level := slog.LevelInfo
		if !known { // anybody may come with any state, as often as they like
			level = slog.LevelDebug
		}
		c.log.Log(r.Context(), level, "a sign-in to the console was refused", "from", r.RemoteAddr, "issuer", gone.Issuer, "error", err)
		http.Redirect(w, r, Path+"#refused="+code, http.StatusSeeOther)
	}
	cookie, err := r.Cookie(c.awayCookieName(r))
	switch {
	case !known || err != nil || !sameHash(cookie.Value, gone.cookie):
		refuse(refusedState, errors.New("its state is unknown, was used, is too old, or is of another browser"))
		return
	case !c.safeWay(r):
		refuse(refusedState, errors.New("it came back over plain HTTP"))
		return
	case query.Has("iss") && query.Get("iss") != gone.Issuer: // RFC 9207 §2.4
		refuse(refusedState, errors.New("another issuer answers"))
		return
	case query.Get("code") == "":
		refuse(refusedDenied, errors.New("the issuer gives no code"))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), issuerLimit)
	defer cancel()
	who, name, err := c.cfg.Issuers.Redeem(ctx, gone.SignIn, query.Get("code"))
	if denial := (*auth.Denial)(nil); errors.As(err, &denial) && denial.Forbidden {
		refuse(refusedPerson, err)
		return
	}
	if err != nil {
		refuse(refusedToken, err)
		return
	}
	id, _ := c.sessions.begin(who, name)
	c.setAwayCookie(w, r, "")
	c.setCookie(w, r, id)
	c.log.Info("somebody signed in to the console", "from", r.RemoteAddr, "issuer", who.Issuer, "subject", who.Subject, "administrator", who.Administrator)
	http.Redirect(w, r, gone.place, http.StatusSeeOther)
}

func sameHash(text string, hash [sha256.Size]byte) bool {
	got := sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(got[:], hash[:]) == 1
}

// placeOf is a place of the page; what is none becomes its beginning. So nobody is led
// elsewhere.
func placeOf(text string) string {
	place, err := url.Parse(text)
	if err != nil || len(text) > maxPlace || place.Scheme != "" || place.Host != "" || place.User != nil || !strings.HasPrefix(place.Path, Path) ||
		strings.HasPrefix(place.Path, Path+"api/") || strings.HasPrefix(place.Path, oidcPath) || strings.ContainsAny(text, "\\\r\n") || strings.Contains(text, "//") || strings.Contains(place.Path, "..") {
		return Path
	}
	return (&url.URL{Path: place.Path, RawQuery: place.RawQuery}).String()
}

func (c *Console) awayCookieName(r *http.Request) string { return c.cookieName(r) + "-signin" }

// setAwayCookie binds a sign-in to its browser, or takes the cookie away with "". The
// issuer's page leads back from another site, so it is not strict as the session's is.
func (c *Console) setAwayCookie(w http.ResponseWriter, r *http.Request, value string) {
	cookie := &http.Cookie{Name: c.awayCookieName(r), Value: value, Path: "/", HttpOnly: true, Secure: c.overTLS(r), SameSite: http.SameSiteLaxMode, MaxAge: int(awayTime.Seconds())}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}
