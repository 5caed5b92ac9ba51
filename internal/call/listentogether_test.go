package call

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// heardFrames notes what was heard, by the first sample; 0 is silence.
type heardFrames struct {
	at   []audio.Tick
	said []int16
}

func (h *heardFrames) HearFrame(at audio.Tick, f audio.Frame) {
	said := int16(0)
	if len(f) > 0 {
		said = f[0]
	}
	h.at, h.said = append(h.at, at), append(h.said, said)
}

// TestDevicesAreHeardTogether: one as it is, at once; several as their sum, each tick once,
// whoever comes or leaves.
func TestDevicesAreHeardTogether(t *testing.T) {
	heard := &heardFrames{}
	them := &together{out: heard}
	says := func(level int16) audio.Frame {
		f := make(audio.Frame, 160)
		for i := range f {
			f[i] = level
		}
		return f
	}
	first, second, third := &oneOfThem{them: them}, &oneOfThem{them: them}, &oneOfThem{them: them}
	first.HearFrame(1, says(100))
	first.HearFrame(2, nil)
	first.HearFrame(3, says(100)) // the second one comes at a tick that has passed
	second.HearFrame(3, says(20))
	first.HearFrame(4, says(100))
	second.HearFrame(4, says(20))
	first.HearFrame(5, nil)
	second.HearFrame(5, says(20))
	first.HearFrame(6, says(300))
	second.HearFrame(6, says(40))
	third.HearFrame(7, says(3)) // comes first in its tick
	first.HearFrame(7, nil)
	second.HearFrame(7, nil)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third.HearFrame(8, says(3))
	second.HearFrame(8, says(20))
	third.Close()
	third.Close()
	second.HearFrame(9, says(20))
	second.HearFrame(10, says(32000))
	fourth := &oneOfThem{them: them}
	fourth.HearFrame(10, nil) // comes at a tick that has passed
	second.HearFrame(11, says(32000))
	fourth.HearFrame(11, says(32000))
	want := []int16{100, 0, 100, 120, 20, 340, 3, 23, 20, 32000, 32767}
	if len(heard.said) != len(want) {
		t.Fatalf("heard %v at %v", heard.said, heard.at)
	}
	for i, said := range want {
		if heard.at[i] != audio.Tick(i+1) || heard.said[i] != said {
			t.Errorf("at tick %d, %d was heard, and not %d", heard.at[i], heard.said[i], said)
		}
	}
	both := &together{out: audio.NewQueue(100, 100)}
	a, b := &oneOfThem{them: both}, &oneOfThem{them: both}
	loud, at := says(100), audio.Tick(0)
	if n := testing.AllocsPerRun(100, func() { at++; a.HearFrame(at, loud); b.HearFrame(at, loud) }); n > 0 {
		t.Errorf("%v allocations for a frame of two", n)
	}
}
