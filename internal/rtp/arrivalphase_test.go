package rtp

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestWaitedIsWhatNearlyAllPacketsDid asks it of every moment, with jitter.
func TestWaitedIsWhatNearlyAllPacketsDid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for at := time.Duration(0); at < 20*time.Millisecond; at += time.Millisecond {
		for _, jitter := range []time.Duration{0, 500 * time.Microsecond, time.Millisecond} {
			var w arrivalPhase
			for range 50 {
				w.add((at + time.Duration(random.NormFloat64()*float64(jitter)) + 20*time.Millisecond) % (20 * time.Millisecond))
			}
			got, known := w.usual()
			want := at - 2*jitter
			off := (got - want + 30*time.Millisecond) % (20 * time.Millisecond)
			if !known || off < 9*time.Millisecond || off > 11*time.Millisecond {
				t.Errorf("packets %v ± %v: %v, %v; want %v", at, jitter, got, known, want)
			}
		}
	}
}

func TestWaitedIsUnknownOfFewPacketsAndOfMoodyOnes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var few, moody arrivalPhase
	for range enoughReads - 1 {
		few.add(time.Millisecond)
	}
	for range 50 {
		moody.add(time.Duration(random.Int64N(int64(20 * time.Millisecond))))
	}
	if _, known := few.usual(); known {
		t.Error("known of too few")
	}
	if _, known := moody.usual(); known {
		t.Error("known of packets at any moment")
	}
}

// TestPacketsAroundTheTickHaveWaitedLessThanNothing: some come too late, and would have to
// come sooner; packets that wait a whole round are others.
func TestPacketsAroundTheTickHaveWaitedLessThanNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for at, want := range map[time.Duration]time.Duration{time.Millisecond: -time.Millisecond, 19 * time.Millisecond: 17 * time.Millisecond} {
		var w arrivalPhase
		for range 1000 {
			w.add((at + time.Duration(random.NormFloat64()*float64(time.Millisecond)) + 20*time.Millisecond) % (20 * time.Millisecond))
		}
		if got, known := w.usual(); !known || (got-want).Abs() > 300*time.Microsecond {
			t.Errorf("packets %v ± 1 ms: %v, %v; want %v", at, got, known, want)
		}
	}
}
