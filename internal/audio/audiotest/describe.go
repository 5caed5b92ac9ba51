package audiotest

import (
	"fmt"
	"time"
)

// Describe says what samples sound like, for a test's failure: how long, how
// loud, the keys in it, or the strongest tone between 200 and 3400 Hz.
func Describe(samples []int16, rate int) string {
	length := time.Duration(len(samples)) * time.Second / time.Duration(rate)
	if len(samples) == 0 || Level(samples) < faint {
		return fmt.Sprintf("%v of silence", length)
	}
	text := fmt.Sprintf("%v at %.0f dB", length, Level(samples))
	if pressed := Keys(samples, rate); pressed != "" {
		return text + fmt.Sprintf(", keys %q", pressed)
	}
	loudest := samples
	for w := range windows(samples, rate) {
		if len(loudest) == len(samples) || Level(w) > Level(loudest) {
			loudest = w
		}
	}
	var candidates []float64
	for f := 200.0; f <= 3400; f += 10 {
		candidates = append(candidates, f)
	}
	frequency, ratio := Dominant(loudest, rate, candidates)
	return text + fmt.Sprintf(", %.0f Hz holds %.0f %% of its loudest moment", frequency, 100*ratio)
}
