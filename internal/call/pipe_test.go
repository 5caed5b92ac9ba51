package call

import (
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestPipeDropsItsOldestFramesAndIsEndedByAPause(t *testing.T) {
	pipe := newPipe()
	from, to := hairpinPort{out: pipe}, hairpinPort{in: pipe}
	f := make(audio.Frame, 160)
	if to.ReadFrame(f) {
		t.Fatal("an empty pipe gave a frame")
	}
	for n := range 20 { // more than fits
		for i := range f {
			f[i] = int16(n)
		}
		from.WriteFrame(f)
		from.WriteFrame(nil)
	}
	var heard []int16
	for to.ReadFrame(f) {
		heard = append(heard, f[159])
	}
	if !slices.Equal(heard, []int16{14, 15, 16, 17, 18, 19}) {
		t.Errorf("of the frames 0 to 19 came through: %v", heard)
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
