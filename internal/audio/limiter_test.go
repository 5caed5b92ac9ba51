package audio

import (
	"math"
	"testing"
)

const wideRate = wideFrame * FramesPerSecond

// voicesTogether is what several voices say in a second at 16 kHz: each one tone, at a level
// in dB of full scale, 130 Hz above the one before.
func voicesTogether(many int, level float64) (total []int32, tones []float64) {
	total = make([]int32, FramesPerSecond*wideFrame)
	for v := range many {
		tones = append(tones, 210+130*float64(v))
		var f [wideFrame]int16
		voice := NewOscillator(level, tones[v])
		for at := 0; at < len(total); at += len(f) {
			voice.ReadFrame(f[:])
			for i, s := range f {
				total[at+i] += int32(s)
			}
		}
	}
	return total, tones
}

// distortion is what of a sound is none of its tones, in dB against the whole. Its length
// holds whole periods of each.
func distortion(heard []int16, tones []float64) float64 {
	whole, pure := 0.0, 0.0
	for _, s := range heard {
		whole += float64(s) * float64(s)
	}
	for _, f := range tones {
		var re, im float64
		for i, s := range heard {
			sin, cos := math.Sincos(2 * math.Pi * f * float64(i) / wideRate)
			re, im = re+float64(s)*cos, im+float64(s)*sin
		}
		pure += 2 * (re*re + im*im) / float64(len(heard))
	}
	return 10 * math.Log10((whole-pure)/whole)
}

func TestLimiterDoesNotDistort(t *testing.T) {
	for _, test := range []struct {
		name  string
		many  int
		worst float64 // dB
	}{
		{"two voices", 2, -30},
		{"three", 3, -30},
		{"ten", 10, -30},
	} {
		t.Run(test.name, func(t *testing.T) {
			total, tones := voicesTogether(test.many, -3)
			limited, cut := make([]int16, len(total)), make([]int16, len(total))
			var l Limiter
			for at := 0; at < len(total); at += wideFrame {
				l.Sum(limited[at:at+wideFrame], total[at:at+wideFrame])
			}
			for i, s := range total {
				cut[i] = int16(min(max(s, math.MinInt16), math.MaxInt16))
			}
			settled := len(total) / 2 // whole periods as well
			got := distortion(limited[settled:], tones)
			t.Logf("%.1f dB; cut off it is %.1f dB; all of it %.1f", got, distortion(cut[settled:], tones), distortion(limited, tones))
			if got > test.worst {
				t.Errorf("distortion of %.1f dB", got)
			}
		})
	}
}

// steady is a total that says one value.
func steady(value int32) []int32 {
	total := make([]int32, wideFrame)
	for i := range total {
		total[i] = value
	}
	return total
}

// TestLimiterLeavesWhatFits: also after it had something to do, a second later.
func TestLimiterLeavesWhatFits(t *testing.T) {
	total, _ := voicesTogether(2, -6.1)
	var l Limiter
	heard := make(Frame, wideFrame)
	for _, before := range []int32{0, 60000, -2000000} {
		l.Sum(heard, steady(before))
		for frames := 0; !l.AtRest(); frames++ {
			if l.Sum(heard, steady(-100)); frames > 4*FramesPerSecond {
				t.Fatalf("not at rest 4 s after %d: %+v", before, l)
			}
		}
		for at := 0; at < len(total); at += wideFrame {
			l.Sum(heard, total[at:at+wideFrame])
			for i, s := range heard {
				if int32(s) != total[at+i] {
					t.Fatalf("after %d: %d became %d at sample %d", before, total[at+i], s, at+i)
				}
			}
		}
	}
}

// TestLimiterUsesAllOf16Bits: what is too loud becomes the outermost sample, not less.
func TestLimiterUsesAllOf16Bits(t *testing.T) {
	for value, want := range map[int32]int16{
		32767: 32767, 32768: 32767, 53000: 32767, 65535: 32767, 9000000: 32767, 2000: 2000,
		-32768: -32768, -32769: -32768, -51000: -32768, -9000000: -32768,
	} {
		var l Limiter
		heard := make(Frame, wideFrame)
		for range 3 {
			l.Sum(heard, steady(value))
			for i, s := range heard {
				if s != want {
					t.Fatalf("%d became %d at sample %d, want %d", value, s, i, want)
				}
			}
		}
	}
}

// TestLimiterFollowsWithoutSteps: its gain goes on from frame to frame, also where a
// single voice is left of several.
func TestLimiterFollowsWithoutSteps(t *testing.T) {
	var l Limiter
	room, heard := make(Frame, wideFrame), make(Frame, wideFrame)
	l.Sum(heard, steady(50000))
	said := make(Frame, wideFrame)
	for i := range said {
		said[i] = 30000
	}
	last := int16(19661) // 30000 · 32767 / 50000
	for range FramesPerSecond {
		for i, s := range l.Voice(room, said) {
			if step := s - last; step < -1 || step > 10 {
				t.Fatalf("from %d to %d at sample %d", last, s, i)
			}
			last = s
		}
	}
	if !l.AtRest() || &l.Voice(room, said)[0] != &said[0] {
		t.Errorf("a second later it is %+v, and %d is heard", l, last)
	}
	l.Sum(heard, steady(50000))
	if l.Silence(); !l.AtRest() {
		t.Error("silence did not bring it to rest")
	}
}

func TestLimiterDoesNotAllocate(t *testing.T) {
	var l Limiter
	var sum Total
	heard, said := make(Frame, wideFrame), make(Frame, wideFrame)
	loud := steady(40000)
	if n := testing.AllocsPerRun(100, func() {
		l.Sum(heard, loud)
		l.Voice(heard, said)
		sum.Add(said)
		sum.Add(heard)
		sum.Take()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLimiter(b *testing.B) {
	for name, value := range map[string]int32{"fits": 20000, "too-loud": 40000} {
		b.Run(name, func(b *testing.B) {
			var l Limiter
			heard, total := make(Frame, narrowFrame), steady(value)
			b.ReportAllocs()
			for b.Loop() {
				l.Sum(heard, total)
			}
		})
	}
}
