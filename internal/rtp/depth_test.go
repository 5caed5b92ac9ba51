package rtp

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestDepthIsCollectedFirst asks how many ticks sound waits, by setting.
func TestDepthIsCollectedFirst(t *testing.T) {
	for wanted, want := range map[time.Duration]int{0: 1, -1: 0, 20 * time.Millisecond: 0, 60 * time.Millisecond: 2, 100 * time.Millisecond: 4} {
		p := playout{configured: wanted}
		p.accept(newDecoding(codec.PCMU))
		frame := make([]int16, 160)
		for n := range 20 {
			p.push(header{sequence: uint16(n), timestamp: uint32(160 * n)}, 0, make([]byte, 160), moment{newest: true})
			if p.frame(frame, false) == speech {
				if n != want {
					t.Errorf("%v: heard from tick %d on, want %d", wanted, n, want)
				}
				break
			}
		}
	}
}

// TestDepthThatIsConfiguredStays: a line without jitter keeps what an operator wants.
func TestDepthThatIsConfiguredStays(t *testing.T) {
	for configured, want := range map[time.Duration]int{0: 0, 20 * time.Millisecond: 0, 60 * time.Millisecond: 40} {
		p := playout{configured: configured}
		p.accept(newDecoding(codec.PCMU))
		frame := make([]int16, 160)
		for n := range 60 * 50 {
			h := header{sequence: uint16(n), timestamp: uint32(160 * n)}
			p.push(h, 0, make([]byte, 160), moment{newest: true, waited: 3 * time.Millisecond})
			p.frame(frame, false)
		}
		if got := p.depth(); got != want {
			t.Errorf("%v: %d ms wait after a minute, want %d", configured, got, want)
		}
	}
}

func TestSessionsCollectWhatTheConfigurationSays(t *testing.T) {
	ports := NewPorts(Config{Low: 22300, High: 22399, Depth: -1})
	s, err := ports.Open(Holder{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.SetMedia(sdp.Media{Sending: formatsOf(codec.PCMU), Receiving: formatsOf(codec.PCMU)})
	s.adopt()
	if depth := s.stream.playout.collected(20 * time.Millisecond); depth != 0 {
		t.Errorf("collects %d ms", depth)
	}
}
