package audio_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// cross sends samples through a bridge, frame by frame.
func cross(samples []int16, from, to int) []int16 {
	var bridge audio.Bridge
	var out []int16
	for frame := range slices.Chunk(samples, from/50) {
		out = append(out, bridge.Convert(make(audio.Frame, to/50), frame)...)
	}
	return out
}

func TestBridgeStopBandIs60dBDown(t *testing.T) {
	worst := math.Inf(-1)
	for frequency := 4600.0; frequency < 8000; frequency += 83 {
		tone := audiotest.Tone(16000, 400*time.Millisecond, -1, frequency)
		level := audiotest.Level(middle(cross(tone, 16000, 8000))) - audiotest.Level(tone)
		worst = max(worst, level)
		if level > -60 {
			t.Errorf("%.0f Hz folds back only %.1f dB down", frequency, level)
		}
	}
	t.Logf("the worst is %.1f dB", worst)
}

func TestBridgePassBandIsFlat(t *testing.T) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}} {
		for _, frequency := range []float64{50, 300, 1000, 2000, 3000, 3400} {
			tone := audiotest.Tone(rates[0], 400*time.Millisecond, -6, frequency)
			out := middle(cross(tone, rates[0], rates[1]))
			if change := audiotest.Level(out) - audiotest.Level(tone); math.Abs(change) > 0.1 {
				t.Errorf("%d to %d Hz: %.0f Hz changes by %.2f dB", rates[0], rates[1], frequency, change)
			}
			if clean := cleanness(out, rates[1], frequency); clean < 60 { // the image, or noise
				t.Errorf("%d to %d Hz: beside %.0f Hz there is something %.1f dB below", rates[0], rates[1], frequency, clean)
			}
		}
	}
}

// Two sums share a word. An impulse of 2^14 shows the taps; the loudest sound there is
// has the sign of each of them.
func TestBridgeDoesNotWrapTheLoudestSound(t *testing.T) {
	const frames = 4
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}} {
		in, out := rates[0]/50, rates[1]/50
		shown := func(at int) []int16 {
			impulse := make([]int16, frames*in)
			impulse[at] = 1 << 14
			return cross(impulse, rates[0], rates[1])
		}
		for _, heard := range []int{2 * out, 2*out + 1, 2*out + 2, 2*out + 3} { // both lanes, at either phase
			loudest, sum := make([]int16, frames*in), 0
			for at := range loudest {
				tap := int(shown(at)[heard])
				loudest[at] = 32767
				if tap < 0 {
					loudest[at] = -32768
				}
				sum += tap * int(loudest[at])
			}
			want := int16(min((sum+1<<13)>>14, 32767))
			if got := cross(loudest, rates[0], rates[1])[heard]; got < want-2 {
				t.Errorf("%d to %d Hz: sample %d is %d, want %d", rates[0], rates[1], heard, got, want)
			}
		}
	}
}

func TestBridgeDelaysByTwoMilliseconds(t *testing.T) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}} {
		from, to := rates[0], rates[1]
		in := make([]int16, from/2)
		for i := range in[len(in)/2:] {
			in[len(in)/2+i] = 10000
		}
		out := cross(in, from, to)
		step := slices.IndexFunc(out, func(s int16) bool { return s >= 5000 })
		if delay := float64(step)/float64(to) - float64(len(in)/2)/float64(from); math.Abs(delay-0.002) > 0.0002 {
			t.Errorf("%d to %d Hz: delayed by %.2f ms", from, to, delay*1000)
		}
	}
}

func TestBridgeOfOneRateCostsNothing(t *testing.T) {
	var bridge audio.Bridge
	said := audiotest.Tone(8000, 20*time.Millisecond, -6, 440)
	dst := make(audio.Frame, 160)
	bridge.Convert(dst, said)
	if got := bridge.Convert(dst, said); &got[0] != &said[0] {
		t.Error("the frame was copied")
	}
}

// A tone goes on while the rates change at each step; a click would be a
// difference between neighbours that no tone of that frequency has.
func TestRatesChangeWithoutAClick(t *testing.T) {
	type rates struct{ from, to int }
	for _, test := range []struct {
		name string
		path []rates
	}{
		{"a narrow leg speaks while the mix rises", []rates{{8000, 8000}, {8000, 16000}}},
		{"a wide leg speaks while the mix rises", []rates{{16000, 8000}, {16000, 16000}}},
		{"a narrow leg hears while the mix rises", []rates{{8000, 8000}, {16000, 8000}}},
		{"a wide leg hears while the mix rises", []rates{{8000, 16000}, {16000, 16000}}},
		{"the codec becomes narrow in a wide mix", []rates{{16000, 16000}, {8000, 16000}}},
		{"the codec becomes narrow in a narrow mix", []rates{{16000, 8000}, {8000, 8000}}},
		{"both at once", []rates{{8000, 16000}, {16000, 8000}, {8000, 16000}}},
	} {
		for _, frequency := range []float64{200, 437.3, 1000} {
			var bridge audio.Bridge
			voice := audio.NewOscillator(-10, frequency)
			longest, previous := 0.0, 0.0 // in shares of the steepest honest step
			for _, r := range test.path {
				steepest := math.Pow(10, -0.5) * 32768 * 2 * math.Pi * frequency / float64(r.to)
				for range 10 {
					in, dst := make(audio.Frame, r.from/50), make(audio.Frame, r.to/50)
					voice.ReadFrame(in)
					out := bridge.Convert(dst, in)
					if previous == 0 {
						previous = float64(out[0])
					}
					for _, s := range out {
						longest = max(longest, math.Abs(float64(s)-previous)/steepest)
						previous = float64(s)
					}
				}
			}
			if longest > 2.05 { // a step at 8 kHz, just after the rate has doubled
				t.Errorf("%s: at %.0f Hz a step of %.1f times the tone's", test.name, frequency, longest)
			}
		}
	}
}

func TestBridgeBeginsAnewAfterSilence(t *testing.T) {
	var bridge audio.Bridge
	loud, dst := audiotest.Tone(16000, 20*time.Millisecond, -1, 440), make(audio.Frame, 160)
	bridge.Convert(dst, loud)
	bridge.SkipFrame()
	if got := bridge.Convert(dst, make(audio.Frame, 320)); audiotest.Level(got) > -90 {
		t.Errorf("what was said before the silence is heard after it: %s", audiotest.Describe(got, 8000))
	}
}

func TestBridgeDoesNotAllocate(t *testing.T) {
	var bridge audio.Bridge
	narrow, wide := make(audio.Frame, 160), make(audio.Frame, 320)
	if n := testing.AllocsPerRun(100, func() { bridge.Convert(wide, narrow); bridge.Convert(narrow, wide) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkBridgeFrame(b *testing.B) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}, {8000, 8000}} {
		b.Run(fmt.Sprintf("%dto%d", rates[0], rates[1]), func(b *testing.B) {
			var bridge audio.Bridge
			in, out := audiotest.Tone(rates[0], 20*time.Millisecond, -6, 440), make(audio.Frame, rates[1]/50)
			b.ReportAllocs()
			for b.Loop() {
				bridge.Convert(out, in)
			}
		})
	}
}

// TestRiseHasNoKink: where a call becomes wideband, a phone that is heard through its bridge
// bends no more than its sound does, but for the fade.
func TestRiseHasNoKink(t *testing.T) {
	for _, chain := range []string{"the phone's bridge", "that and a listener's"} {
		var leg, listener audio.Bridge
		voice := audio.NewOscillator(-12, 437.3)
		var heard []int16
		for i := range 20 {
			in, dst := make(audio.Frame, 160), make(audio.Frame, 320)
			if i < 10 {
				dst = dst[:160]
			}
			voice.ReadFrame(in)
			out := leg.Convert(dst, in)
			if chain != "the phone's bridge" {
				out = listener.Convert(make(audio.Frame, 320), out)
			} else if i < 10 {
				continue
			}
			heard = append(heard, out...)
		}
		turn := 2 * math.Pi * 437.3 / 16000
		own := math.Pow(10, -12.0/20) * 32768 * turn * turn
		first := len(heard) - 10*320 - 2 // the frame before the rise, if there is one
		for at := max(first, 0); at < len(heard)-2; at++ {
			if bend := math.Abs(float64(heard[at+2]) - 2*float64(heard[at+1]) + float64(heard[at])); bend > 3*own {
				t.Errorf("%s: sample %d bends by %.0f, %.1f times as much as the tone", chain, at, bend, bend/own)
			}
		}
	}
}
