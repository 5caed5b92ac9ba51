package sfu

import (
	"testing"
	"time"
)

// TestLatePacketsTellNoRoundTrip: on a path with a round trip of 200 ms, packets that only
// come in another order, after they were asked for, do not hurry what is asked for again.
func TestLatePacketsTellNoRoundTrip(t *testing.T) {
	var l losses
	now := time.Unix(1000, 0)
	lose := func(seq int64) { l.gap(seq, seq+1, now); now = now.Add(12 * time.Millisecond); l.due(now) }
	for seq := int64(1); seq < 100; seq += 2 {
		lose(seq)
		now = now.Add(200 * time.Millisecond)
		l.found(seq, true, now)
	}
	want := l.again()
	if want < 240*time.Millisecond || want > mostAsk {
		t.Fatalf("after repetitions that took 200 ms: again after %v", want)
	}
	for seq := int64(101); seq < 200; seq += 2 {
		lose(seq)
		l.found(seq, false, now.Add(time.Millisecond))
	}
	if got := l.again(); got != want {
		t.Errorf("late packets change %v to %v", want, got)
	}
}

// TestWhatNobodySeesIsNotRepaired: of a layer that nobody gets, nothing is asked for.
func TestWhatNobodySeesIsNotRepaired(t *testing.T) {
	client := NewClient("ann", &news{})
	defer client.Close()
	client.SetStreams(1, 0)
	e := &encoding{rid: "h", on: true, key: true}
	e.Width, e.Height, e.Rate = 320, 180, 1_000_000
	e.layer = client.Source(Camera).Open("h", 1, VP8, e)
	now := time.Unix(1000, 0)
	film := func() (asked int) {
		for n := range 40 {
			packets, _ := e.next()
			for i, b := range packets {
				if i > 0 || n%2 == 0 { // the first packet of every other picture is lost, and stays away
					e.layer.Take(b, false, now)
				}
			}
			now = now.Add(50 * time.Millisecond)
			e.layer.Tick(now)
		}
		keys, again := e.asked()
		return keys + again
	}
	if asked := film(); asked != 0 {
		t.Errorf("%d requests", asked)
	}
	e.layer.setSinks([]*sink{newSink(NewClient("bob", &news{}), Line{})})
	if asked := film(); asked < 20 {
		t.Errorf("with a receiver there are %d requests", asked)
	}
}
