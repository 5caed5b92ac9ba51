package speech

import (
	"context"
	"io"
	"strings"
)

// Utterance is what is to be spoken: a text, or a document of SSML 1.0.
type Utterance struct {
	Text string // plain text; "" where SSML is given
	SSML string // a whole <speak> document

	Locale      string // of the text, BCP 47 such as "en-US"; "" is the voice's own
	Gender      string // "male", "female" or ""
	Voice       string // a voice by the name that Azure gives it, such as "en-US-AvaNeural"; "" is any
	CustomVoice string // the deployment of a trained voice, or ""

	Endpoints Endpoints // that the application named
}

// IsEmpty reports whether there is neither a text nor a document.
func (u Utterance) IsEmpty() bool {
	return strings.TrimSpace(u.Text) == "" && strings.TrimSpace(u.SSML) == ""
}

// Synthesizer speaks. Its errors are Errors.
type Synthesizer interface {
	// Speak returns speech as soon as its first sample is there, or why there is
	// none. The speech goes on until it has been read, until it is closed, or until
	// ctx is done.
	Speak(ctx context.Context, u Utterance) (*Sound, error)
}

// Sound is speech that is being made: 16-bit little-endian mono PCM at a rate in
// Hz. Whoever got it closes it.
type Sound struct {
	Rate int
	// Stopgap is set where it is not the provider that is asked first who speaks: next
	// time it may be.
	Stopgap bool
	io.ReadCloser
}
