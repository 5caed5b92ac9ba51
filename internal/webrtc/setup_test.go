package webrtc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// TestMediaThatCameUpStayUp: the time in which media have to come up ends no leg that has some.
func TestMediaThatCameUpStayUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &leg{phase: up}
		l.startSetup()
		time.Sleep(setupTime - time.Second)
		l.mu.Lock()
		l.connected = true
		l.stopSetup()
		if l.setup.Stop() {
			t.Error("the timer goes on")
		}
		l.mu.Unlock()
		l.setupOver() // the timer had fired already
		l.startSetup()
		time.Sleep(2 * setupTime)
		if l.phase != up {
			t.Error("the leg is over")
		}
	})
}

// TestMediaThatComeUpAsTheirTimeEndsAreKept: whether they are up is looked at in the moment in
// which the leg would be over, so that no leg with media ends, as one that had lost them.
func TestMediaThatComeUpAsTheirTimeEndsAreKept(t *testing.T) {
	l := &leg{phase: up}
	l.finishUnless(func() bool {
		if l.mu.TryLock() {
			t.Error("media may come up between the look and the end")
		}
		return true
	}, call.Reason{Kind: call.MediaLost})
	if l.phase != up {
		t.Error("the leg is over")
	}
}
