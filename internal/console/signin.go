package console

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/source"
)

// Bounds on signing in. There is none on the attempts of all sources together: who has many addresses would
// lock out everybody with it, and nobody guesses a link or a signature.
var (
	attemptsOfSource = ratelimit.Rate{PerSecond: 0.2, Burst: 10}
	signaturesOfAll  = ratelimit.Rate{PerSecond: 5, Burst: 50} // that are right
	refusalsInLog    = ratelimit.Rate{PerSecond: 0.2, Burst: 20}
)

const (
	rememberedSources = 4096
	maxSignIn         = 4 << 10 // bytes of its body
)

// signIn is what the page sends: the token of a link, or a text of its own making and
// a signature with an access key, as SDKs sign. The key itself never leaves the browser.
type signIn struct {
	Link string `json:"link"`
	Once string `json:"once"` // random
}

const minOnce = 16 // characters

// about is what the page is told of its session.
type about struct {
	Role  string    `json:"role"` // administrator or reader
	Name  string    `json:"name"`
	Token string    `json:"token"`
	Ends  time.Time `json:"endsOn"`
}

func (s *session) about() about {
	role := "reader"
	if s.mayChange() {
		role = "administrator"
	}
	return about{Role: role, Name: s.name, Token: s.token, Ends: s.ends.UTC()}
}

// serveSession begins, shows and ends the session of a browser.
func (c *Console) serveSession(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		if found, _, ok := c.sessionOf(r); ok && sameOrigin(r) {
			writeJSON(w, http.StatusOK, found.about())
			return
		}
		writeJSON(w, http.StatusUnauthorized, map[string]any{"safe": c.safeWay(r), "issuers": c.issuers()})
	case http.MethodPost:
		c.begin(w, r)
	case http.MethodDelete:
		if found, id, ok := c.sessionOf(r); ok && found.genuine(r) {
			c.sessions.end(id)
			c.setCookie(w, r, "")
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		answer(w, http.StatusMethodNotAllowed, "a session is begun with POST, shown with GET and ended with DELETE")
	}
}

// issuers are those by whose page somebody can sign in.
func (c *Console) issuers() []string {
	if c.cfg.Issuers == nil {
		return nil
	}
	return c.cfg.Issuers.SignIns()
}

func (c *Console) begin(w http.ResponseWriter, r *http.Request) {
	if !c.mayBegin(w, r) {
		return
	}
	who, name, err := c.identify(r)
	if err != nil {
		level := slog.LevelInfo
		if !c.refusals.Allow(c.now()) {
			level = slog.LevelDebug
		}
		c.log.Log(r.Context(), level, "a sign-in to the console was refused", "from", r.RemoteAddr, "error", err)
		status := http.StatusUnauthorized
		if errors.Is(err, errTooMany) {
			w.Header().Set("Retry-After", "5")
			status = http.StatusTooManyRequests
		}
		answer(w, status, words(err))
		return
	}
	id, opened := c.sessions.begin(who, name)
	c.setCookie(w, r, id)
	c.log.Info("somebody signed in to the console", "from", r.RemoteAddr, "as", name, "administrator", who.Administrator)
	writeJSON(w, http.StatusOK, opened.about())
}

// maySignIn counts attempts of the source.
func (c *Console) maySignIn(r *http.Request) bool {
	from := r.RemoteAddr
	if remote, err := netip.ParseAddrPort(from); err == nil {
		from = source.Site(remote.Addr()).String()
	}
	return c.attempts.Allow(from, c.now())
}

var (
	errUsed = errors.New("this link was used already, or is too old: `switchhook console` prints a new one")
	errBody = errors.New("the sign-in could not be read")

	errTooMany = errors.New("too many sign-ins with access keys; wait a few seconds")
)

// identify finds out who signs in. A link stands for the primary key, which lies beside
// where links are printed; a read-only one may look at everything.
func (c *Console) identify(r *http.Request) (auth.Principal, string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxSignIn))
	if err != nil {
		return auth.Principal{}, "", errBody
	}
	var sent signIn
	if err := json.Unmarshal(body, &sent); err != nil {
		return auth.Principal{}, "", errBody
	}
	if r.Header.Get("Authorization") != "" && len(sent.Once) >= minOnce {
		return c.bySignature(r, body)
	}
	given, ok := c.links.use(sent.Link)
	if !ok {
		return auth.Principal{}, "", errUsed
	}
	if given.read {
		return auth.Principal{Issuer: "console", Subject: "one-time link", Reads: true, Reader: true}, "one-time link, read only", nil
	}
	return auth.Principal{KeyID: c.cfg.Keys.Get(auth.Primary).ID(), Key: auth.Primary.String(), Administrator: true}, "one-time link", nil
}

// bySignature signs in the holder of an access key. A signature counts once: who reads
// it somewhere cannot sign in with it. The secondary key, which may not administer, may look.
func (c *Console) bySignature(r *http.Request, body []byte) (auth.Principal, string, error) {
	who, err := c.cfg.Auth.Authenticate(r, func() ([]byte, error) { return body, nil }, auth.Scope{})
	if err != nil {
		return auth.Principal{}, "", err
	}
	if who.Key == "" {
		return auth.Principal{}, "", errors.New("sign in with an access key, or through the issuer's page")
	}
	if !c.signatures.Allow(c.now()) { // their bodies are remembered
		return auth.Principal{}, "", errTooMany
	}
	if !c.sessions.fresh(body) {
		return auth.Principal{}, "", errors.New("this signature was used already")
	}
	who.Reads, who.Reader = true, true
	return who, who.Key + " access key", nil
}

// words is what a refusal says to people.
func words(err error) string {
	var denial *auth.Denial
	if errors.As(err, &denial) {
		return "the access key is not one of this server's keys"
	}
	return err.Error()
}
