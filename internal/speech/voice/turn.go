package voice

import (
	"math/bits"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// Turn follows one speaker's turn:
//
//	silent ──enough voiced frames──▶ speaking ──endSilence without one──▶ silent
//
// One frame in the air does not begin it, nor does one pause end it.
type Turn struct {
	detector *Detector
	past     uint16 // the last frames, the newest lowest: voiced or not
	speaking bool
	quiet    int // frames since the last voiced one
}

// Change is what a frame has changed.
type Change uint8

// The changes.
const (
	Nothing Change = iota
	Began          // it is speech: it began Onset ago
	Ended          // nobody has spoken for the end silence
)

// How many voiced frames of the last ones begin a turn. While a prompt plays, more
// is asked, since an echo or a cough would interrupt it.
const (
	startNeeds, startOf     = 3, 6
	bargeInNeeds, bargeInOf = 4, 8
	echoMargin              = 4 // times as loud: 6 dB
)

// Onset is how long before Began the speech may have begun, at most. A recogniser
// needs what was said then.
const Onset = 500 * time.Millisecond

// NewTurn returns a turn that has not begun.
func NewTurn() *Turn { return &Turn{detector: NewDetector()} }

// Hear takes the speaker's next 20 ms. EndSilence ends the turn; prompt says that
// something is being played to the speaker.
func (t *Turn) Hear(f audio.Frame, endSilence time.Duration, prompt bool) Change {
	more := float32(1)
	if prompt {
		more = echoMargin
	}
	voiced := t.detector.Voiced(f, more)
	t.past <<= 1
	if voiced {
		t.past |= 1
		t.quiet = 0
	} else {
		t.quiet++
	}
	needs, of := startNeeds, startOf
	if prompt {
		needs, of = bargeInNeeds, bargeInOf
	}
	switch {
	case !t.speaking && voiced && bits.OnesCount16(t.past&(1<<of-1)) >= needs:
		t.speaking = true
		return Began
	case t.speaking && time.Duration(t.quiet)*audio.FrameDuration >= endSilence:
		t.speaking, t.past = false, 0
		return Ended
	}
	return Nothing
}

// Speaking reports whether the turn has begun and not ended.
func (t *Turn) Speaking() bool { return t.speaking }

// Quiet is how long nothing was voiced.
func (t *Turn) Quiet() time.Duration { return time.Duration(t.quiet) * audio.FrameDuration }
