package rtp

import (
	"net/netip"
	"sync/atomic"
)

// Tapped is an RTP packet on its way, without the protection of SRTP. Its bytes belong to
// the session: who wants to keep them copies them.
type Tapped struct {
	Packet        []byte
	Sent          bool // by us
	Local, Remote netip.AddrPort
	At            int64 // Unix time in ns
}

// Tap is shown the packets of a session, on the shard: it must neither block nor
// allocate.
type Tap func(Tapped)

// TapPoint is where a tap is put and taken away while packets flow. The zero value shows
// them to nobody.
type TapPoint struct{ tap atomic.Pointer[Tap] }

// Set shows packets to a tap from the next one on; nil ends that.
func (p *TapPoint) Set(t Tap) {
	if t == nil {
		p.tap.Store(nil)
		return
	}
	p.tap.Store(&t)
}

// TapAt says where the session's tap is. What is not a packet of the stream, such as one
// of a stranger, is not shown.
func (s *Session) TapAt(point *TapPoint) { s.tap.Store(point) }

// tapped is the tap; nil where there is none.
func (s *Session) tapped() *Tap {
	if point := s.tap.Load(); point != nil {
		return point.tap.Load()
	}
	return nil
}
