package insight

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestMeasureOfSoundThatDoesNotComeSaysSo: while a call goes on, its measures are what shows
// sound in one direction.
func TestMeasureOfSoundThatDoesNotComeSaysSo(t *testing.T) {
	for want, sound := range map[string]call.Sound{
		"4:+1: PCMU, 0 packets in, 250 out, loss 0.0 %, jitter 0.0 ms":            {Codec: "PCMU", Sent: 250},
		"4:+1: PCMU, 249 packets in, 250 out, loss 0.4 %, jitter 0.0 ms, MOS 4.3": {Codec: "PCMU", Sent: 250, Received: 249, Loss: 0.004, MOS: 4.3},
	} {
		if kind, text, failed := (&measurement{"4:+1", sound}).line(); kind != KindMeasure || text != want || failed {
			t.Errorf("got %s %q %t, want %q", kind, text, failed, want)
		}
	}
}
