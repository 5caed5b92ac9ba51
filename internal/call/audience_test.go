package call

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// counting says 1, 2, 3…, each for a frame, and is silent in some.
type counting struct {
	Playback
	n      int16
	silent int16
}

func (c *counting) ReadFrame(f audio.Frame) bool {
	c.n++
	for i := range f {
		f[i] = 1000 * c.n
	}
	return c.n != c.silent
}

// TestSharesHearTheSame: each frame is read once, for all; who comes in the middle hears
// what the others hear, faded in; a change of the rate, and one who is left out for a while,
// change nothing.
func TestSharesHearTheSame(t *testing.T) {
	prompt := &common{Playback: &counting{silent: 3}}
	a, b, c := &share{common: prompt}, &share{common: prompt}, &share{common: prompt}
	frame := make(audio.Frame, 160)
	for i, step := range []struct {
		who  *share
		rate int
		want int16 // of the last sample; 0: silence
	}{
		{a, 8000, 1000}, {b, 8000, 1000},
		{a, 8000, 2000}, {b, 8000, 2000}, {c, 8000, 2000},
		{a, 8000, 0}, {b, 8000, 0}, {c, 8000, 0},
		{a, 16000, 4000}, {b, 16000, 4000}, {c, 16000, 4000},
		{a, 16000, 5000}, {c, 16000, 5000},
		{b, 16000, 5000}, {a, 16000, 6000}, {c, 16000, 6000}, // b was left out
		{b, 16000, 6000},
		{c, 16000, 7000}, {b, 16000, 7000}, // a has left
	} {
		f := frame[:0]
		f = append(f, make(audio.Frame, audio.Samples(step.rate))...)
		heard := step.who.ReadFrame(f)
		if heard != (step.want != 0) || heard && f[len(f)-1] != step.want {
			t.Errorf("step %d: heard %t, %d, and not %d", i, heard, f[len(f)-1], step.want)
		}
		if i == 4 && f[0] != 0 {
			t.Error("who comes in the middle hears a click")
		}
	}
	f := make(audio.Frame, 320)
	if n := testing.AllocsPerRun(100, func() { a.ReadFrame(f); b.ReadFrame(f) }); n > 0 {
		t.Errorf("%v allocations for a frame", n)
	}
}

// placeThatIsHeard is a Member that listeners hear.
type placeThatIsHeard struct{ placeInMix }

func (placeThatIsHeard) Hear(audio.Listener) (stop func()) { return func() {} }

// TestDevicesThatHaveLeftAreForgotten, however often one comes and leaves while something
// goes on with their user.
func TestDevicesThatHaveLeftAreForgotten(t *testing.T) {
	user := &participant{call: &Call{}}
	hearers := audienceOf(user)
	from, _ := user.listenTo()
	for range 10 {
		e := &endpoint{who: user, stage: present, member: placeThatIsHeard{}}
		hearers.join(e)
		from.join(e)
		e.stage, e.member = leaving, nil
	}
	if n, m := len(hearers.list), len(from.leave); n != 1 || m != 1 {
		t.Errorf("%d and %d devices are kept", n, m)
	}
}
