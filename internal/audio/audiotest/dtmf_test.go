package audiotest

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestEveryKeyIsHeard(t *testing.T) {
	const every = "0123456789ABCD#*"
	for _, rate := range []int{8000, 16000} {
		if got := Keys(DTMF(rate, every), rate); got != every {
			t.Errorf("at %d Hz: got %q, want %q", rate, got, every)
		}
	}
}

func TestKeysAreFoundInSound(t *testing.T) {
	const rate = 8000
	five := func(d time.Duration, level float64) []int16 { return Tone(rate, d, level, 770, 1336) }
	twisted := func(db float64) []int16 {
		return mix(Tone(rate, 100*time.Millisecond, -12, 770), Tone(rate, 100*time.Millisecond, -12-db, 1336))
	}
	pause := make([]int16, rate*40/1000)
	tests := []struct {
		name    string
		samples []int16
		want    string
	}{
		{"the same key twice", DTMF(rate, "55"), "55"},
		{"held long", five(2*time.Second, -12), "5"},
		{"short presses and pauses", join(five(40*time.Millisecond, -12), pause, five(40*time.Millisecond, -12), pause), "55"},
		{"two keys without a pause", join(five(60*time.Millisecond, -12), Tone(rate, 60*time.Millisecond, -12, 941, 1477)), "5#"},
		{"quiet", five(100*time.Millisecond, -35), "5"},
		{"too quiet", five(100*time.Millisecond, -60), ""},
		{"a click", five(20*time.Millisecond, -12)[:80], ""},
		{"a burst of 20 ms", join(pause, five(20*time.Millisecond, -12), pause), ""},
		{"in noise", mix(five(100*time.Millisecond, -12), noise(800, -26)), "5"},
		{"some twist", twisted(6), "5"},
		{"too much twist", twisted(12), ""},
		{"only a row", Tone(rate, 100*time.Millisecond, -12, 770), ""},
		{"only noise", noise(rate*10, -12), ""},
		{"a dial tone", Tone(rate, time.Second, -12, 350, 440), ""},
		{"silence", make([]int16, rate), ""},
		{"not a key in between", DTMF(rate, "1x2"), "12"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Keys(test.samples, rate); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestKeysAreHeardAtAnyPhase shifts the presses against the windows.
func TestKeysAreHeardAtAnyPhase(t *testing.T) {
	for shift := range 80 {
		samples := join(make([]int16, shift), DTMF(8000, "1223#"))
		if got := Keys(samples, 8000); got != "1223#" {
			t.Errorf("shifted by %d samples: got %q", shift, got)
		}
	}
}

func BenchmarkKeysOfOneSecond(b *testing.B) {
	samples := Record(audio.NewOscillator(-12, 770, 1336), 8000, time.Second)
	b.ReportAllocs()
	for b.Loop() {
		Keys(samples, 8000)
	}
}
