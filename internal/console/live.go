package console

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/connlimit"
)

// News is something that has happened, as the page is told.
type News struct {
	Kind   string          `json:"kind"`
	Body   json.RawMessage `json:"body,omitempty"`
	Missed int             `json:"missed,omitempty"` // news before it that nobody could be told in time
}

// Live is where news come from.
type Live struct {
	// Figures are the server's counters now; asked once a second at most.
	Figures func() any
	// Follow gives news until the context ends, those of single calls only of the one
	// that is watched now. It must not wait for who reads them.
	Follow func(ctx context.Context, watched func() string) (<-chan News, error)
}

// Times and bounds of the sockets by which pages are told.
const (
	batchTime    = 100 * time.Millisecond // news are gathered so long, for one message
	maxBatch     = 200                    // news in a message; more are counted as missed
	figuresTime  = time.Second
	pingTime     = 25 * time.Second
	silenceTime  = 60 * time.Second // without a frame of the browser, which answers pings
	writeTime    = 10 * time.Second // for a message; a slower page loses its socket
	maxSockets   = 16
	maxFrame     = 4 << 10 // bytes of what a page sends
	upgradeLimit = 5 * time.Second
)

// message is what a page is told at once.
type message struct {
	Figures any    `json:"figures,omitempty"`
	News    []News `json:"news,omitempty"`
	Missed  int    `json:"missed,omitempty"`
	Over    bool   `json:"over,omitempty"` // the session is over
}

// hub has the open sockets.
type hub struct {
	console *Console
	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mu      sync.Mutex
	open    int
	figures any
	taken   time.Time
}

func newHub(c *Console) *hub {
	h := &hub{console: c}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

func (h *hub) close() {
	h.cancel()
	h.work.Wait()
}

// enter takes a place for a socket.
func (h *hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open >= maxSockets || h.ctx.Err() != nil {
		return false
	}
	h.open++
	h.work.Add(1)
	return true
}

func (h *hub) leave() {
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
	h.work.Done()
}

// now are the figures, asked once for all sockets.
func (h *hub) now() any {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.console.now(); h.figures == nil || now.Sub(h.taken) >= figuresTime*9/10 {
		h.figures, h.taken = h.console.cfg.Live.Figures(), now
	}
	return h.figures
}

// serveLive opens the socket of a page that is signed in.
func (c *Console) serveLive(w http.ResponseWriter, r *http.Request) {
	_, id, ok := c.sessionOf(r)
	switch {
	case !ownPage(r): // WebSockets know no same-origin policy (RFC 6455 §10.2)
		answer(w, http.StatusForbidden, "another site's page asks")
		return
	case !ok:
		answer(w, http.StatusUnauthorized, "the session is over: sign in again")
		return
	case !c.live.enter():
		w.Header().Set("Retry-After", "10")
		answer(w, http.StatusServiceUnavailable, "too many pages are open")
		return
	}
	defer c.live.leave()
	upgrader := ws.HTTPUpgrader{Timeout: upgradeLimit}
	conn, buffered, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		c.log.Debug("a page's socket was not opened", "error", err)
		if conn != nil {
			conn.Close()
		}
		return
	}
	connlimit.NoteCredentials(r.Context())
	_ = conn.SetDeadline(time.Time{}) // those of HTTP
	ctx, cancel := context.WithCancel(c.live.ctx)
	s := &socket{hub: c.live, conn: conn, session: id, cancel: cancel}
	news, err := c.cfg.Live.Follow(ctx, s.watchedCall)
	if err != nil {
		c.log.Warn("a page cannot be told what happens", "error", err)
	}
	read := make(chan struct{})
	go func() { defer close(read); s.read(buffered.Reader) }()
	s.tell(ctx, news)
	cancel()
	conn.Close()
	<-read
}
