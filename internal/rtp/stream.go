package rtp

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/sdp"
)

// Stream is the media engine of one audio stream: packets become frames, and frames
// packets. It has the jitter buffer, the concealment of what was lost, comfort noise,
// tones both ways, the codecs, sequence numbers and timestamps, RTCP reports and the
// measures of quality. It has neither socket nor goroutine nor clock: packets are
// given to it, and it gives its own to an Output; each ReadFrame and each WriteFrame
// is 20 ms.
//
// A Stream has one owner at a time, who alone calls Receive, ReadFrame, WriteFrame,
// Report and Close; the other methods are anybody's. A Session is a Stream on a pair
// of sockets, an AsyncStream one on a goroutine of its own.
type Stream struct {
	output   Output
	agreed   atomic.Pointer[agreement] // what SetMedia said last
	onTone   func(byte)
	tones    toneSender
	toneTurn chan struct{} // one SendTones at a time
	gone     chan struct{} // closed by Close
	closed   atomic.Bool
	counters counters

	*engine // the owner's own; nil when a session has closed
}

// Output takes what a Stream sends. A packet is valid until the method returns.
type Output interface {
	// SendRTP sends a packet and returns how many bytes went out.
	SendRTP(packet []byte) (int, error)
	// SendRTCP sends a compound packet. There is room for what SRTCP adds behind it.
	SendRTCP(packet []byte)
}

// StreamConfig is what a Stream needs.
type StreamConfig struct {
	Output Output
	SSRC   uint32        // of what is sent; 0 draws one
	Depth  time.Duration // as in Config
	// Discontinuous leaves out silence that lasts, where the codec is Opus.
	Discontinuous bool
}

// NewStream returns a Stream that is silent until SetMedia.
func NewStream(cfg StreamConfig) *Stream {
	s := &Stream{}
	s.init(cfg)
	return s
}

func (s *Stream) init(cfg StreamConfig) {
	var random [4 + 2 + 4 + 12]byte
	_, _ = rand.Read(random[:]) // never fails
	s.engine = engines.Get().(*engine)
	s.output = cfg.Output
	s.quiet.wanted = cfg.Discontinuous
	s.onTone = func(byte) {}
	s.toneTurn = make(chan struct{}, 1)
	s.gone = make(chan struct{})
	s.playout.configured = cfg.Depth
	s.out.header = header{
		ssrc: cfg.SSRC,
		// RFC 3550 §5.1: random. RFC 3711 §3.3.1: far from the first wrap, which nobody
		// may miss.
		sequence:  binary.BigEndian.Uint16(random[4:]) & 0x7fff,
		timestamp: binary.BigEndian.Uint32(random[6:]),
	}
	if cfg.SSRC == 0 {
		s.out.header.ssrc = binary.BigEndian.Uint32(random[:])
	}
	base64.StdEncoding.Encode(s.control.name[:], random[10:])
}

// OnTone sets who is told of keys that the peer presses, by RFC 4733, or in its
// sound if it has no telephone-event; each once, when it begins. It is called by the
// owner's work and must not block. Set it before packets come.
func (s *Stream) OnTone(heard func(key byte)) { s.onTone = heard }

// SetMedia says what has been agreed on, at any time: it takes effect at the
// next tick. Nothing is sent or heard before the first. It panics if a codec is
// unknown, or if there is none in a direction.
func (s *Stream) SetMedia(m sdp.Media) { s.agreed.Store(newAgreement(m)) }

// SampleRate returns the rate, in Hz, of the sound of the codec that is sent by what
// was agreed on last; 0 before there is one. A call in which it is more than the
// mix's may want mixer.Mix.Rise.
func (s *Stream) SampleRate() int {
	if agreed := s.agreed.Load(); agreed != nil {
		return agreed.sending.SampleRate
	}
	return 0
}

// Receive takes a packet of the peer, RTP or RTCP, that came at a time. It changes
// nothing of it and keeps nothing of it. Who calls it knows that the packet is the
// peer's.
func (s *Stream) Receive(packet []byte, at time.Time) {
	s.adopt()
	s.take(packet, at.UnixNano())
}

func (s *Stream) take(packet []byte, at int64) {
	switch {
	case s.terms == nil:
	case isRTCP(packet):
		s.receiveReport(packet, at)
	default:
		s.receivePacket(packet, at)
	}
}

// ReadFrame implements audio.Source: it says what is to be heard of the peer now, at
// 8 or 16 kHz, whatever the codec's rate is.
func (s *Stream) ReadFrame(f audio.Frame) bool {
	if s.closed.Load() {
		return false
	}
	s.adopt()
	s.enter()
	defer s.leave()
	return s.read(f)
}

// Said implements audio.Dated.
func (s *Stream) Said() (at int64, known bool) { return s.said() }

// WriteFrame implements audio.Sink: it sends a frame to the peer, silence too,
// since a stream that stops would close the holes that it has made in NATs.
func (s *Stream) WriteFrame(f audio.Frame) {
	if s.terms == nil || s.closed.Load() {
		return
	}
	s.enter()
	defer s.leave()
	s.write(f)
}

// Close says goodbye to the peer, as of a time. Nobody may be inside another of the
// owner's methods, nor call them later.
func (s *Stream) Close(now time.Time) {
	if s.stop() {
		s.goodbye(now)
	}
}

// stop ends what others wait for. It returns false if that was done already.
func (s *Stream) stop() bool {
	first := !s.closed.Swap(true)
	if first {
		close(s.gone)
	}
	return first
}

func (s *Stream) enter() { s.scratch = takeScratch() }
func (s *Stream) leave() { s.scratch.giveBack(); s.scratch = nil }

// adopt puts into force what SetMedia said last.
func (s *Stream) adopt() {
	if agreed := s.agreed.Load(); agreed != s.terms {
		s.use(agreed)
	}
}

// use puts an agreement into force.
func (s *Stream) use(agreed *agreement) {
	s.formats = s.playout.accept(agreed.decoding)
	if s.terms == nil || s.terms.sending != agreed.sending {
		s.encoder = agreed.encoder
		s.sharing.leave()
		s.out.pcm, s.out.filled, s.out.samples = agreed.pcm, 0, 0 // of the former codec
	}
	if !agreed.media.Receive {
		s.playout.clear()
		s.inband.silence()
	}
	s.terms = agreed
}
