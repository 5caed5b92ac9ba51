package rtp

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// Session is one audio stream: a port of a mix. ReadFrame, WriteFrame and Close
// belong to the shard that ticks it; the other methods to anybody.
type Session struct {
	local netip.AddrPort
	rtp   *socket
	rtcp  *socket
	give  func() // gives the ports back

	agreed   atomic.Pointer[agreement] // what SetMedia said last
	onTone   func(byte)
	tones    toneSender
	toneTurn chan struct{} // one SendTones at a time
	gone     chan struct{} // closed by Close
	closed   atomic.Bool
	counters counters

	// The shard's own.
	media        *agreement        // in force, as of the last tick
	formats      [maxFormats]uint8 // which of the playout's formats its codecs are
	encoder      codec.Encoder
	aside        *aside // works for a costly codec; nil for others
	ahead        *aside // one that has ended, whose frame comes next; nil after that
	source       source
	playout      playout
	ear          toneEar
	inband       inbandEar
	packetMillis int   // how much sound the packet had that was played last; 0 before one
	hush         int   // ticks in which the peer's gaps are a tone's, not losses
	desk         *desk // while the shard is in here
	out          outgoing
	sealer       *sealer      // what is sent is protected by it; nil for plain RTP
	opener       *opener      // what comes must be
	inward       audio.Bridge // from the codec's rate to the call's
	outward      audio.Bridge // and back
	control      control
	turn         int   // counts reads
	phase        int   // spreads the sessions' RTCP
	origin       int64 // Unix time in ns, from which arrival is counted
	waits        waits
	reception    reception
}

func newSession(local netip.AddrPort, rtp, rtcp *socket, give func()) *Session {
	var random [4 + 2 + 4 + 1 + 12]byte
	_, _ = rand.Read(random[:]) // never fails
	s := &Session{
		local: local, rtp: rtp, rtcp: rtcp, give: give,
		onTone:   func(byte) {},
		toneTurn: make(chan struct{}, 1),
		gone:     make(chan struct{}),
		origin:   time.Now().UnixNano(),
		phase:    int(random[10]),
	}
	s.out.header = header{
		ssrc: binary.BigEndian.Uint32(random[0:]),
		// RFC 3550 §5.1: all three random. RFC 3711 §3.3.1: far from the first wrap,
		// which nobody may miss.
		sequence:  binary.BigEndian.Uint16(random[4:]) & 0x7fff,
		timestamp: binary.BigEndian.Uint32(random[6:]),
	}
	base64.StdEncoding.Encode(s.control.name[:], random[11:])
	return s
}

// LocalAddr returns the address that RTP is received on; RTCP has the next port.
func (s *Session) LocalAddr() netip.AddrPort { return s.local }

// OnTone sets who is told of keys that the peer presses, by RFC 4733, or in its
// sound if it has no telephone-event; each once, when it begins. It is called on the
// shard and must not block. Set it before the session joins a mix.
func (s *Session) OnTone(heard func(key byte)) { s.onTone = heard }

// ReadFrame implements audio.Source: it takes what has arrived and says what is
// to be heard of the peer now, at 8 or 16 kHz, whatever the codec's rate is.
func (s *Session) ReadFrame(f audio.Frame) bool {
	if s.closed.Load() {
		return false
	}
	if s.aside != nil && s.aside.away.Load() { // it did not get the processor in time
		return s.cover(f)
	}
	s.desk = takeDesk()
	heard := s.read(f)
	leaveDesk(s.desk)
	s.desk = nil
	return heard
}

// read is ReadFrame, at a desk.
func (s *Session) read(f audio.Frame) bool {
	m := s.adopt()
	s.source.quiet++
	s.drain(m)
	s.waits.read()
	s.turn++
	s.converse(m)
	if m == nil || !m.media.Receive {
		s.inward.Rest()
		return false
	}
	if s.hush > 0 {
		s.hush--
	}
	heard := f
	if samples := s.samples(); len(f) != samples {
		heard = s.desk.frame[:samples]
	}
	made := s.next(heard)
	if len(m.media.Receiving.Events) == 0 {
		s.hearInband(heard, made)
	}
	switch made {
	case invented:
		s.counters.concealed.Add(1)
	case noise:
		s.counters.comfort.Add(1)
	}
	if made == nothing || silent(heard) {
		s.inward.Rest()
		return false
	}
	s.inward.Convert(f, heard)
	return true
}

// samples returns the length of the next frame.
func (s *Session) samples() int {
	switch {
	case s.aside != nil:
		return s.aside.samples
	case s.ahead != nil:
		return s.ahead.samples
	}
	return s.playout.samples()
}

// next fills a frame of the codec's rate with what comes next.
func (s *Session) next(heard audio.Frame) sound {
	s.packetMillis = s.playout.packetMillis
	if last := s.ahead; last != nil && s.aside == nil {
		s.ahead = nil
		copy(heard, last.frame[:])
		return last.made
	}
	if s.aside == nil {
		return s.playout.frame(heard, s.hush > 0)
	}
	made := s.aside.made
	if copy(heard, s.aside.frame[:]); made == nothing {
		clear(heard)
	}
	s.aside.stopgap.hear(heard)
	s.aside.hand(s.hush > 0)
	return made
}

// cover continues the sound in place of a frame that is not ready.
func (s *Session) cover(f audio.Frame) bool {
	s.counters.concealed.Add(1)
	d := takeDesk()
	defer leaveDesk(d)
	heard := d.frame[:s.aside.stopgap.samples()]
	if !s.aside.stopgap.invent(heard) || silent(heard) {
		s.inward.Rest()
		return false
	}
	copy(f, s.inward.Convert(f, heard))
	return true
}

// silent reports whether nobody could hear a frame: G.711's smallest steps.
func silent(f audio.Frame) bool {
	const threshold = 8
	for _, sample := range f {
		if sample > threshold || sample < -threshold {
			return false
		}
	}
	return true
}

// Close says goodbye to the peer and gives the ports back. Nobody may be inside
// ReadFrame or WriteFrame, nor call them later.
func (s *Session) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	close(s.gone)
	s.leave()
	s.standAside(nil)
	err := s.rtp.close()
	if second := s.rtcp.close(); err == nil {
		err = second
	}
	s.give()
	return err
}
