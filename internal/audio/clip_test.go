package audio

import (
	"math"
	"testing"
)

func TestSamplesAreRoundedAndClipped(t *testing.T) {
	for in, want := range map[float32]int16{
		0: 0, 1.5: 2, -1.5: -2, 1.4: 1, -1.4: -1, 32767: 32767, 40000: 32767, -32768: -32768, -40000: -32768,
		float32(math.Inf(1)): 32767, float32(math.Inf(-1)): -32768,
	} {
		if got := clip(in); got != want {
			t.Errorf("%v became %d, want %d", in, got, want)
		}
	}
	if got := clip(float32(math.NaN())); got != 0 {
		t.Errorf("what is not a number became %d", got)
	}
}
