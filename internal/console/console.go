package console

import (
	"crypto/sha256"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Path is where the console is.
const Path = "/console/"

// files are the page, built from web/console by web/console/build.mjs.
//
//go:embed page
var files embed.FS

// Authenticator verifies the signature of a sign-in.
type Authenticator interface {
	Authenticate(r *http.Request, body auth.Body, scope auth.Scope) (auth.Principal, error)
}

// Config is what the console needs.
type Config struct {
	Name  string      // tells the cookies of one server from those of others on this host
	Hosts *auth.Hosts // under which the console answers
	Keys  *auth.Keys  // a session that a key began ends with the key
	Auth  Authenticator
	APIs  http.Handler // what the page asks

	Issuers Issuers // by whose page people sign in; nil: none is

	Live Live // what the page is told as it happens

	Log *slog.Logger
	Now func() time.Time // nil: time.Now
}

// Console serves the page.
type Console struct {
	cfg                  Config
	log                  *slog.Logger
	now                  func() time.Time
	pages                http.Handler
	index                []byte
	links                *links
	sessions             *sessions
	attempts             *ratelimit.Keyed[string] // at signing in, of a source
	signatures, refusals *ratelimit.Bucket        // of all sources
	live                 *hub
	away                 *expiring.Map[[sha256.Size]byte, away] // who is at an issuer's page
}

// New makes the console.
func New(cfg Config) (*Console, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	page, err := fs.Sub(files, "page")
	if err != nil {
		return nil, err
	}
	index, err := fs.ReadFile(page, "index.html")
	if err != nil {
		return nil, err
	}
	c := &Console{
		cfg: cfg, log: cfg.Log, now: cfg.Now, index: index, pages: http.StripPrefix(Path, http.FileServerFS(page)),
		links: newLinks(cfg.Now), sessions: newSessions(cfg.Keys, cfg.Now),
		attempts: ratelimit.NewKeyed[string](attemptsOfSource, rememberedSources), away: newAways(),
		signatures: ratelimit.NewBucket(signaturesOfAll), refusals: ratelimit.NewBucket(refusalsInLog),
	}
	c.live = newHub(c)
	return c, nil
}

// Close ends the sockets of all pages.
func (c *Console) Close() { c.live.close() }

// Serves reports whether a path is of the console.
func Serves(path string) bool {
	return path == strings.TrimSuffix(Path, "/") || strings.HasPrefix(path, Path)
}

// policy lets the page load and run what is its own alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob: mediastream:; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers requests for a path that Serves.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
	header.Set("Content-Security-Policy", policy)
	if !c.cfg.Hosts.Admits(r) { // a page whose name was rebound to our address (DNS rebinding)
		answer(w, http.StatusMisdirectedRequest, "this Host is not a name of this server; add it to public-host")
		return
	}
	name, inside := strings.CutPrefix(r.URL.Path, Path)
	switch {
	case !inside:
		http.Redirect(w, r, Path, http.StatusFound)
	case name == "session":
		c.serveSession(w, r)
	case name == "oidc":
		c.serveOIDC(w, r)
	case name == "live":
		c.serveLive(w, r)
	case strings.HasPrefix(name, "api/"):
		c.serveAPI(w, r)
	default:
		c.servePage(w, r, name)
	}
}

// servePage answers with a file of the page. Every other name is a place in the page,
// such as calls/ID, which the page itself finds.
func (c *Console) servePage(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		answer(w, http.StatusMethodNotAllowed, "the page is read with GET")
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	if _, err := fs.Stat(files, "page/"+name); name != "" && name != "index.html" && err == nil {
		c.pages.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(c.index) // a browser that has gone needs no page
}
