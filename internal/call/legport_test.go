package call

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// punctual is a leg's sound that knows when its packets come.
type punctual struct{ audio.Port }

func (punctual) Said() (int64, bool)           { return 42, true }
func (punctual) Waited() (time.Duration, bool) { return 7 * time.Millisecond, true }

// TestLegPortTellsWhenPacketsCome asks that the mix can find a call's phase.
func TestLegPortTellsWhenPacketsCome(t *testing.T) {
	if waited, known := (&legPort{Port: punctual{}}).Waited(); waited != 7*time.Millisecond || !known {
		t.Errorf("got %v, %v", waited, known)
	}
	if _, known := (&legPort{}).Waited(); known {
		t.Error("a sound without packets has waited")
	}
}

// TestLegPortTellsWhenSoundWasSaid asks that recordings can align the channels of legs.
func TestLegPortTellsWhenSoundWasSaid(t *testing.T) {
	if at, known := (&legPort{Port: punctual{}}).Said(); at != 42 || !known {
		t.Errorf("got %d, %t", at, known)
	}
	if _, known := (&legPort{}).Said(); known {
		t.Error("a sound without packets has a date")
	}
}
