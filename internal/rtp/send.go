package rtp

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// maxFrame is the samples of 20 ms at the highest rate.
const maxFrame = 320

// What a packet holds: of every codec here, a byte is one unit of the RTP clock,
// and a payload can be cut between any two.
const (
	shortestPacket = 10 * time.Millisecond
	longestPacket  = 60 * time.Millisecond
	mostPayload    = 8*60 + codec.MaxPayload // a packet that lacks a byte, and another frame
	longestFrames  = int(longestPacket / audio.FrameDuration)
)

// outgoing is the state of what we send.
type outgoing struct {
	header  header
	packet  [headerSize + mostPayload + aeadTag]byte
	filled  int    // bytes of payload that stand in packet and wait for more
	packets uint32 // wraps, as RFC 3550 wants
	octets  uint32 // of payload
	talking bool   // the last tick was sent as sound: no marker is due

	// Of a codec that encodes a packet in one piece.
	pcm     []int16 // room for the longest packet
	samples int     // that stand there and wait for more
	begins  uint32  // their timestamp
	marker  bool    // sound begins with them
	copies  copies  // of what was sent last, where the peer takes such
}

// write sends a frame.
func (s *Stream) write(f audio.Frame) {
	t := s.terms
	switch {
	case !t.media.Send || s.unreachable:
		s.counters.withheld.Add(1)
		s.pause()
		s.outward.SkipFrame()
	case s.tones.sending(s.out.header.timestamp, t.events.Clock == 0):
		s.sendTone()
		s.tones.sent()
	case s.tones.resting():
		s.sendSound(nil)
	case s.quiet.leavesOut(f, t.sending):
		s.pause()
		s.outward.SkipFrame()
	default:
		s.sendSound(f)
		if s.quiet.lasts() {
			s.out.talking = false // sound that follows is a talk spurt
		}
	}
	s.out.header.timestamp += uint32(t.sending.Ticks()) // the clock runs on hold too
}

// skip lets the clock run over frames that never came.
func (s *Stream) skip(frames uint64) {
	if frames > 0 && s.terms != nil {
		s.pause()
		s.out.header.timestamp += uint32(frames) * uint32(s.terms.sending.Ticks())
	}
}

// pause ends a talk spurt.
func (s *Stream) pause() { s.out.talking, s.out.filled, s.out.samples = false, 0, 0 }

func (s *Stream) sendTone() {
	if s.tones.inband {
		tone := s.scratch.tone[:s.terms.sending.Samples()]
		s.tones.sound(tone)
		s.outward.SkipFrame()
		s.sendSound(tone)
		return
	}
	s.flush()
	events := s.terms.events
	h := s.out.header
	h.payloadType, h.timestamp = events.PayloadType, s.tones.start
	n, first := s.tones.event(s.out.packet[headerSize:], events.Clock/audio.FramesPerSecond)
	h.marker = first
	s.out.talking = false
	s.transmit(h, n)
}

// sendSound sends a frame of 8 or 16 kHz; none is silence.
func (s *Stream) sendSound(f audio.Frame) {
	t := s.terms
	if f == nil {
		s.outward.SkipFrame()
		f = silentFrame[:t.sending.Samples()]
	} else {
		f = s.outward.Convert(s.scratch.frame[:t.sending.Samples()], f)
	}
	if s.out.pcm != nil {
		s.gather(f)
		return
	}
	s.out.filled += s.encoder.Encode(s.out.packet[headerSize+s.out.filled:], f)
	// The clock stands at this frame's beginning, filled is until its end.
	end := s.out.header.timestamp + uint32(t.sending.Ticks())
	for size := packetSize(t); s.out.filled >= size; {
		s.sendPayload(size, end)
	}
}

// gather encodes and sends frames when there are enough of them for a packet.
func (s *Stream) gather(f audio.Frame) {
	o := &s.out
	if o.samples == 0 {
		o.begins, o.marker = o.header.timestamp, !o.talking
	}
	o.talking = true
	o.samples += copy(o.pcm[o.samples:], f)
	if o.samples < len(f)*max(int(s.terms.media.PTime/audio.FrameDuration), 1) {
		return
	}
	h := o.header
	h.payloadType, h.marker, h.timestamp = s.terms.number(), o.marker, o.begins
	before := 0
	if most := s.copiesWanted(); most > 0 && !s.quiet.lasts() {
		if before = o.copies.put(o.packet[headerSize:], h, h.payloadType, most); before > 0 {
			h.payloadType = s.terms.redundant()
		}
	}
	n := s.encode(o.packet[headerSize+before:headerSize+mostPayload], o.pcm[:o.samples])
	if o.samples = 0; n == 0 {
		return
	}
	if s.quiet.lasts() {
		n = emptyFrame
	} else if s.terms.redundant() != 0 {
		o.copies.remember(h, o.packet[headerSize+before:headerSize+before+n])
	}
	s.transmit(h, before+n)
}

// packetSize is how many bytes of payload the peer wants in a packet.
func packetSize(t *agreement) int {
	if t.media.PTime == 0 {
		return t.sending.Ticks()
	}
	ptime := min(max(t.media.PTime, shortestPacket), longestPacket).Round(shortestPacket)
	return t.sending.ClockRate / int(time.Second/shortestPacket) * int(ptime/shortestPacket)
}

// sendPayload sends the first bytes of what waits, which lasts until end.
func (s *Stream) sendPayload(size int, end uint32) {
	h := s.out.header
	h.payloadType, h.marker, h.timestamp = s.terms.number(), !s.out.talking, end-uint32(s.out.filled)
	s.out.talking = true
	s.transmit(h, size)
	waiting := s.out.packet[headerSize:]
	s.out.filled = copy(waiting, waiting[size:s.out.filled])
}

// flush sends what waits, however short, since what comes now is no sound. What a
// codec cannot encode before it is whole is left out.
func (s *Stream) flush() {
	s.out.samples = 0
	if s.out.filled > 0 {
		s.sendPayload(s.out.filled, s.out.header.timestamp)
	}
}

// transmit sends the packet whose payload stands ready.
func (s *Stream) transmit(h header, size int) {
	h.put(s.out.packet[:])
	s.out.header.sequence++
	n, err := s.output.SendRTP(s.out.packet[:headerSize+size])
	if err != nil {
		s.counters.sendErrors.Add(1)
		return
	}
	s.out.packets++
	s.out.octets += uint32(size)
	s.counters.sent.Add(1)
	s.counters.sentBytes.Add(uint64(n))
}
