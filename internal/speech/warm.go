package speech

import (
	"context"
	"time"
)

// Warmer is a provider that can connect before it is asked for anything, so that the first
// prompt does not wait for the handshakes of TCP, TLS and WebSocket. What it has connected
// to and nobody uses it closes after a while.
type Warmer interface{ Warm(ctx context.Context) }

// HearingWarmer is an Uploader that can connect before it is sent an utterance.
type HearingWarmer interface{ WarmHearing(ctx context.Context) }

// connectWithin is how long connecting beforehand may take.
const connectWithin = 5 * time.Second

// spokeLately is for how long a provider that has spoken is expected to do so again.
const spokeLately = time.Hour

// Warm lets the synthesizer connect that would be asked first for an application's prompts:
// if the application has named it, or if it has spoken within the last hour. Programs have
// nothing to connect to.
func (s *Synthesizers) Warm(ctx context.Context, of Endpoints) {
	if warmer := s.warmer(of); warmer != nil {
		warmer.Warm(ctx)
	}
}

// CanWarm reports whether Warm would let a synthesizer connect. It looks at memory alone.
func (s *Synthesizers) CanWarm(of Endpoints) bool { return s.warmer(of) != nil }

// warmer is the synthesizer that Warm lets connect; nil: none.
func (s *Synthesizers) warmer(of Endpoints) Warmer {
	order := s.order(of)
	if len(order) == 0 {
		return nil
	}
	first := order[0]
	warmer, can := first.Provider.(Warmer)
	if !can || !s.names(of, first.Name) && !s.spokeSince(first.Name, time.Now().Add(-spokeLately)) {
		return nil
	}
	return warmer
}

// names reports whether an application has named a provider.
func (c *Choice[P]) names(of Endpoints, provider string) bool {
	for _, name := range of.names() {
		if own, ok := c.Endpoints[name]; ok && own.Name == provider {
			return true
		}
	}
	return false
}

// spokeSince reports whether a provider has spoken since a time.
func (s *Synthesizers) spokeSince(name string, since time.Time) bool {
	at, ok := s.spoke.Load(name)
	return ok && at.(time.Time).After(since)
}
