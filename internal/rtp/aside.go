package rtp

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/codec"
)

// asideSlots is how many frames may wait for the encoder: it is late by 60 ms
// before any is dropped.
const asideSlots = 4

// aside does beside the shard what a costly codec needs, on a goroutine that the
// shard wakes once a tick. It decodes, and conceals, the frame of the next tick,
// and encodes the frame of the last one. So both directions have 20 ms more delay,
// and the shard never waits: a frame that is not decoded in time is invented, one
// that is not encoded in time left out, and both are counted.
//
// The playout has one owner at a time. hand gives it to the goroutine, and the
// shard touches neither it nor the socket until it is back. The encoder's frames
// go round in slots; three counters that only grow say whose each is.
type aside struct {
	wake chan struct{} // one token: there is something to do
	stop chan struct{} // closed by the shard

	playout *playout
	away    atomic.Bool // the goroutine has the playout
	quiet   bool        // handed over with it
	frame   [maxFrame]int16
	samples int     // of frame
	made    sound   // what frame is made of
	stopgap stopgap // the shard's, for frames that are not ready

	encoder codec.Encoder
	slots   [asideSlots]slotAside
	put     atomic.Uint32 // frames that the shard has put
	encoded atomic.Uint32 // of them, those that are done
	sent    uint32        // of them, those that the shard has seen

	// The goroutine's own: frames that wait until a packet is full.
	pending   [longestFrames * maxFrame]int16
	filled    int
	timestamp uint32
	marker    bool
}

// longestFrames is how many frames the longest packet holds.
const longestFrames = int(longestPacket / shortestPacket / 2)

// slotAside is a frame to encode, then the packet that it completes, if any.
type slotAside struct {
	pcm       [maxFrame]int16
	samples   int // of a packet
	timestamp uint32
	marker    bool // sound begins

	payload [codec.MaxPayload]byte
	size    int // 0: the packet is not full yet
}

// newAside prepares the goroutine's work; begin starts it.
func newAside() *aside {
	return &aside{wake: make(chan struct{}, 1), stop: make(chan struct{}), stopgap: newStopgap()}
}

// begin starts the goroutine, for the session's playout. It ends after end. Nobody
// waits for it: the shard must not, and it holds nothing but memory.
func (a *aside) begin(p *playout) {
	a.playout = p
	go func() {
		for {
			select {
			case <-a.wake:
				a.work()
			case <-a.stop:
				return
			}
		}
	}()
}

func (a *aside) end() { close(a.stop) }

// work does what is there to do.
func (a *aside) work() {
	if a.away.Load() {
		a.decode(a.playout, a.quiet)
		a.away.Store(false)
	}
	for n := a.encoded.Load(); n != a.put.Load(); n++ {
		a.encode(&a.slots[n%asideSlots])
		a.encoded.Store(n + 1)
	}
}

// decode makes the next frame.
func (a *aside) decode(p *playout, quiet bool) {
	a.samples = p.samples()
	a.made = p.frame(a.frame[:a.samples], quiet)
}

// encode takes a frame, and makes a packet when there are enough of them.
func (a *aside) encode(s *slotAside) {
	if a.filled == 0 || s.marker {
		a.filled, a.timestamp, a.marker = 0, s.timestamp, s.marker
	}
	a.filled += copy(a.pending[a.filled:], s.pcm[:])
	s.size = 0
	if a.filled >= s.samples {
		s.size = a.encoder.Encode(s.payload[:], a.pending[:a.filled])
		s.timestamp, s.marker = a.timestamp, a.marker
		a.filled = 0
	}
}

// wakeUp tells the goroutine that there is something to do. It never waits.
func (a *aside) wakeUp() {
	select {
	case a.wake <- struct{}{}:
	default: // it has not looked yet
	}
}

// hand gives the playout away until the next frame is made; wakeUp must follow.
func (a *aside) hand(quiet bool) {
	a.quiet = quiet
	a.away.Store(true)
}

// space returns a slot for a frame, nil if the encoder is too far behind.
func (a *aside) space() *slotAside {
	if a.put.Load()-a.sent == asideSlots {
		return nil
	}
	return &a.slots[a.put.Load()%asideSlots]
}

// done returns the next frame's packet, nil if none is done.
func (a *aside) done() *slotAside {
	if a.sent == a.encoded.Load() {
		return nil
	}
	a.sent++
	return &a.slots[(a.sent-1)%asideSlots]
}
