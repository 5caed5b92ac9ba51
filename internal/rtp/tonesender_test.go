//go:build linux && !portable

// Elsewhere a goroutine reads ahead, so a packet is not there at the next line.

package rtp

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/fault"
)

// press sends tones while the line is ticked, until SendTones returns.
func (l *line) press(t *testing.T, ctx context.Context, tones string, source audio.Source) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- l.a.SendTones(ctx, []byte(tones)) }()
	for l.a.stream.tones.pending.Load() == nil { // until it is queued, so that ticks are not spent in vain
		select {
		case err := <-done:
			return err
		default:
		}
	}
	for range 1000 {
		l.tick(source, 1)
		select {
		case err := <-done:
			return err
		default:
		}
	}
	select {
	case err := <-done: // the machine is busy
		return err
	case <-time.After(90 * time.Second):
		t.Fatal("the tones are never sent")
		return nil
	}
}

func TestTonesTravelBothWays(t *testing.T) {
	for _, tones := range []string{"1", "123#", "0123456789ABCD#*", "11111", "99#99"} {
		a, b := open(t), open(t)
		var got []byte
		b.OnTone(func(key byte) { got = append(got, key) })
		a.SetMedia(media(b))
		b.SetMedia(media(a))
		l := &line{a: a, b: b}
		if err := l.press(t, context.Background(), tones, audio.NewOscillator(-10, 500)); err != nil {
			t.Fatal(err)
		}
		l.tick(nil, 10)
		if string(got) != tones {
			t.Errorf("pressed %q, heard %q", tones, got)
		}
		if s := b.Stats(); s.Lost+s.Duplicates+s.Late+s.Ignored+s.Concealed > 0 {
			t.Errorf("%q: %+v", tones, s)
		}
		if keys := audiotest.Keys(l.heard, 8000); keys != "" {
			t.Errorf("%q is heard in-band as %q too", tones, keys)
		}
	}
}

// What RFC 4733 §2.5.1 wants to see on the wire.
func TestPressOnTheWire(t *testing.T) {
	a, peer := open(t), newRawPeer(t)
	m := media(a)
	m.Remote = peer.at
	a.SetMedia(m)
	l := &line{a: a, b: open(t)}
	l.tick(nil, 2)
	if err := l.press(t, context.Background(), "57", nil); err != nil {
		t.Fatal(err)
	}
	l.tick(nil, 2)
	type event struct {
		header
		key, end byte
		duration uint16
	}
	var events []event
	var previous header
	voiceDuringTone := 0
	in := newBatch()
	for n := peer.receive(in); n > 0; n = peer.receive(in) {
		for i := range n {
			h, payload, ok := parse(in.data[i][:in.size[i]])
			if !ok || previous.ssrc != 0 && h.sequence != previous.sequence+1 {
				t.Fatalf("%+v follows %+v", h, previous)
			}
			previous = h
			if h.payloadType == 101 {
				events = append(events, event{h, payload[0], payload[1] >> 7, binary.BigEndian.Uint16(payload[2:])})
			} else if len(events)%7 != 0 {
				voiceDuringTone++
			}
		}
	}
	if len(events) != 14 || voiceDuringTone != 0 {
		t.Fatalf("%d event packets, %d of voice between them", len(events), voiceDuringTone)
	}
	for i, e := range events {
		first, tick := events[i/7*7], i%7
		wantDuration := uint16(160 * min(tick+1, 5))
		wantEnd := byte(0)
		if tick >= 4 {
			wantEnd = 1
		}
		if e.timestamp != first.timestamp || e.marker != (tick == 0) || e.duration != wantDuration || e.end != wantEnd || e.key != "\x05\x07"[i/7] {
			t.Errorf("packet %d: %+v", i, e)
		}
	}
	if apart := events[7].timestamp - events[0].timestamp; apart != 1600 {
		t.Errorf("the second press begins %d units after the first, want 1600: 200 ms", apart)
	}
}

func TestTonesWithoutTelephoneEventAreSound(t *testing.T) {
	a, b := pair(t, withoutEvents)
	l := &line{a: a, b: b}
	if err := l.press(t, context.Background(), "1590*#A", audio.NewOscillator(-10, 500)); err != nil {
		t.Fatal(err)
	}
	l.tick(nil, 10)
	if keys := audiotest.Keys(l.heard, 8000); keys != "1590*#A" {
		t.Errorf("heard %q", keys)
	}
}

func TestTonesInTheSoundAreToldIfThePeerHasNoTelephoneEvent(t *testing.T) {
	for _, c := range codec.All {
		for _, event := range []bool{false, true} {
			a, b := open(t), open(t)
			var got []byte
			b.OnTone(func(key byte) { got = append(got, key) })
			forA, forB := media(b), media(a)
			use(&forA, c)
			withoutEvents(&forA)
			use(&forB, c)
			if !event {
				withoutEvents(&forB)
			}
			a.SetMedia(forA)
			b.SetMedia(forB)
			l := &line{a: a, b: b}
			if err := l.press(t, context.Background(), "1590*#A11", audio.NewOscillator(-10, 500)); err != nil {
				t.Fatal(err)
			}
			l.tick(nil, 10)
			want := "1590*#A11"
			if event { // the peer says its keys another way
				want = ""
			}
			if string(got) != want {
				t.Errorf("%s, telephone-event %v: told %q, want %q", c.Name, event, got, want)
			}
		}
	}
}

func TestTonesWaitOutAHold(t *testing.T) {
	a, b := open(t), open(t)
	var got []byte
	b.OnTone(func(key byte) { got = append(got, key) })
	held := media(b)
	held.Send = false
	a.SetMedia(held)
	b.SetMedia(media(a))
	l := &line{a: a, b: b}
	done := make(chan error, 1)
	go func() { done <- a.SendTones(context.Background(), []byte("5")) }()
	l.tick(nil, 50)
	select {
	case err := <-done:
		t.Fatalf("returned %v on hold", err)
	default:
	}
	a.SetMedia(media(b))
	for waiting := true; waiting; {
		l.tick(nil, 1)
		select {
		case err := <-done:
			if waiting = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if string(got) != "5" {
		t.Errorf("heard %q", got)
	}
}

func TestGivenUpTonesStopAfterTheKeyThatSounds(t *testing.T) {
	a, b := open(t), open(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	var got []byte
	why := errors.New("hung up")
	b.OnTone(func(key byte) {
		if got = append(got, key); key == '2' {
			cancel(why)
		}
	})
	a.SetMedia(media(b))
	b.SetMedia(media(a))
	l := &line{a: a, b: b}
	done := make(chan error, 1)
	go func() { done <- a.SendTones(ctx, []byte("123456")) }()
	for ctx.Err() == nil {
		l.tick(nil, 1)
	}
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("returned %v", err)
	}
	l.tick(nil, 100)
	if err := l.press(t, context.Background(), "9", nil); err != nil {
		t.Fatal(err)
	}
	if string(got) != "129" {
		t.Errorf("heard %q, want 12 and then 9", got)
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	a, _ := pair(t)
	for _, tones := range []string{"12x", "a", " ", string(make([]byte, maxTones+1))} {
		if err := a.SendTones(context.Background(), []byte(tones)); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%q: %v", tones, err)
		}
	}
	if err := a.SendTones(context.Background(), nil); err != nil {
		t.Errorf("no tones at all: %v", err)
	}
}
