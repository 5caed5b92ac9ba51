package rtp

import (
	"net/netip"
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
)

// outgoing is the state of what we send.
type outgoing struct {
	header  header
	packet  [headerSize + mostPayload]byte
	filled  int    // bytes of payload that stand in packet and wait for more
	packets uint32 // wraps, as RFC 3550 wants
	octets  uint32 // of payload
	talking bool   // the last tick was sent as sound: no marker is due
}

// WriteFrame implements audio.Sink: it sends a frame to the peer, silence too,
// since a stream that stops would close the holes that it has made in NATs.
func (s *Session) WriteFrame(f audio.Frame) {
	m := s.media
	if m == nil || s.closed.Load() {
		return
	}
	s.desk = takeDesk()
	s.write(m, f)
	leaveDesk(s.desk)
	s.desk = nil
}

// write is WriteFrame, at a desk.
func (s *Session) write(m *agreement, f audio.Frame) {
	ticks := m.sending.Ticks()
	to := s.source.destination()
	speaks := m.media.Send && to.IsValid()
	if s.aside != nil {
		s.sendDone(m, speaks, to)
		defer s.aside.wakeUp()
	}
	switch {
	case !speaks:
		s.out.talking, s.out.filled = false, 0
		s.outward.Rest()
	case s.tones.sending(s.out.header.timestamp, m.events.Clock == 0):
		s.sendTone(m, to)
		s.tones.sent()
	case s.tones.resting():
		s.sendSound(m, nil, to)
	default:
		s.sendSound(m, f, to)
	}
	s.out.header.timestamp += uint32(ticks) // the clock runs on hold too
}

func (s *Session) sendTone(m *agreement, to netip.AddrPort) {
	if s.tones.inband {
		tone := s.desk.tone[:m.sending.Samples()]
		s.tones.sound(tone)
		s.outward.Rest()
		s.sendSound(m, tone, to)
		return
	}
	s.flush(m, to)
	h := s.out.header
	h.payloadType, h.timestamp = m.events.PayloadType, s.tones.start
	n, first := s.tones.event(s.out.packet[headerSize:], m.events.Clock/audio.FramesPerSecond)
	h.marker = first
	s.out.talking = false
	s.transmit(h, n, to)
}

// sendSound sends a frame of 8 or 16 kHz; none is silence.
func (s *Session) sendSound(m *agreement, f audio.Frame, to netip.AddrPort) {
	if f == nil {
		s.outward.Rest()
		f = silentFrame[:m.sending.Samples()]
	} else {
		f = s.outward.Convert(s.desk.frame[:m.sending.Samples()], f)
	}
	if s.aside != nil {
		s.lay(m, f)
		return
	}
	s.out.filled += s.encoder.Encode(s.out.packet[headerSize+s.out.filled:], f)
	// The clock stands at this frame's beginning, filled is until its end.
	end := s.out.header.timestamp + uint32(m.sending.Ticks())
	for size := packetSize(m); s.out.filled >= size; {
		s.sendPayload(m, size, end, to)
	}
}

// lay gives a frame to the encoder beside the shard.
func (s *Session) lay(m *agreement, f audio.Frame) {
	slot := s.aside.space()
	if slot == nil {
		s.counters.unsent.Add(1)
		s.out.talking = false
		return
	}
	copy(slot.pcm[:], f)
	slot.samples = len(f) * max(int(m.media.PTime/audio.FrameDuration), 1)
	slot.timestamp, slot.marker = s.out.header.timestamp, !s.out.talking
	s.out.talking = true
	s.aside.put.Add(1)
}

// sendDone sends the packets that are ready, or forgets them.
func (s *Session) sendDone(m *agreement, speaks bool, to netip.AddrPort) {
	for slot := s.aside.done(); slot != nil; slot = s.aside.done() {
		if slot.size == 0 || !speaks {
			continue
		}
		h := s.out.header
		h.payloadType, h.marker, h.timestamp = m.media.Sending.Codecs[0].PayloadType, slot.marker, slot.timestamp
		copy(s.out.packet[headerSize:], slot.payload[:slot.size])
		s.transmit(h, slot.size, to)
	}
}

// packetSize is how many bytes of payload the peer wants in a packet.
func packetSize(m *agreement) int {
	if m.media.PTime == 0 {
		return m.sending.Ticks()
	}
	ptime := min(max(m.media.PTime, shortestPacket), longestPacket).Round(shortestPacket)
	return m.sending.ClockRate / int(time.Second/shortestPacket) * int(ptime/shortestPacket)
}

// sendPayload sends the first bytes of what waits, which lasts until end.
func (s *Session) sendPayload(m *agreement, size int, end uint32, to netip.AddrPort) {
	h := s.out.header
	h.payloadType, h.marker, h.timestamp = m.media.Sending.Codecs[0].PayloadType, !s.out.talking, end-uint32(s.out.filled)
	s.out.talking = true
	s.transmit(h, size, to)
	waiting := s.out.packet[headerSize:]
	s.out.filled = copy(waiting, waiting[size:s.out.filled])
}

// flush sends what waits, however short, since what comes now is no sound.
func (s *Session) flush(m *agreement, to netip.AddrPort) {
	if s.out.filled > 0 {
		s.sendPayload(m, s.out.filled, s.out.header.timestamp, to)
	}
}

// transmit sends the packet whose payload stands ready.
func (s *Session) transmit(h header, size int, to netip.AddrPort) {
	h.put(s.out.packet[:])
	s.out.header.sequence++
	packet := s.out.packet[:headerSize+size]
	if s.sealer != nil {
		packet = s.desk.sealed[:s.sealer.seal(s.desk.sealed[:], packet, h)]
	}
	if s.rtp.send(packet, to) != nil {
		s.counters.sendErrors.Add(1)
		return
	}
	s.out.packets++
	s.out.octets += uint32(size)
	s.counters.sent.Add(1)
	s.counters.sentBytes.Add(uint64(len(packet)))
}
