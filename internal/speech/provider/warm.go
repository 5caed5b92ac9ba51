package provider

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// connectionKept is how long a connection of HTTP is kept without a request.
const connectionKept = 90 * time.Second

// lastUse is when a service was last sent a request: its connection is kept for a while.
type lastUse struct{ at atomic.Int64 } // Unix time in ns

func newService(name string, client *http.Client) service {
	return service{name: name, client: client, lastUse: new(lastUse)}
}

// warm makes a connection that the next request finds, unless there is one: by a request
// for the headers of the service's root, without the key. What comes of it is nobody's
// matter: who speaks will see.
func (s service) warm(ctx context.Context, to *url.URL) {
	now, before := time.Now().UnixNano(), s.lastUse.at.Load()
	if now-before < int64(connectionKept*2/3) || !s.lastUse.at.CompareAndSwap(before, now) {
		return
	}
	root := url.URL{Scheme: to.Scheme, Host: to.Host, Path: "/"}
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, root.String(), nil)
	if err != nil {
		return
	}
	r.Header.Set("User-Agent", "switchhook")
	if response, err := s.client.Do(r); err == nil {
		response.Body.Close()
	}
}

// Warm implements speech.Warmer.
func (o *OpenAI) Warm(ctx context.Context) { o.warm(ctx, o.cfg.URL) }

// Warm implements speech.Warmer.
func (d *Deepgram) Warm(ctx context.Context) { d.warm(ctx, d.cfg.URL) }

// Warm implements speech.Warmer.
func (p *Piper) Warm(ctx context.Context) { p.warm(ctx, p.at) }

// WarmHearing implements speech.HearingWarmer.
func (o *OpenAI) WarmHearing(ctx context.Context) { o.warm(ctx, o.cfg.URL) }

// WarmHearing implements speech.HearingWarmer.
func (d *Deepgram) WarmHearing(ctx context.Context) { d.warm(ctx, d.cfg.URL) }

// WarmHearing implements speech.HearingWarmer.
func (a *Azure) WarmHearing(ctx context.Context) { a.warm(ctx, a.at("stt", "/", nil)) }

// Warm implements speech.Warmer: with a WebSocket, if it speaks by one, as many as calls
// begin at a time.
func (a *Azure) Warm(ctx context.Context) {
	if !a.cfg.Live {
		a.warm(ctx, a.at("tts", "/", nil))
		return
	}
	if len(a.speakers) == cap(a.speakers) {
		return
	}
	if s, err := a.connect(ctx); err == nil {
		a.keep(s)
	}
}
