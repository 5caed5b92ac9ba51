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
	Rise()  // to 16 kHz, for good
	Close() // all members leave
}

// Member is a port in a mix.
type Member interface {
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
