package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// TestClockThatIsSetKeepsNoPicture: times that were noted before the clock of the machine was set back lie ahead.
func TestClockThatIsSetKeepsNoPicture(t *testing.T) {
	begun := time.Now()
	for _, set := range []time.Duration{-time.Hour, 0, time.Hour} {
		asked := 0
		client := NewClient("alice", nil)
		l := client.Source(Camera).Open("", 1, VP8, asks{&asked})
		l.count(100, false, begun)
		l.needKeyFrame(begun)
		l.keyCame.Store(begun.UnixNano())
		after := begun.Add(hopeless + set)
		l.needKeyFrame(after)
		if asked != 2 {
			t.Errorf("set by %v: %d key frames were asked for, want 2", set, asked)
		}
		if set != 0 && l.lives(after) {
			t.Errorf("set by %v: packets still come", set)
		}
		l.count(100, false, after)
		if !l.lives(after) || !l.lives(after.Add(-time.Millisecond)) {
			t.Errorf("set by %v: packets do not come any more", set)
		}
	}
}

// asks counts the key frames that are asked for.
type asks struct{ keys *int }

func (a asks) AskKeyFrame(uint32)          { *a.keys++ }
func (asks) AskAgain(uint32, []uint16)     {}
func (asks) Received(rtcp.ReceptionReport) {}
