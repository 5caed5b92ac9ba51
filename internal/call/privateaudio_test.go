package call

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// placeInMix is a Member that nobody hears.
type placeInMix struct{ Member }

func (placeInMix) SetPrivateSource(audio.Source) {}

// Who waits for a listener to leave is told, whether it asked before or after, and a
// listener that is back has not left.
func TestWhoWaitsForAListenerIsToldThatItLeft(t *testing.T) {
	open := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return false
		default:
			return true
		}
	}
	var a privateAudio
	if a.left() != nil {
		t.Error("a listener that never came can leave")
	}
	a.setMember(placeInMix{})
	first := a.left()
	if first == nil || !open(first) || a.left() != first {
		t.Error("a listener that is there has left, or leaves twice")
	}
	a.setMember(nil)
	if open(first) || open(a.left()) {
		t.Error("a listener left, and who asked before or after is not told")
	}
	a.setMember(placeInMix{})
	if second := a.left(); second == nil || !open(second) {
		t.Error("a listener that is back has left")
	}
	a.setMember(nil)
	a.setMember(placeInMix{})
	a.setMember(nil) // nobody has asked
	if open(a.left()) {
		t.Error("a listener left, and who asks then is not told")
	}
}
