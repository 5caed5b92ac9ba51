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

func resample(t testing.TB, samples []int16, from, to int) []int16 {
	t.Helper()
	out, err := audio.Resample(samples, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// middle leaves out the edges, where a tone begins and ends abruptly.
func middle(samples []int16) []int16 { return samples[len(samples)/4 : 3*len(samples)/4] }

// TestStopBandIs60dBDown sends what the lower rate cannot carry through every
// usual pair of rates; all that would be folded back must be gone.
func TestStopBandIs60dBDown(t *testing.T) {
	for _, from := range []int{11025, 16000, 22050, 24000, 32000, 44100, 44056, 48000, 96000, 192000} {
		if testing.Short() && from > 16000 {
			continue
		}
		for _, share := range []float64{0.5, 0.52, 0.6, 0.75, 1, 1.3, 1.9} {
			frequency := share * 8000
			if frequency >= float64(from)/2 {
				continue
			}
			tone := audiotest.Tone(from, 400*time.Millisecond, 0, frequency+7)
			level := audiotest.Level(middle(resample(t, tone, from, 8000))) - audiotest.Level(tone)
			if level > -60 {
				t.Errorf("%d to 8000 Hz: %.0f Hz is only %.1f dB down", from, frequency, level)
			}
		}
	}
}

// TestPassBandIsFlat asks that what both rates carry keeps its level, to 0.42 of
// the lower rate, and that nothing else appears beside it (images included).
func TestPassBandIsFlat(t *testing.T) {
	for _, from := range []int{8000, 11025, 16000, 22050, 44056, 44100, 48000, 191999} {
		for _, to := range []int{8000, 16000, 48000} {
			if testing.Short() && (from > 16000 || to > 16000) {
				continue
			}
			for _, share := range []float64{0.01, 0.05, 0.125, 0.3, 0.41} {
				frequency := share * float64(min(from, to))
				tone := audiotest.Tone(from, 400*time.Millisecond, -6, frequency)
				out := middle(resample(t, tone, from, to))
				if change := audiotest.Level(out) - audiotest.Level(tone); math.Abs(change) > 0.1 {
					t.Errorf("%d to %d Hz: %.0f Hz changes by %.2f dB", from, to, frequency, change)
				}
				if clean := cleanness(out, to, frequency); clean < 60 {
					t.Errorf("%d to %d Hz: beside %.0f Hz there is something %.1f dB below", from, to, frequency, clean)
				}
			}
		}
	}
}

// cleanness fits the sine of a frequency to the samples and returns how far
// below it the rest is, in dB.
func cleanness(samples []int16, rate int, frequency float64) float64 {
	window := func(i int) float64 { return 1 - math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(samples))) }
	var re, im float64
	for i, s := range samples {
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(i) / float64(rate))
		re += window(i) * float64(s) * cos
		im += window(i) * float64(s) * sin
	}
	re, im = 2*re/float64(len(samples)), 2*im/float64(len(samples))
	var signal, rest float64
	for i, s := range samples {
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(i) / float64(rate))
		fit := re*cos + im*sin
		signal += window(i) * fit * fit
		rest += window(i) * (float64(s) - fit) * (float64(s) - fit)
	}
	return 10 * math.Log10(signal/rest)
}

func TestResamplingKeepsLengthAndMoment(t *testing.T) {
	for _, from := range []int{4000, 8000, 11025, 16000, 44100, 48000, 191999} {
		for _, to := range []int{4000, 8000, 16000} {
			in := make([]int16, from)
			at := from / 2
			for i := range in[at:] {
				in[at+i] = 10000 // a step in the middle
			}
			out := resample(t, in, from, to)
			if len(out) != to {
				t.Errorf("%d to %d Hz: a second became %d samples", from, to, len(out))
				continue
			}
			step := slices.IndexFunc(out, func(s int16) bool { return s >= 5000 })
			want := (float64(at) - 0.5) * float64(to) / float64(from) // it lies between two samples
			if math.Abs(float64(step)-want) > 1 {
				t.Errorf("%d to %d Hz: the step moved to sample %d, want %.1f", from, to, step, want)
			}
		}
	}
}

func TestSameRateChangesNothing(t *testing.T) {
	in := []int16{1, -2, 32767, -32768}
	if out := resample(t, in, 8000, 8000); !slices.Equal(out, in) {
		t.Errorf("got %v", out)
	}
}

func TestInsaneRatesAreRefused(t *testing.T) {
	for _, rates := range [][2]int{{0, 8000}, {8000, 0}, {-8000, 8000}, {3999, 8000}, {8000, 192001}} {
		if _, err := audio.NewResampler(rates[0], rates[1]); err == nil {
			t.Errorf("%v: no error", rates)
		}
	}
}

// TestStreamKeepsPace asks for a full frame out of every frame in, and for the
// same sound as a whole clip gives, a filter later.
func TestStreamKeepsPace(t *testing.T) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}, {16000, 48000}, {48000, 16000}, {8000, 48000}} {
		from, to := rates[0], rates[1]
		stream, err := audio.NewResampler(from, to)
		if err != nil {
			t.Fatal(err)
		}
		tone := audiotest.Tone(from, time.Second, -6, 440)
		var out []int16
		for frame := range slices.Chunk(tone, from/50) {
			before := len(out)
			if out = stream.Append(out, frame); len(out)-before != to/50 {
				t.Fatalf("%d to %d Hz: a frame became %d samples", from, to, len(out)-before)
			}
		}
		delay := 32 * to / min(from, to)
		whole := resample(t, tone, from, to)
		for i, s := range out[delay:] {
			if diff := int(s) - int(whole[i]); diff < -1 || diff > 1 {
				t.Fatalf("%d to %d Hz: sample %d is %d, of the whole clip %d", from, to, i, s, whole[i])
			}
		}
	}
}

func TestStreamDoesNotAllocate(t *testing.T) {
	stream, err := audio.NewResampler(8000, 16000)
	if err != nil {
		t.Fatal(err)
	}
	in, out := make([]int16, 160), make([]int16, 0, 320)
	if n := testing.AllocsPerRun(100, func() { stream.Append(out, in) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkResampleFrame(b *testing.B) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}} {
		b.Run(fmt.Sprintf("%dto%d", rates[0], rates[1]), func(b *testing.B) {
			stream, err := audio.NewResampler(rates[0], rates[1])
			if err != nil {
				b.Fatal(err)
			}
			in, out := make([]int16, rates[0]/50), make([]int16, 0, rates[1]/50)
			b.ReportAllocs()
			for b.Loop() {
				stream.Append(out, in)
			}
		})
	}
}

func BenchmarkResampleSecondOf44100(b *testing.B) {
	tone := audiotest.Tone(44100, time.Second, -6, 440)
	b.ReportAllocs()
	for b.Loop() {
		resample(b, tone, 44100, 16000)
	}
}

// TestRatesOfCallsHaveCleanEdges measures each pair of 8, 16, 24 and 48 kHz: how
// far down is what the lower rate cannot carry, folded back or mirrored. The worst
// figures stand in the log (-v).
func TestRatesOfCallsHaveCleanEdges(t *testing.T) {
	rates := []int{8000, 16000, 24000, 48000}
	for _, from := range rates {
		for _, to := range rates {
			worst := math.Inf(1)
			lower := float64(min(from, to))
			for share := 0.5; share < 3 && from > to; share += 0.05 { // would fold back
				if frequency := share*lower + 7; frequency < float64(from)/2 {
					tone := audiotest.Tone(from, 200*time.Millisecond, 0, frequency)
					worst = min(worst, audiotest.Level(tone)-audiotest.Level(middle(resample(t, tone, from, to))))
				}
			}
			for share := 0.05; share < 0.42 && from < to; share += 0.05 { // would be mirrored
				frequency := share * lower
				out := middle(resample(t, audiotest.Tone(from, 200*time.Millisecond, -1, frequency), from, to))
				worst = min(worst, cleanness(out, to, frequency))
			}
			if from == to {
				continue
			}
			t.Logf("%d to %d Hz: %.0f dB", from, to, worst)
			if worst < 80 {
				t.Errorf("%d to %d Hz: only %.1f dB down", from, to, worst)
			}
		}
	}
}
