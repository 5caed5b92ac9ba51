package call

import "github.com/switchhook/switchhook/internal/audio"

// SampleRate is the rate, in Hz, that a call starts with. It rises to WideRate
// with the first leg that has more to say, and never falls.
const (
	SampleRate = 8000
	WideRate   = 16000
)

// Mixes makes the place where everybody hears everybody else.
type Mixes interface {
	NewMix(rate int) Mix
}

// Mix is the sound of one call.
type Mix interface {
	Join(audio.Port) Member
	// Hear lets a listener hear the whole mix until it is stopped or the mix is over.
	// The listener is then closed, if it is an io.Closer, after its last frame. Stop
	// may be called from any goroutine, and more than once.
	Hear(l audio.Listener, want Hearing) (stop func())
	Rise()  // to 16 kHz, for good
	Close() // all members leave
}

// Hearing is what a listener of a whole mix wants to hear of it.
type Hearing struct {
	Private   bool   // also what only single members hear, such as prompts to one participant
	Asides    bool   // with Private: music on hold as well
	Voiceless bool   // nothing of what members say
	As        Member // it hears what this member hears, what only that one hears included; nil: it hears everybody
}

// Member is a port in a mix.
type Member interface {
	// Hear lets a listener hear what this member says, as Mix.Hear does for the mix:
	// nil while the member is silent, muted or on hold.
	Hear(audio.Listener) (stop func())
	SetMuted(bool)                 // the others do not hear it
	SetHeld(bool)                  // it neither hears the others nor is heard
	SetPrivateSource(audio.Source) // what only this member hears; nil ends it
	Leave()                        // the mix closes the port if it is an io.Closer
}

// application is the port of a participant that is an application. It says what
// the application plays to all, several sources at once if need be.
type application struct{ audio.Sum }

// WriteFrame takes what the application hears. Whoever listens for the application
// hears the mix itself.
func (a *application) WriteFrame(audio.Frame) {}
