package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// streams measures calls whose sound goes to an application over a WebSocket and
// comes back from there, 16 kHz in JSON, while the phones speak.
func (b *bench) streams(ctx context.Context) error {
	voices, err := newVoices(true)
	if err != nil {
		return err
	}
	defer voices.close()
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		a.answers["mediaStreamingOptions"] = voices.options()
		phones, err := newCrowd(s.addresses.SIP)
		if err != nil {
			return err
		}
		defer phones.close()
		few := b.streamed / 4
		err1 := phones.callUntil(ctx, a, "MediaStreamingStarted", few, setupRate)
		some, err2 := s.settled(ctx)
		err3 := phones.callUntil(ctx, a, "MediaStreamingStarted", b.streamed-few, setupRate)
		all, err4 := s.settled(ctx)
		before, err5 := s.metrics()
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return err
		}
		profiled := b.keepDuring(ctx, "streams.cpu", "profile?seconds=5")
		used, err := s.over(ctx, b.measured)
		after, err6 := s.metrics()
		if err := errors.Join(err, err6, profiled(), b.keep(ctx, "streams.heap", "heap")); err != nil {
			return err
		}
		grown := func(name string) float64 {
			return after["switchhook_media_streams_"+name+"_total"] - before["switchhook_media_streams_"+name+"_total"]
		}
		b.row("CPU of a bidirectional stream", share(used, b.measured, b.streamed),
			"%d phones, G.711 both ways, 16 kHz both ways: %.1f and %.1f messages a second each; %.0f frames dropped, %.0f gaps; of the call with its stream",
			b.streamed, grown("sent_frames")/b.measured.Seconds()/float64(b.streamed), grown("received_messages")/b.measured.Seconds()/float64(b.streamed), grown("dropped_frames"), grown("gaps"))
		if b.played > 0 {
			each := used.Seconds() / b.measured.Seconds() / float64(b.streamed)
			b.row("  in playing calls", fmt.Sprintf("%.1f", each/b.played.Seconds()), "what a call with a stream costs, by what a playing call did in the same run")
		}
		b.row("memory of a bidirectional stream", fmt.Sprintf("%.0f kB", float64(all-some)/1e3/float64(b.streamed-few)), "resident: %.0f MB with %d, %.0f MB with %d", megabytes(some), few, megabytes(all), b.streamed)
		b.row("  tick lateness", "p99 "+lateness(before).percentile(after, 0.99), "%.3f %% below 5 ms", 100*lateness(before).below(after, "0.005"))
		return phones.hangUp(ctx)
	})
}

const (
	agents = 40 // calls of the turn run, at random moments
	turns  = 3  // of each
)

// turn measures what the server adds to a voice agent's turn: from the caller's
// sample to the agent's stream, from the agent's first sample to the caller, and
// from StopAudio to silence.
func (b *bench) turn(ctx context.Context) error {
	voices, err := newVoices(false)
	if err != nil {
		return err
	}
	defer voices.close()
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		a.answers["mediaStreamingOptions"] = voices.options()
		phone, err := siptest.New(siptest.Config{Server: s.addresses.SIP, User: farNumber(1)})
		if err != nil {
			return err
		}
		defer phone.Close()
		var took [3]times
		for range agents / together {
			if err := a.converse(ctx, phone, voices, &took); err != nil {
				return err
			}
		}
		b.row("caller to agent's stream", took[0].String(), "p50 / p99 / longest of %d in %d calls, from the departure of a loud packet to the arrival of its message", agents*turns, agents)
		b.row("agent's first sample to caller", took[1].String(), "the same, from the departure of the first message of 20 ms, at its own clock, to the arrival of a loud packet")
		b.row("StopAudio to silence", took[2].String(), "the same, from its departure to the arrival of the last loud packet, 0 if none came; that packet falls silent within 5 ms")
		return nil
	})
}

// converse times the turns of some calls at once.
func (a *application) converse(ctx context.Context, phone *siptest.Phone, voices *voices, took *[3]times) (err error) {
	var mu sync.Mutex
	var work sync.WaitGroup
	for range together {
		l, connection, problem := a.ring(ctx, phone, "MediaStreamingStarted")
		if problem != nil {
			err = errors.Join(err, problem)
			break
		}
		work.Go(func() {
			problem := pause(ctx, time.Second)
			for n := 0; n < turns && problem == nil; n++ {
				var one [3]time.Duration
				one, problem = voices.of(connection).turn(ctx, l)
				mu.Lock()
				for i := range took {
					took[i] = append(took[i], one[i])
				}
				mu.Unlock()
			}
			problem = errors.Join(problem, l.hangUp(ctx))
			mu.Lock()
			err = errors.Join(err, problem)
			mu.Unlock()
		})
	}
	work.Wait()
	return err
}

// turn is one turn of the caller and one of the agent, which is interrupted.
func (one *voice) turn(ctx context.Context, l *line) (took [3]time.Duration, err error) {
	random := func() error { return pause(ctx, 200*time.Millisecond+rand.N(packetTime)) }
	if err := random(); err != nil {
		return took, err
	}
	if took[0], err = one.heardFrom(l); err != nil {
		return took, err
	}
	if err := random(); err != nil {
		return took, err
	}
	sent := time.Now()
	for range 5 { // a model that speaks as fast as it is heard
		one.conn.Write(loudly)
		if err := pause(ctx, packetTime); err != nil {
			return took, err
		}
	}
	at, err := l.hears()
	if err != nil {
		return took, err
	}
	took[1] = at.Sub(sent)
	if err := pause(ctx, 700*time.Millisecond); err != nil { // what comes then is a new sentence
		return took, err
	}
	one.conn.Write(atLarge)
	if _, err := l.hears(); err != nil {
		return took, err
	}
	if err := random(); err != nil {
		return took, err
	}
	sent = time.Now()
	one.conn.Write(stopNow)
	if err := pause(ctx, 500*time.Millisecond); err != nil {
		return took, err
	}
	took[2] = max(l.lastLoud().Sub(sent), 0)
	return took, nil
}

// heardFrom times one loud packet of a caller. On a machine that others use too, a
// packet may leave so late that it is dropped, as its successor has been played.
func (one *voice) heardFrom(l *line) (time.Duration, error) {
	for range 5 {
		sent := l.ask(0)
		select {
		case at := <-one.loud:
			return at.Sub(sent), nil
		case <-time.After(time.Second):
		}
	}
	return 0, errors.New("the agent has heard nothing of five loud packets")
}
