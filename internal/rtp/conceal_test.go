package rtp

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// vowel is speech-like: pulses of a pitch that drifts, through two resonances.
func vowel(rate, n int) []int16 {
	samples := make([]int16, n)
	phase := 0.0
	var y1, y2, z1, z2 float64
	resonate := func(x, frequency, bandwidth float64, m1, m2 *float64) float64 {
		r := math.Exp(-math.Pi * bandwidth / float64(rate))
		y := x + 2*r*math.Cos(2*math.Pi*frequency/float64(rate))**m1 - r*r**m2
		*m1, *m2 = y, *m1
		return y
	}
	for i := range samples {
		pulse := 0.0
		if phase += (120 + 15*math.Sin(math.Pi*float64(i)/float64(rate))) / float64(rate); phase >= 1 {
			phase--
			pulse = 1
		}
		sound := resonate(resonate(pulse, 700, 90, &y1, &y2), 1200, 110, &z1, &z2)
		samples[i] = int16(900 * sound)
	}
	return samples
}

// lose takes frames out of a voice and conceals them.
func lose(voice []int16, rate, every, run int) (heard []int16, invented []bool) {
	c := newConcealer(rate)
	size := rate / 50
	for i := 0; i+size <= len(voice); i += size {
		frame := slices.Clone(voice[i : i+size])
		at := i / size % every
		if i > 0 && at < run {
			c.invent(frame)
		} else {
			c.hear(frame)
		}
		heard, invented = append(heard, frame...), append(invented, i > 0 && at < run)
	}
	return heard, invented
}

// alikeness is the best correlation of a frame with a voice around a place.
func alikeness(frame, voice []int16, at, around int) float64 {
	best := 0.0
	for shift := -around; shift <= around; shift++ {
		var product, ours, theirs float64
		for i, s := range frame {
			v := float64(voice[at+shift+i])
			product += float64(s) * v
			ours += float64(s) * float64(s)
			theirs += v * v
		}
		best = max(best, product/math.Sqrt(ours*theirs+1))
	}
	return best
}

// What is invented for 20 ms of a vowel must be like what was lost, but for a
// shift of 1 ms that the pitch may have drifted, also where losses are frequent.
func TestInventionResemblesWhatWasLost(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		for _, every := range []int{3, 5, 20} {
			voice := vowel(rate, 4*rate)
			heard, invented := lose(voice, rate, every, 1)
			size := rate / 50
			total, frames := 0.0, 0
			for i := 1; i < len(invented)-1; i++ {
				if invented[i] {
					total += alikeness(heard[i*size:(i+1)*size], voice, i*size, rate/1000)
					frames++
				}
			}
			if mean := total / float64(frames); mean < 0.85 {
				t.Errorf("%d Hz, one of %d lost: correlation %.2f", rate, every, mean)
			}
		}
	}
}

func TestInventionHasNoClicks(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		voice := vowel(rate, 4*rate)
		for run := 1; run <= 4; run++ {
			heard, _ := lose(voice, rate, 17, run)
			if got, honest := longestStep(heard), longestStep(voice); got > honest*11/10 {
				t.Errorf("%d Hz, %d frames lost: a step of %d, the voice has %d", rate, run, got, honest)
			}
		}
	}
}

func TestInventionFadesWithin60ms(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		c := newConcealer(rate)
		c.hear(vowel(rate, rate))
		var levels []float64
		for range 7 {
			ten := make([]int16, rate/100)
			loud := c.invent(ten)
			levels = append(levels, loudness(ten))
			if loud != (len(levels) <= 6) {
				t.Errorf("%d Hz: after %d ms loud is %v", rate, 10*len(levels), loud)
			}
		}
		if levels[6] != 0 || levels[4] > levels[0]*0.4 || levels[1] < levels[0]*0.6 {
			t.Errorf("%d Hz: levels of each 10 ms %.0f", rate, levels)
		}
	}
}

func TestOnePeriodDoesNotBuzz(t *testing.T) {
	c := newConcealer(8000)
	c.hear(vowel(8000, 8000))
	periods := map[int]bool{}
	for range 50 {
		c.invent(make([]int16, 8))
		periods[c.periods] = true
	}
	if len(periods) != 3 {
		t.Errorf("repeated %v periods, want 1, 2 and 3", periods)
	}
}

func TestComfortNoiseHasItsLevel(t *testing.T) {
	for _, test := range []struct {
		name    string
		payload []byte
		want    float64 // dB below full scale, as audiotest.Level counts
	}{
		{"white", []byte{40}, -40},
		{"loud", []byte{10}, -10},
		{"one reflection", []byte{40, 180}, -40},
		{"many reflections", []byte{30, 200, 90, 150, 127, 100, 140, 120, 130, 127, 126, 200, 10}, -30},
		{"a reserved bit", []byte{0x80 | 50}, -50},
	} {
		var n comfortNoise
		n.configure(test.payload)
		pcm := make([]int16, 16000)
		n.fill(pcm)
		if level := audiotest.Level(pcm); math.Abs(level-test.want) > 1 {
			t.Errorf("%s: %.1f dB, want %.1f", test.name, level, test.want)
		}
	}
	var n comfortNoise
	n.configure(nil)
	if n.on {
		t.Error("an empty payload makes noise")
	}
}

// A reflection of +0.5 makes a low-pass or a high-pass, by its sign.
func TestComfortNoiseIsShaped(t *testing.T) {
	level := func(reflection byte, frequency float64) float64 {
		var n comfortNoise
		n.configure([]byte{20, reflection})
		pcm := make([]int16, 32000)
		n.fill(pcm)
		return audiotest.Goertzel(pcm, 8000, frequency)
	}
	low, high := 0.0, 0.0
	for f := 100.0; f < 500; f += 7 {
		low += level(60, f)
		high += level(60, 4000-f)
	}
	if low < 4*high {
		t.Errorf("a negative first reflection must weaken the high: low %.5f, high %.5f", low, high)
	}
}

func TestComfortNoiseLastsUntilThePeerSpeaks(t *testing.T) {
	packets := talk(2, 20, 0)
	var p playout
	p.accept(newDecoding(codec.PCMU))
	frame := make([]int16, 160)
	var made []sound
	tick := func(push ...sent) {
		for _, packet := range push {
			p.push(packet.header, 0, packet.payload, moment{newest: true})
		}
		made = append(made, p.frame(frame, false))
	}
	for i := range 10 {
		tick(packets[i])
	}
	p.rememberNoise(header{timestamp: packets[10].header.timestamp}, []byte{30})
	for range 100 {
		tick()
	}
	if level := audiotest.Level(frame); math.Abs(level+30) > 2 {
		t.Errorf("the pause is at %.1f dB, want -30", level)
	}
	for i := 60; i < 65; i++ {
		packets[i].header.sequence -= 49
		tick(packets[i])
	}
	counts := map[sound]int{}
	for _, m := range made[2:] {
		counts[m]++
	}
	if counts[invented] != 0 || counts[nothing] != 0 || counts[noise] < 98 || counts[speech] < 12 {
		t.Errorf("frames of nothing, noise, speech, invention: %v", counts)
	}
	for range 5 {
		tick()
	}
	if made[len(made)-3] == noise {
		t.Error("noise is heard though the peer speaks and packets are lost")
	}
}

func TestComfortNoiseDoesNotAllocate(t *testing.T) {
	c := newConcealer(8000)
	payload, pcm := []byte{40, 180, 90}, make([]int16, 160)
	if n := testing.AllocsPerRun(100, func() { c.noise.configure(payload); c.pause(pcm); c.hear(pcm); c.invent(pcm) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzComfortNoise(f *testing.F) {
	f.Add([]byte{40, 255, 0, 127})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var n comfortNoise
		n.configure(payload)
		pcm := make([]int16, 800)
		n.fill(pcm)
		for _, m := range n.memory {
			if math.IsNaN(float64(m)) || math.IsInf(float64(m), 0) {
				t.Fatalf("the filter ran away: %v", n.memory)
			}
		}
	})
}

func BenchmarkConceal(b *testing.B) {
	for _, rate := range []int{8000, 16000} {
		voice := vowel(rate, rate)
		frame := make([]int16, rate/50)
		b.Run(fmt.Sprintf("lost/%d", rate), func(b *testing.B) {
			c := newConcealer(rate)
			c.hear(voice)
			b.ReportAllocs()
			for b.Loop() {
				c.invent(frame)
				c.missing = false // each is the first of its loss: the most expensive
			}
		})
	}
	for _, rate := range []int{8000, 16000} {
		b.Run(fmt.Sprintf("stretched/%d", rate), func(b *testing.B) {
			c, voice := newConcealer(rate), vowel(rate, rate)
			c.hear(voice)
			c.invent(make([]int16, rate/50))
			b.ReportAllocs()
			for b.Loop() {
				c.fit(voice[:rate/50])
			}
		})
	}
	b.Run("heard", func(b *testing.B) {
		c, frame := newConcealer(8000), make([]int16, 160)
		b.ReportAllocs()
		for b.Loop() {
			c.hear(frame)
		}
	})
	b.Run("comfort", func(b *testing.B) {
		c, frame := newConcealer(8000), make([]int16, 160)
		c.noise.configure([]byte{40, 180, 90, 130, 127})
		b.ReportAllocs()
		for b.Loop() {
			c.pause(frame)
		}
	})
}
