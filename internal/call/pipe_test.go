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

func TestHairpinJoinsCallsOfDifferentRates(t *testing.T) {
	there, here := newPipe(), newPipe()
	narrow, wide := hairpinPort{in: here, out: there}, hairpinPort{in: there, out: here}
	loud := make(audio.Frame, 320)
	for i := range loud {
		loud[i] = 1000
	}
	heard := make(audio.Frame, 160)
	for range 5 {
		wide.WriteFrame(loud)
		if !narrow.ReadFrame(heard) {
			t.Fatal("the narrow call hears nothing")
		}
	}
	if level := heard[159]; level < 950 || level > 1050 {
		t.Errorf("1000 arrives as %d", level)
	}
	back := make(audio.Frame, 320)
	for range 5 {
		narrow.WriteFrame(loud[:160])
		if !wide.ReadFrame(back) {
			t.Fatal("the wide call hears nothing")
		}
	}
	if level := back[319]; level < 950 || level > 1050 {
		t.Errorf("1000 comes back as %d", level)
	}
	if n := testing.AllocsPerRun(50, func() { wide.WriteFrame(loud); narrow.ReadFrame(heard) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
