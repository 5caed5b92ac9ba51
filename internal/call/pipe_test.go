package call

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestPipeCarriesFramesInOrderAndDropsWhatIsTooMuch(t *testing.T) {
	p := newPipe()
	frame := make(audio.Frame, 160)
	if p.take(frame) {
		t.Fatal("an empty pipe gave a frame")
	}
	for n := range 20 { // more than fits
		for i := range frame {
			frame[i] = int16(n)
		}
		p.put(frame)
	}
	p.put(nil)
	got := make(audio.Frame, 160)
	count := 0
	for p.take(got) {
		if got[0] != int16(count) || got[159] != int16(count) {
			t.Fatalf("frame %d holds %d", count, got[0])
		}
		count++
	}
	if want := pipeSamples / 160; count != want {
		t.Errorf("%d frames came through, want %d", count, want)
	}
}

func TestPipeDoesNotAllocate(t *testing.T) {
	p, frame := newPipe(), make(audio.Frame, 160)
	if n := testing.AllocsPerRun(100, func() { p.put(frame); p.take(frame) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
