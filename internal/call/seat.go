package call

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// seat is the sound of a leg in a mix. The mix closes what leaves it; a seat
// passes that on to the leg's sound, unless its participant only changes calls.
type seat struct {
	audio.Port
	next atomic.Pointer[func()] // what follows instead of closing
}

// Waited tells the mix when the leg's packets come.
func (s *seat) Waited() (time.Duration, bool) {
	if leg, ok := s.Port.(interface{ Waited() (time.Duration, bool) }); ok {
		return leg.Waited()
	}
	return 0, false
}

// Close is called by the mix's shard, which no longer touches the sound.
func (s *seat) Close() error {
	if next := s.next.Load(); next != nil {
		(*next)()
		return nil
	}
	return closePort(s.Port)
}

// closePort closes a sound that is in no mix.
func closePort(p audio.Port) error {
	if closer, ok := p.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
