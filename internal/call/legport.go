package call

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// legPort is the sound of a leg in a mix. The mix closes what leaves it; a legPort
// passes that on to the leg's sound, unless its participant only changes calls.
type legPort struct {
	audio.Port
	measured *atomic.Bool // somebody wants to know who speaks
	meter    meter
	next     atomic.Pointer[func()] // what follows instead of closing
}

// ReadFrame says what the leg says, and measures it where that is asked for.
func (l *legPort) ReadFrame(f audio.Frame) bool {
	heard := l.Port.ReadFrame(f)
	if heard && l.measured.Load() {
		l.meter.take(f)
	}
	return heard
}

// WriteCommon lets the leg hear what others hear alike.
func (l *legPort) WriteCommon(f audio.Frame, of *audio.Common, at audio.Tick) {
	if sharing, ok := l.Port.(audio.CommonSink); ok {
		sharing.WriteCommon(f, of, at)
		return
	}
	l.Port.WriteFrame(f)
}

// Waited tells the mix when the leg's packets come.
func (l *legPort) Waited() (time.Duration, bool) {
	if leg, ok := l.Port.(interface{ Waited() (time.Duration, bool) }); ok {
		return leg.Waited()
	}
	return 0, false
}

// Carried is how many packets of the leg's sound were sent, and how many frames could not
// be.
func (l *legPort) Carried() (sent, withheld uint64) {
	if leg, ok := l.Port.(interface {
		Carried() (sent, withheld uint64)
	}); ok {
		return leg.Carried()
	}
	return 0, 0
}

// Said tells a recording when what is heard was said.
func (l *legPort) Said() (at int64, known bool) {
	if leg, ok := l.Port.(audio.Dated); ok {
		return leg.Said()
	}
	return 0, false
}

// Close is called by the mix's shard, which no longer touches the sound.
func (l *legPort) Close() error {
	if next := l.next.Load(); next != nil {
		(*next)()
		return nil
	}
	return closePort(l.Port)
}

// closePort closes a sound that is in no mix.
func closePort(p audio.Port) error {
	if closer, ok := p.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
