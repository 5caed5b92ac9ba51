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
// of the stream and keeps its phase between frames.
type pcmWriter struct {
	from      int // the rate, in Hz, of the last frame
	resampler *audio.Resampler
	quiet     int         // frames since something was heard
	turn      *voice.Turn // of the participant, once the application asked for notices
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
	v.samples = v.resample(v.samples[:0], f, rate)
	want := rate / audio.FramesPerSecond
	for len(v.samples) < want {
		v.samples = append(v.samples, 0)
	}
	v.pcm = appendPCM(v.pcm[:0], v.samples[:want])
	return v.pcm, v.quiet > frames(silentAfter)
}

// resample appends a frame at another rate.
func (v *pcmWriter) resample(dst []int16, f audio.Frame, rate int) []int16 {
	if f == nil {
		if v.resampler == nil {
			return dst
		}
		var silence [playoutRate / 50]int16
		return v.resampler.Append(dst, silence[:v.from/audio.FramesPerSecond])
	}
	if f.Rate() == rate {
		v.from, v.resampler = rate, nil
		return append(dst, f...)
	}
	if v.resampler == nil || v.from != f.Rate() {
		resampler, err := audio.NewResampler(f.Rate(), rate)
		if err != nil { // rates of calls and streams are all within its bounds
			return dst
		}
		v.from, v.resampler = f.Rate(), resampler
	}
	return v.resampler.Append(dst, f)
}
