package streaming

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// silentAfter is how long a participant has to say nothing at all until frames are
// marked as silent. Applications drop such frames: if the mark came with every
// pause, a model would never hear a pause, and never answer.
const silentAfter = 2 * time.Second

// pcmWriter makes messages' PCM of one participant's frames: it resamples to the rate
// of the stream and keeps its phase between frames, also where the rate of the call rises.
type pcmWriter struct {
	wide      voice.Widener
	resampler *audio.Resampler // of a stream of another rate than wide frames; nil until there was a frame
	quiet     int              // frames since something was heard
	turn      *voice.Turn      // of the participant, once the application asked for notices
	samples   []int16
	pcm       []byte
}

// next returns 20 ms at a rate in Hz, and whether the participant counts as silent.
// A nil frame is silence. The result is valid until the next call.
func (v *pcmWriter) next(f audio.Frame, rate int) (pcm []byte, silent bool) {
	if f == nil || energy(f) == 0 {
		v.quiet++
	} else {
		v.quiet = 0
	}
	samples := v.wide.Widen(f)
	if rate != voice.WideRate {
		samples = v.resample(samples, rate)
	}
	v.pcm = appendPCM(v.pcm[:0], samples)
	return v.pcm, v.quiet > frames(silentAfter)
}

// resample brings a wide frame to another rate.
func (v *pcmWriter) resample(wide []int16, rate int) []int16 {
	if v.resampler == nil {
		resampler, err := audio.NewResampler(voice.WideRate, rate)
		if err != nil {
			panic(err) // rates of streams are within its bounds
		}
		v.resampler = resampler
	}
	v.samples = v.resampler.Append(v.samples[:0], wide)
	return v.samples
}
