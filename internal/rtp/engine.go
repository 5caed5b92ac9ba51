package rtp

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
)

// engine is the state of a Stream that its owner alone touches. That of a session which
// has closed serves another, so that a call makes no garbage of its 8 kB.
type engine struct {
	terms        *agreement        // in force, as of the last tick
	formats      [maxFormats]uint8 // which of the playout's formats its codecs are
	encoder      protectedEncoder
	numbers      numbering
	playout      playout
	events       eventReceiver
	guard        toneGuard
	inband       inbandDetector
	packetMillis int      // how much sound the packet had that was played last; 0 before one
	toneGap      int      // ticks in which the peer's gaps are a tone's, not losses
	scratch      *scratch // while the owner is in here
	out          outgoing
	quiet        discontinuous
	sharing      sharing
	protection   protection
	unreachable  bool         // nothing can be sent, since nobody knows where to
	inward       audio.Bridge // from the codec's rate to the call's
	outward      audio.Bridge // and back
	control      control
	reception    reception
	reading      int64 // when what is taken now is read, Unix time in ns; 0: as it comes
}

// engines are those that nobody uses. They are cleared when they are given back: the sound
// of one call must not get into another, and what they point to may be forgotten.
var engines = sync.Pool{New: func() any { return new(engine) }}

// free gives the engine back, with the room of its sound. Its owner has closed the
// stream, and calls nothing of it any more; what other goroutines may still ask for is
// not in here.
func (s *Stream) free() {
	e := s.engine
	s.engine = nil
	e.playout.room.free()
	if agreed := s.agreed.Load(); agreed != nil && agreed.decoding.room != e.playout.room {
		agreed.decoding.room.free() // that of a later agreement, in force or not
	}
	*e = engine{}
	engines.Put(e)
}
