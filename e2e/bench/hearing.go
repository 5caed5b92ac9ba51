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

const (
	roomsOfTwo = 50              // two placements each: one in each direction
	together   = 10              // of them at a time
	bursts     = 3               // loud packets of each phone
	steady     = 3 * time.Second // until buffers hold what they shall, and ticks follow the packets
)

// soundLatency measures how long sound takes from one phone through a room of
// two to the other: from a packet's departure to the arrival of what it became.
// Each phone's packets leave at moments of their own, and where they lie among the
// server's ticks decides: so there are many phones.
func (b *bench) soundLatency(ctx context.Context) error {
	for _, line := range []struct {
		configuration, what string
		jitter              time.Duration
	}{
		{"media: {depth: 0s}\n", "nothing kept", 0},
		{"", "as delivered", 0},
		{"", "jitter of 30 ms", 30 * time.Millisecond},
	} {
		if err := b.soundLatencyWith(ctx, line.configuration, line.what, line.jitter); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) soundLatencyWith(ctx context.Context, configuration, what string, jitter time.Duration) error {
	phone, err := siptest.New(siptest.Config{})
	if err != nil {
		return err
	}
	defer phone.Close()
	far := &crowd{phone: phone}
	return b.stage(ctx, configuration+far.trunk(), nil, func(s *server, a *application) error {
		var took times
		for first := 0; first < roomsOfTwo; first += together {
			some, err := a.hearEachOther(ctx, phone, first, jitter)
			if err != nil {
				return err
			}
			took = append(took, some...)
		}
		b.row("sound through a room of two, "+what, took.String(),
			"p50 / p99 / longest, from a packet's departure to the arrival of its sound: %d phones at random moments, %d packets each", 2*roomsOfTwo, bursts)
		return nil
	})
}

// hearEachOther times the sound in some rooms of two, in both directions.
func (a *application) hearEachOther(ctx context.Context, phone *siptest.Phone, first int, jitter time.Duration) (took times, err error) {
	var rooms [][2]*line
	defer func() {
		for _, room := range rooms {
			err = errors.Join(err, room[0].hangUp(ctx), room[1].hangUp(ctx))
		}
	}()
	for n := range together {
		room, err := a.pair(ctx, phone, first+n, jitter)
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, room)
	}
	if err := pause(ctx, steady); err != nil {
		return nil, err
	}
	var work sync.WaitGroup
	var mu sync.Mutex
	for _, room := range rooms {
		work.Go(func() {
			for n := range 2 * bursts {
				one, problem := room[n%2].burstTo(ctx, room[1-n%2])
				mu.Lock()
				took, err = append(took, one), errors.Join(err, problem)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return took, err
}

// burstTo times one loud packet.
func (l *line) burstTo(ctx context.Context, far *line) (time.Duration, error) {
	if err := pause(ctx, 150*time.Millisecond+rand.N(packetTime)); err != nil {
		return 0, err
	}
	sent := l.ask(0)
	heard, err := far.hears()
	return heard.Sub(sent), err
}

// pair makes a room of two whose phones have bare lines. Their packets leave at
// random moments, with a jitter.
func (a *application) pair(ctx context.Context, phone *siptest.Phone, number int, jitter time.Duration) (room [2]*line, err error) {
	if err := a.room(2*number, 2); err != nil {
		return room, err
	}
	for n := range room {
		call, err := phone.Next(ctx)
		if err != nil {
			return room, err
		}
		l, err := newLine()
		if err != nil {
			return room, err
		}
		if err := call.AnswerWith([]byte(describe(l.address()))); err != nil {
			return room, err
		}
		if err := pause(ctx, rand.N(packetTime)); err != nil {
			return room, err
		}
		l.jitter = jitter
		if err := l.talk(call.Invite.Body); err != nil {
			return room, err
		}
		l.call, room[n] = call, l
	}
	return room, nil
}

// keyPresses is how many keys are timed.
const keyPresses = 100

// keyLatency measures how soon an application knows of a key: from the departure
// of its first packet to the callback's arrival.
func (b *bench) keyLatency(ctx context.Context) error {
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		phone, err := siptest.New(siptest.Config{Server: s.addresses.SIP, User: farNumber(1)})
		if err != nil {
			return err
		}
		defer phone.Close()
		l, err := a.ringAndListen(ctx, phone)
		if err != nil {
			return err
		}
		defer l.close()
		pressed := a.watch("ContinuousDtmfRecognitionToneReceived")
		var took times
		for n := range keyPresses {
			if err := pause(ctx, 60*time.Millisecond+rand.N(20*time.Millisecond)); err != nil {
				return err
			}
			sent := l.ask('0' + byte(n%10))
			e, err := next(ctx, pressed, "key")
			if err != nil {
				return err
			}
			took = append(took, e.at.Sub(sent))
		}
		b.row("key to callback", took.String(), "p50 / p99 / longest of %d, from the key's first packet to the arrival of its event", keyPresses)
		return nil
	})
}

// ringAndListen brings a call up in which an application listens for keys.
func (a *application) ringAndListen(ctx context.Context, phone *siptest.Phone) (*line, error) {
	l, connection, err := a.ring(ctx, phone, "CallConnected")
	if err != nil {
		return nil, err
	}
	_, err = a.post(fmt.Sprintf("calling/callConnections/%s:startContinuousDtmfRecognition", connection), map[string]any{"targetParticipant": phoneNumber(farNumber(1))})
	return l, err
}

// ring brings a call with a bare line up, and returns when it has had an event of a
// kind.
func (a *application) ring(ctx context.Context, phone *siptest.Phone, kind string) (*line, string, error) {
	l, err := newLine()
	if err != nil {
		return nil, "", err
	}
	happened := a.watch(kind)
	if l.call, err = reach(ctx, phone, ourNumber, describe(l.address())); err != nil {
		return nil, "", err
	}
	if err := l.talk(l.call.Final().Body); err != nil {
		return nil, "", err
	}
	e, err := next(ctx, happened, kind)
	return l, e.connection, err
}
