//go:build linux && !portable

package rtp

import (
	"context"
	"errors"
	"net"
	"reflect"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// What served a call serves another, which hears nothing of the former.
func TestWhatIsUsedAgainIsSilent(t *testing.T) {
	for engineSeen, roomSeen, tries := false, false, 0; !engineSeen || !roomSeen; tries++ {
		if tries == 1000 { // with the race detector, pools forget some
			t.Fatalf("of 1,000 sessions, had one the engine of the one before? %t. Its room? %t", engineSeen, roomSeen)
		}
		a, b := pair(t)
		said := &line{a: a, b: b}
		said.tick(audio.NewOscillator(-10, 440), 10)
		if len(said.heard) == 0 || reflect.DeepEqual(said.heard, make([]int16, len(said.heard))) {
			t.Fatal("nothing was heard: nothing could be left of it")
		}
		used, room := b.stream.engine, b.stream.playout.room
		if err := errors.Join(b.Close(), a.Close()); err != nil {
			t.Fatal(err)
		}
		next := open(t)
		if next.stream.engine == used {
			engineSeen = true
			left := *used
			left.out.header, left.control.name = header{}, [cnameSize]byte{} // drawn anew
			if !reflect.DeepEqual(left, engine{}) {
				t.Errorf("an engine that is used again still knows of the former call: %+v", left)
			}
		}
		next.SetMedia(media(next))
		next.ReadFrame(make(audio.Frame, 160))
		if taken := next.stream.playout.room; taken == room {
			roomSeen = true
			if !reflect.DeepEqual(taken.samples, make([]int16, len(taken.samples))) {
				t.Error("a room that is used again still has samples of the former call")
			}
		}
		if err := next.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Who still asks a closed session gets its own figures, although its engine serves another.
func TestClosedSessionAnswers(t *testing.T) {
	a, b := pair(t)
	said := &line{a: a, b: b}
	said.tick(audio.NewOscillator(-10, 440), 10)
	before := b.Stats()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	said = &line{a: open(t), b: open(t)}
	said.a.SetMedia(media(said.b))
	said.b.SetMedia(media(said.a))
	said.tick(audio.NewOscillator(-10, 440), 20)
	if after := b.Stats(); after != before || before.Received == 0 {
		t.Errorf("after its end a session says %+v, before %+v", after, before)
	}
	if rate := b.SampleRate(); rate != 8000 {
		t.Errorf("its rate is %d", rate)
	}
	b.SetHost(a.LocalAddr().Addr())
	b.SetMedia(media(a))
	if err := b.SendTones(context.Background(), []byte("1")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SendTones returned %v", err)
	}
	if b.ReadFrame(make(audio.Frame, 160)) || b.Summary().Received == 0 {
		t.Error("a closed session speaks, or has no summary")
	}
}

// BenchmarkShortCall is what a session of a call costs whose sound never begins.
func BenchmarkShortCall(b *testing.B) {
	for b.Loop() {
		s, err := testPorts.Open(Holder{})
		if err != nil {
			b.Fatal(err)
		}
		s.SetMedia(media(s))
		s.ReadFrame(make(audio.Frame, 160))
		_ = s.Close()
	}
}
