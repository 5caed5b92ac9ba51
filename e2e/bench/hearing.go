package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// bursts is how many loud packets, and keys, are timed.
const bursts = 100

// soundLatency measures how long sound takes from one phone through a room of
// two to the other: from a packet's departure to the arrival of what it became.
func (b *bench) soundLatency(ctx context.Context) error {
	phone, err := siptest.New(siptest.Config{})
	if err != nil {
		return err
	}
	defer phone.Close()
	far := &crowd{phone: phone}
	return b.stage(ctx, far.trunk(), nil, func(s *server, a *application) error {
		var took times
		for room := range 5 { // the phases of five rooms
			here, there, err := a.pair(ctx, phone, room)
			if err != nil {
				return err
			}
			for range bursts / 5 {
				if err := pause(ctx, 150*time.Millisecond+rand.N(20*time.Millisecond)); err != nil {
					return err
				}
				sent := here.ask(0)
				heard, err := there.hears()
				if err != nil {
					return err
				}
				took = append(took, heard.Sub(sent))
			}
			here.close()
			there.close()
		}
		b.row("sound through a room of two", took.String(), "p50 / p99 / longest of %d, from a packet's departure to the arrival of its sound; 20 ms of it is the packet that the jitter buffer keeps", bursts)
		return nil
	})
}

// pair makes a room of two whose phones have bare lines.
func (a *application) pair(ctx context.Context, phone *siptest.Phone, room int) (here, there *line, err error) {
	if err := a.room(2*room, 2); err != nil {
		return nil, nil, err
	}
	var lines []*line
	for range 2 {
		call, err := phone.Next(ctx)
		if err != nil {
			return nil, nil, err
		}
		l, err := newLine()
		if err != nil {
			return nil, nil, err
		}
		if err := call.AnswerWith([]byte(describe(l.address()))); err != nil {
			return nil, nil, err
		}
		if err := l.talk(call.Invite.Body); err != nil {
			return nil, nil, err
		}
		lines = append(lines, l)
	}
	return lines[0], lines[1], pause(ctx, time.Second) // until both are in and their buffers are steady
}

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
		for n := range bursts {
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
		b.row("key to callback", took.String(), "p50 / p99 / longest of %d, from the key's first packet to the arrival of its event", bursts)
		return nil
	})
}

// ringAndListen brings a call up in which an application listens for keys.
func (a *application) ringAndListen(ctx context.Context, phone *siptest.Phone) (*line, error) {
	l, err := newLine()
	if err != nil {
		return nil, err
	}
	connected := a.watch("CallConnected")
	call, err := phone.Invite(siptest.Invite{To: ourNumber, Body: describe(l.address()), NoSound: true})
	if err != nil {
		return nil, err
	}
	if err := call.WaitAnswered(ctx); err != nil {
		return nil, err
	}
	if err := l.talk(call.Final().Body); err != nil {
		return nil, err
	}
	e, err := next(ctx, connected, "CallConnected")
	if err != nil {
		return nil, err
	}
	_, err = a.post(fmt.Sprintf("calling/callConnections/%s:startContinuousDtmfRecognition", e.connection), map[string]any{"targetParticipant": phoneNumber(farNumber(1))})
	return l, err
}
