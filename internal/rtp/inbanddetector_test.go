package rtp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// keysIn returns what a detector finds in samples.
func keysIn(samples []int16, rate int) string {
	var e inbandDetector
	e.tune(rate)
	var got []byte
	for size := rate / 50; len(samples) >= size; samples = samples[size:] {
		if key := e.detect(samples[:size]); key != 0 {
			got = append(got, key)
		}
	}
	return string(got)
}

// keyPress is a key of a length with a pause behind it; detune is a share, twist
// dB by which the high tone is louder.
type keyPress struct {
	tone, pause   time.Duration
	level         float64
	detune, twist float64
}

func (p keyPress) of(key byte, rate int) []int16 {
	low, high := frequencies(key)
	samples := audiotest.Tone(rate, p.tone, p.level, low*(1+p.detune))
	for i, s := range audiotest.Tone(rate, p.tone, p.level+p.twist, high*(1+p.detune)) {
		samples[i] += s
	}
	return append(samples, make([]int16, int(p.pause.Seconds()*float64(rate)))...)
}

func TestEveryKeyIsHeardInband(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name  string
		press keyPress
		noise float64 // dB below full scale
	}{
		{"usual", keyPress{100 * ms, 100 * ms, -12, 0, 0}, -90},
		{"as short as Q.24 allows", keyPress{40 * ms, 40 * ms, -12, 0, 0}, -90},
		{"long", keyPress{800 * ms, 60 * ms, -12, 0, 0}, -90},
		{"1.5 % high", keyPress{60 * ms, 60 * ms, -12, 0.015, 0}, -90},
		{"1.5 % low", keyPress{60 * ms, 60 * ms, -12, -0.015, 0}, -90},
		{"high tone 4 dB louder", keyPress{60 * ms, 60 * ms, -16, 0, 4}, -90},
		{"high tone 8 dB quieter", keyPress{60 * ms, 60 * ms, -12, 0, -8}, -90},
		{"faint", keyPress{60 * ms, 60 * ms, -36, 0, 0}, -90},
		{"in noise 15 dB below", keyPress{80 * ms, 80 * ms, -12, 0, 0}, -27},
	} {
		for _, rate := range shorter(8000, 16000) {
			for _, shift := range shorter(31, 0, 77) {
				const pressed = "123A456B789C*0#D1155##"
				samples := make([]int16, shift)
				for i := range len(pressed) {
					samples = append(samples, test.press.of(pressed[i], rate)...)
				}
				addNoise(samples, test.noise)
				if got := keysIn(throughCodec(append(samples, make([]int16, rate/10)...), rate), rate); got != pressed {
					t.Errorf("%s, %d Hz, shifted by %d: heard %q, want %q", test.name, rate, shift, got, pressed)
				}
			}
		}
	}
}

func TestWhatIsNoKeyIsNotHeardInband(t *testing.T) {
	const ms = time.Millisecond
	for name, samples := range map[string][]int16{
		"a burst of 20 ms":  append(keyPress{20 * ms, 100 * ms, -12, 0, 0}.of('5', 8000), keyPress{20 * ms, 100 * ms, -12, 0, 0}.of('6', 8000)...),
		"too much twist":    keyPress{100 * ms, 100 * ms, -20, 0, 12}.of('5', 8000),
		"off by 4 %":        keyPress{100 * ms, 100 * ms, -12, 0.04, 0}.of('5', 8000),
		"too faint":         keyPress{100 * ms, 100 * ms, -55, 0, 0}.of('5', 8000),
		"one tone":          audiotest.Tone(8000, time.Second, -12, 770),
		"dial tone":         audiotest.Tone(8000, time.Second, -12, 350, 440),
		"busy tone":         audiotest.Tone(8000, time.Second, -12, 480, 620),
		"silence":           make([]int16, 8000),
		"with a third tone": audiotest.Tone(8000, time.Second, -12, 770, 1336, 2200),
	} {
		if got := keysIn(samples, 8000); got != "" {
			t.Errorf("%s: heard %q", name, got)
		}
	}
}

func TestDropoutOfAPacketIsNoSecondPress(t *testing.T) {
	samples := keyPress{time.Second, 100 * time.Millisecond, -12, 0, 0}.of('7', 8000)
	for at := 1000; at < 7000; at += 1500 {
		clear(samples[at : at+60])
	}
	if got := keysIn(samples, 8000); got != "7" {
		t.Errorf("heard %q", got)
	}
}

// Ten minutes of several voices at once and alone, with hiss: nobody may press
// a key by talking.
func TestTalkPressesNoKeys(t *testing.T) {
	for voice := range uint64(10) {
		if voice == 2 && testing.Short() {
			break
		}
		samples := babble(8000, 60, voice)
		if got := keysIn(throughCodec(samples, 8000), 8000); got != "" {
			t.Errorf("voice %d pressed %q in a minute", voice, got)
		}
	}
}

// babble is speech-like: syllables of voiced sound with gliding pitch and
// formants, hissing between, pauses.
func babble(rate, seconds int, seed uint64) []int16 {
	random := rand.New(rand.NewPCG(seed, 4733))
	between := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
	var samples []int16
	var memory [4][2]float64
	phase, base := 0.0, between(80, 260)
	for len(samples) < rate*seconds {
		length := int(between(0.04, 0.3) * float64(rate))
		kind, loud := random.Float64(), between(500, 4000)
		pitch, glide := base*between(0.8, 1.3), between(-0.3, 0.3)
		formants := [4]float64{between(250, 900), between(800, 2400), between(2200, 3000), between(3000, 3700)}
		moves := [4]float64{between(-0.3, 0.3), between(-0.3, 0.3), between(-0.1, 0.1), 0}
		for i := range length {
			at := float64(i) / float64(length)
			sound := 0.0
			switch {
			case kind < 0.65: // a vowel
				if phase += pitch * (1 + glide*at) / float64(rate); phase >= 1 {
					phase--
					sound = 1
				}
				sound += between(-0.02, 0.02)
			case kind < 0.85: // a hiss
				sound = between(-0.15, 0.15)
			}
			envelope, output := math.Sin(math.Pi*at), 0.0
			for f := range formants {
				r := math.Exp(-math.Pi * 80 / float64(rate))
				m := &memory[f]
				y := sound + 2*r*math.Cos(2*math.Pi*formants[f]*(1+moves[f]*at)/float64(rate))*m[0] - r*r*m[1]
				m[0], m[1] = y, m[0]
				output += y / float64(f+1)
			}
			samples = append(samples, limited(int(loud*envelope*output)))
		}
	}
	return samples
}

func throughCodec(samples []int16, rate int) []int16 {
	c := codec.PCMU
	if rate == 16000 {
		c = codec.G722
	}
	payload := make([]byte, len(samples))
	n := c.NewEncoder().Encode(payload, samples)
	heard := make([]int16, len(samples))
	return heard[:c.NewDecoder().Decode(heard, payload[:n])]
}

func addNoise(samples []int16, level float64) {
	random, amplitude := rand.New(rand.NewPCG(3, 3)), 32768*math.Pow(10, level/20)
	for i := range samples {
		samples[i] = limited(int(samples[i]) + int(random.NormFloat64()*amplitude))
	}
}

func BenchmarkInbandEar(b *testing.B) {
	for _, rate := range []int{8000, 16000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			var e inbandDetector
			e.tune(rate)
			voice := vowel(rate, rate/50)
			b.ReportAllocs()
			for b.Loop() {
				e.detect(voice)
			}
		})
	}
}

func FuzzInbandEar(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 255, 127, 0, 128}, uint8(9))
	f.Fuzz(func(t *testing.T, sound []byte, cut uint8) {
		samples := make([]int16, 0, len(sound)*40)
		for i := range 40 * (len(sound) / 2) { // long enough for a few blocks
			at := i % (len(sound) / 2)
			samples = append(samples, int16(sound[2*at])|int16(sound[2*at+1])<<8)
		}
		var e inbandDetector
		e.tune(8000)
		for n := int(cut)%160 + 1; len(samples) >= n; samples = samples[n:] {
			if key := e.detect(samples[:n]); key != 0 && !strings.ContainsRune(keys, rune(key)) {
				t.Fatalf("heard %q, which is no key", key)
			}
		}
	})
}
