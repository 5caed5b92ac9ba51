package speech

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// firstSoundWithin is how long a provider may take to its first sound before the
// next one is asked.
const firstSoundWithin = 8 * time.Second

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

	mu   sync.Mutex
	told map[string]bool // endpoints that are not named, and were logged
}

// maxTold bounds the endpoints that are remembered as logged.
const maxTold = 1000

// order lists the providers for an endpoint: its own one, then the default ones. An
// endpoint that is not configured is never connected to.
func (c *Choice[P]) order(endpoint string) []Named[P] {
	if endpoint == "" {
		return c.Default
	}
	name := EndpointName(endpoint)
	own, named := c.Endpoints[name]
	if named {
		others := slices.DeleteFunc(slices.Clone(c.Default), func(p Named[P]) bool { return p.Name == own.Name })
		return slices.Insert(others, 0, own)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.told[name] && len(c.told) < maxTold {
		if c.told == nil {
			c.told = make(map[string]bool)
		}
		c.told[name] = true
		c.Log.Info("an application names an endpoint of speech that speech.endpoints does not have: the default providers are used", "endpoint", name)
	}
	return c.Default
}

// Synthesizers asks several synthesizers, in order, until one speaks.
type Synthesizers struct{ Choice[Synthesizer] }

// Speak implements Synthesizer. If all fail, the error is that of the first.
func (s *Synthesizers) Speak(ctx context.Context, u Utterance) (*Sound, error) {
	var first error
	for _, p := range s.order(u.Endpoint) {
		sound, err := speakWithin(ctx, p, u)
		if err == nil {
			return sound, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
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
func speakWithin(ctx context.Context, p Named[Synthesizer], u Utterance) (*Sound, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := &Error{Kind: Unreachable, Provider: p.Name, Detail: "it has not spoken within " + firstSoundWithin.String()}
	limit := time.AfterFunc(firstSoundWithin, func() { cancel(late) })
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
type Recognizers struct{ Choice[Uploader] }

// Listen implements Recognizer: an utterance that one provider cannot take is given to
// the next one.
func (r *Recognizers) Listen(ctx context.Context, l Listening) (Transcriber, error) {
	order := r.order(l.Endpoint)
	if len(order) == 0 {
		return nil, &Error{Kind: Unconfigured, Detail: "no speech to text is configured: configure speech.providers"}
	}
	return newRelay(ctx, order, l, r.Log), nil
}
