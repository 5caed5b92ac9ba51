package recording

import (
	"math"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// aged is a frame of a tick that says moments: each sample is the number of its place.
func aged(at audio.Tick, age time.Duration, size int) audio.Heard {
	f := make(audio.Frame, size)
	first := int64(at)*int64(size) - int64(age)*int64(size)/int64(audio.FrameDuration)
	for i := range f {
		f[i] = place(first + int64(i))
	}
	return audio.Heard{At: at, Frame: f, Age: age}
}

// place is what the sample of a place says: a tone, which resampling does not change much.
func place(position int64) int16 {
	return int16(8000 * math.Sin(2*math.Pi*float64(position)/97))
}

// played takes what lines hold, tick by tick, and returns by how many samples each frame is
// off.
func played(l *line, from, to audio.Tick, heard func(audio.Tick) audio.Heard) (off []int) {
	for at := from; at < to; at++ {
		l.begin(at)
		for next := at; next <= at+holdBack; next++ {
			if at == from || next == at+holdBack {
				l.put(heard(next))
			}
		}
		off = append(off, shiftOf(l.take(), at))
	}
	return off
}

// shiftOf is by how many samples the frame of a tick is off.
func shiftOf(f audio.Frame, at audio.Tick) (shift int) {
	least := -1
	for candidate := -48; candidate <= 48; candidate++ {
		sum := 0
		for i, s := range f {
			d := int(s) - int(place(int64(at)*int64(len(f))+int64(i-candidate)))
			sum += max(d, -d)
		}
		if least < 0 || sum < least {
			least, shift = sum, candidate
		}
	}
	return shift
}

// TestSoundIsPutWhereItWasSaid: whatever its age is, and where that changes while
// somebody speaks, it is there again at once.
func TestSoundIsPutWhereItWasSaid(t *testing.T) {
	for _, size := range []int{160, 320} {
		near := int(astray * time.Duration(size) / audio.FrameDuration)
		for _, age := range []time.Duration{0, 7 * time.Millisecond, 20 * time.Millisecond, 63 * time.Millisecond, oldest} {
			for _, then := range []time.Duration{-15 * time.Millisecond, 0, 15 * time.Millisecond} {
				later := min(max(age+then, 0), oldest)
				off := played(&line{}, 1000, 1200, func(at audio.Tick) audio.Heard {
					if at < 1100 {
						return aged(at, age, size)
					}
					return aged(at, later, size)
				})
				for i, d := range off {
					if settled := i < 85 || i > 105; settled && max(d, -d) > near {
						t.Errorf("%d samples, age %v, then %v: frame %d is off by %d", size, age, later, i, d)
					}
				}
			}
		}
	}
}

// TestSilenceTakesUpAnotherAge: who begins to speak again is in place at once.
func TestSilenceTakesUpAnotherAge(t *testing.T) {
	off := played(&line{}, 1000, 1100, func(at audio.Tick) audio.Heard {
		switch {
		case at < 1050:
			return aged(at, 20*time.Millisecond, 160)
		case at < 1060:
			return audio.Heard{At: at}
		}
		return aged(at, 80*time.Millisecond, 160)
	})
	for i, d := range off {
		if (i < 49 || i >= 60) && d != 0 { // in between the lines are empty
			t.Errorf("frame %d is off by %d", i, d)
		}
	}
}

// TestSoundThatIsFarOffLeaps: speech of which a part was thrown away.
func TestSoundThatIsFarOffLeaps(t *testing.T) {
	off := played(&line{}, 1000, 1100, func(at audio.Tick) audio.Heard {
		if at < 1050 {
			return aged(at, 150*time.Millisecond, 160)
		}
		return aged(at, 50*time.Millisecond, 160)
	})
	for i, d := range off {
		if (i < 41 || i >= 48) && d != 0 {
			t.Errorf("frame %d is off by %d", i, d)
		}
	}
}

// TestWiderSoundKeepsWhatIsHeldBack: the rate of a call rises while somebody speaks.
func TestWiderSoundKeepsWhatIsHeldBack(t *testing.T) {
	l := &line{}
	silent := 0
	for at := audio.Tick(1000); at < 1100; at++ {
		l.begin(at)
		for next := at; next <= at+holdBack; next++ {
			if at == 1000 || next == at+holdBack {
				size := 160
				if next >= 1050 {
					size = 320
				}
				l.put(aged(next, 40*time.Millisecond, size))
			}
		}
		f := l.take()
		if want := 160; at < 1050-holdBack && len(f) != want || at >= 1050-holdBack && len(f) != 2*want {
			t.Fatalf("tick %d has %d samples", at, len(f))
		}
		if !speech(f) {
			silent++
		}
	}
	if silent > 0 {
		t.Errorf("%d frames are silent", silent)
	}
}

// TestLineEndsWithWhatItHolds: the last words of somebody who has left are taken.
func TestLineEndsWithWhatItHolds(t *testing.T) {
	l := &line{}
	l.begin(10)
	l.put(aged(14, 30*time.Millisecond, 160))
	frames := 0
	for at := audio.Tick(10); !l.over(); at++ {
		l.begin(at)
		if speech(l.take()) {
			frames++
		}
	}
	if frames != 2 { // half of 12, all of 13 but its end
		t.Errorf("%d frames", frames)
	}
}
