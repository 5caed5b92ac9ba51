package speech

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
)

// How long a provider may take to its first sound before the next one is asked: so
// long, but all that are followed by another one not longer together than
// othersWithin, so that somebody is heard within 20 s.
const (
	firstSoundWithin = 8 * time.Second
	othersWithin     = 16 * time.Second
)

// Named is a provider with its name in the configuration.
type Named[P any] struct {
	Name     string
	Provider P
}

// Choice says which providers are asked, and in which order.
type Choice[P any] struct {
	Default   []Named[P]          // for every endpoint that is not named below
	Endpoints map[string]Named[P] // by EndpointName
	Log       *slog.Logger

	mu       sync.Mutex
	unmapped map[string]bool     // endpoints that are not named, and were logged
	breakers map[string]*breaker // by name
}

// maxUnmapped bounds the endpoints that are remembered as logged.
const maxUnmapped = 1000

// order lists the providers for an application's endpoints: their own ones, then the
// default ones, and after them those whose circuit is open. An endpoint that is not
// configured is never connected to.
func (c *Choice[P]) order(of Endpoints) []Named[P] {
	list := c.configured(of)
	ready := list[:0] // in the place of what is read already
	var later []Named[P]
	for _, p := range list {
		if c.breaker(p.Name).ready(time.Now()) {
			ready = append(ready, p)
		} else {
			later = append(later, p)
		}
	}
	return append(ready, later...)
}

// configured is the order without a look at the circuits.
func (c *Choice[P]) configured(of Endpoints) []Named[P] {
	list := make([]Named[P], 0, len(c.Default)+2)
	add := func(p Named[P]) {
		if !slices.ContainsFunc(list, func(other Named[P]) bool { return other.Name == p.Name }) {
			list = append(list, p)
		}
	}
	for _, name := range of.names() {
		if own, named := c.Endpoints[name]; named {
			add(own)
		} else {
			c.tellUnmapped(name)
		}
	}
	for _, p := range c.Default {
		add(p)
	}
	return list
}

// tellUnmapped logs, once, that an endpoint is not configured.
func (c *Choice[P]) tellUnmapped(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unmapped[name] || len(c.unmapped) == maxUnmapped {
		return
	}
	if c.unmapped == nil {
		c.unmapped = make(map[string]bool)
	}
	c.unmapped[name] = true
	c.Log.Info("an application names an endpoint of speech that speech.endpoints does not have: other providers are used", "endpoint", outbound.Address(name))
}

// breaker is the circuit breaker of a configured provider.
func (c *Choice[P]) breaker(name string) *breaker {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.breakers == nil {
		c.breakers = make(map[string]*breaker)
	}
	b := c.breakers[name]
	if b == nil {
		b = new(breaker)
		c.breakers[name] = b
	}
	return b
}

// told notes what came of a request to a provider.
func (c *Choice[P]) told(name string, err error) {
	if c.breaker(name).tell(err, time.Now()) {
		c.Log.Warn("a provider of speech fails again and again: others are asked first", "provider", name)
	}
}

// Synthesizers asks several synthesizers, in order, until one speaks.
type Synthesizers struct {
	Choice[Synthesizer]
	spoke sync.Map // when each has spoken last, by name
}

// Speak implements Synthesizer. If all fail, the error is that of the first.
func (s *Synthesizers) Speak(ctx context.Context, u Utterance) (*Sound, error) {
	var first error
	order := s.order(u.Endpoints)
	within := firstSoundWithin
	if others := time.Duration(len(order) - 1); others > 0 {
		within = min(within, othersWithin/others)
	}
	for i, p := range order {
		sound, err := speakWithin(ctx, within, p, u)
		if ctx.Err() != nil && err != nil {
			return nil, context.Cause(ctx)
		}
		s.told(p.Name, err)
		if err == nil {
			s.spoke.Store(p.Name, time.Now())
			sound.Stopgap = i > 0 || p.Name != s.configured(u.Endpoints)[0].Name
			return sound, nil
		}
		s.Log.Warn("a provider of speech could not speak a prompt", "provider", p.Name, "error", err)
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = &Error{Kind: Unconfigured, Detail: "no text to speech is configured, and none is installed: install espeak-ng (sudo apt-get install espeak-ng), or configure speech.providers"}
	}
	return nil, first
}

// speakWithin gives a provider up that has no first sound in time. The sound goes on
// as long as it takes.
func speakWithin(ctx context.Context, within time.Duration, p Named[Synthesizer], u Utterance) (*Sound, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := &Error{Kind: Unreachable, Provider: p.Name, Detail: "it has not spoken within " + within.String()}
	limit := time.AfterFunc(within, func() { cancel(late) })
	sound, err := p.Provider.Speak(ctx, u)
	limit.Stop()
	if err != nil {
		if errors.Is(context.Cause(ctx), late) {
			err = late
		}
		cancel(nil)
		return nil, err
	}
	return &Sound{Rate: sound.Rate, ReadCloser: &ending{sound.ReadCloser, func() { cancel(nil) }}}, nil
}

// Recognizers asks several services, in order, until one understands.
type Recognizers struct{ Choice[Recognizer] }

// Listen implements Recognizer: an utterance that one provider cannot take is given to
// the next one. A provider is connected to when somebody speaks.
func (r *Recognizers) Listen(ctx context.Context, l Listening) (Transcriber, error) {
	order := r.order(l.Endpoints)
	if len(order) == 0 {
		return nil, &Error{Kind: Unconfigured, Detail: "no speech to text is configured: configure speech.providers"}
	}
	return newFailover(ctx, &r.Choice, order, l), nil
}
