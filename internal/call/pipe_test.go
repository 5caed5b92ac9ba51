package call

import (
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
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
			f[i] = int16(100 * n)
		}
		from.WriteFrame(f)
		from.WriteFrame(nil)
	}
	if to.ReadFrame(f) {
		t.Fatal("no frame is kept in hand")
	}
	var heard []int16
	for to.ReadFrame(f) {
		heard = append(heard, f[0], f[159])
	}
	// Frames 1400 and 1500 are laid upon each other, which fades in, and what nothing
	// follows fades away.
	if want := []int16{0, 1499, 1600, 1600, 1700, 1700, 1800, 1800, 1900, 1900, 1900, 955, 950, 5}; !slices.Equal(heard, want) {
		t.Errorf("of the frames 0 to 1900 came through: %v, want %v", heard, want)
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
	for n := range 5 {
		wide.WriteFrame(loud)
		if heard := narrow.ReadFrame(heard); heard != (n > 0) { // a frame is kept in hand
			t.Fatalf("the narrow call hears frame %d: %v", n, heard)
		}
	}
	if level := heard[159]; level < 950 || level > 1050 {
		t.Errorf("1000 arrives as %d", level)
	}
	back := make(audio.Frame, 320)
	for n := range 5 {
		narrow.WriteFrame(loud[:160])
		if heard := wide.ReadFrame(back); heard != (n > 0) {
			t.Fatalf("the wide call hears frame %d: %v", n, heard)
		}
	}
	if level := back[319]; level < 950 || level > 1050 {
		t.Errorf("1000 comes back as %d", level)
	}
	if n := testing.AllocsPerRun(50, func() { wide.WriteFrame(loud); narrow.ReadFrame(heard) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// TestPipeIsWidebandBetweenWidebandCalls: phones with G.722 that another phone has joined
// hear each other as well as before.
func TestPipeIsWidebandBetweenWidebandCalls(t *testing.T) {
	pipe := newPipe()
	from, to := hairpinPort{out: pipe}, hairpinPort{in: pipe}
	said := audiotest.Tone(16000, 400*time.Millisecond, -12, 6000)
	var heard []int16
	for ; len(said) > 0; said = said[320:] {
		from.WriteFrame(said[:320])
		f := make(audio.Frame, 320)
		to.ReadFrame(f)
		heard = append(heard, f...)
	}
	if share := audiotest.Goertzel(heard[640:], 16000, 6000); share < 0.95 {
		t.Errorf("of 6 kHz comes %s", audiotest.Describe(heard, 16000))
	}
}
