package rtp

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/fault"
)

// press sends tones while the line is ticked, until SendTones returns.
func (l *line) press(t *testing.T, ctx context.Context, tones string, source audio.Source) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- l.a.SendTones(ctx, []byte(tones)) }()
	for l.a.tones.pending.Load() == nil { // until it is queued, so that ticks are not spent in vain
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
	t.Fatal("the tones are never sent")
	return nil
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
		if s := b.Stats(); s.Lost+s.Duplicates+s.Late+s.Ignored > 0 {
			t.Errorf("%q: %+v", tones, s)
		}
		if keys := audiotest.Keys(l.heard, 8000); keys != "" {
			t.Errorf("%q is heard in-band as %q too", tones, keys)
		}
	}
}

// What RFC 4733 §2.5.1 wants to see on the wire.
func TestPressOnTheWire(t *testing.T) {
	a, peer := open(t), newStranger(t)
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
	a, b := pair(t, func(m *Media) { m.TelephoneEvent = 0 })
	l := &line{a: a, b: b}
	if err := l.press(t, context.Background(), "1590*#A", audio.NewOscillator(-10, 500)); err != nil {
		t.Fatal(err)
	}
	l.tick(nil, 10)
	if keys := audiotest.Keys(l.heard, 8000); keys != "1590*#A" {
		t.Errorf("heard %q", keys)
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

func TestKeyIsToldOnceAtItsFirstPacket(t *testing.T) {
	packet := func(marker bool, event byte, end bool, timestamp uint32, duration uint16) (header, []byte) {
		flags := byte(10)
		if end {
			flags |= 0x80
		}
		return header{marker: marker, timestamp: timestamp}, []byte{event, flags, byte(duration >> 8), byte(duration)}
	}
	type step struct {
		marker    bool
		event     byte
		end       bool
		timestamp uint32
		duration  uint16
	}
	for _, test := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"whole press", []step{{true, 1, false, 100, 160}, {false, 1, false, 100, 320}, {false, 1, true, 100, 480}, {false, 1, true, 100, 480}}, "1"},
		{"first packets lost", []step{{false, 11, false, 100, 480}, {false, 11, true, 100, 640}}, "#"},
		{"all but an end packet lost", []step{{false, 10, true, 100, 640}}, "*"},
		{"all end packets lost, same key again", []step{{true, 1, false, 100, 160}, {true, 1, false, 2000, 160}}, "11"},
		{"all end packets and the next marker lost", []step{{true, 1, false, 100, 160}, {false, 1, false, 2000, 320}}, "11"},
		{"same key again", []step{{true, 1, false, 100, 160}, {false, 1, true, 100, 320}, {true, 1, false, 2000, 160}}, "11"},
		{"an old end packet comes late", []step{{true, 1, false, 100, 160}, {true, 2, false, 2000, 160}, {false, 1, true, 100, 320}}, "12"},
		{"long press in segments", []step{{true, 5, false, 100, 65535}, {false, 5, false, 100 + 65535, 160}, {false, 5, true, 100 + 65535, 320}}, "5"},
		{"timestamps wrap", []step{{true, 1, true, 1<<32 - 100, 320}, {true, 2, false, 500, 160}}, "12"},
		{"flash is no key", []step{{true, 16, false, 100, 160}, {true, 255, false, 900, 160}}, ""},
		{"letters", []step{{true, 12, false, 100, 160}, {true, 15, false, 900, 160}}, "AD"},
	} {
		var ear toneEar
		var got []byte
		for _, s := range test.steps {
			if key, _ := ear.hear(packet(s.marker, s.event, s.end, s.timestamp, s.duration)); key != 0 {
				got = append(got, key)
			}
		}
		if string(got) != test.want {
			t.Errorf("%s: told %q, want %q", test.name, got, test.want)
		}
	}
	var ear toneEar
	if key, sounding := ear.hear(header{}, []byte{1, 0, 0}); key != 0 || sounding {
		t.Error("a cut event is told")
	}
}
