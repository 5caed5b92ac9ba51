// Package samples serves the sample pages under /samples. On a server that is
// reached on loopback alone, a page may ask for a user and a room (guest.go).
package samples

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// files are the pages, built from web/samples by web/samples/build.mjs.
//
//go:embed rooms
var files embed.FS

// Config is what the pages need.
type Config struct {
	// User makes a user with a token for calls; origin is how the page reaches us.
	User func(ctx context.Context, origin string) (id, token string, err error)
	// Room makes a room.
	Room func(ctx context.Context) (id string, err error)
	// Invite puts a user on the list of a room.
	Invite func(ctx context.Context, room, user, role string) error
	// Origin says under which scheme and host a request has reached us.
	Origin func(*http.Request) string
	// Guests is whether pages may ask for users: only where strangers cannot reach us.
	Guests bool
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Pages serves the samples.
type Pages struct {
	cfg    Config
	static http.Handler
	rate   *ratelimit.Bucket
}

// guestRate bounds what pages can make: a person opens a tab now and then.
var guestRate = ratelimit.Rate{PerSecond: 1, Burst: 30}

// New makes the pages.
func New(cfg Config) *Pages {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Pages{cfg: cfg, static: http.StripPrefix("/samples/", http.FileServerFS(fs.FS(files))), rate: ratelimit.NewBucket(guestRate)}
}

// Serves reports whether a path is one of the samples.
func Serves(path string) bool {
	return path == "/samples/rooms" || strings.HasPrefix(path, "/samples/rooms/")
}

// policy lets pages load what is theirs alone, and reach the server that serves them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob: mediastream:; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers requests for a path that Serves.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Permissions-Policy", "microphone=(self), camera=(self), display-capture=(self)")
	switch {
	case r.URL.Path == "/samples/rooms/guest":
		p.guest(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "a sample is read with GET", http.StatusMethodNotAllowed)
	default:
		header.Set("Cache-Control", "no-cache")
		p.static.ServeHTTP(w, r)
	}
}
