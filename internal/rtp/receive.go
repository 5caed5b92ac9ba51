package rtp

import "time"

// toneGapTicks is how long after a packet of a tone gaps are still the tone's.
const toneGapTicks = 4

// receivePacket takes a packet where its header alone tells whose it is.
func (s *Stream) receivePacket(packet []byte, at int64) {
	h, payload, ok := parse(packet)
	if !ok || len(packet) > maxPacket {
		s.counters.malformed.Add(1)
		return
	}
	kind := s.terms.kinds[h.payloadType]
	if kind == unknownKind {
		s.counters.ignored.Add(1)
		return
	}
	s.receive(h, payload, kind, s.numbers.admit(h), at, len(packet))
}

// receive takes a packet that came at a Unix time in ns, with so many bytes, and that
// has been judged.
func (s *Stream) receive(h header, payload []byte, kind kind, judged verdict, at int64, size int) {
	if !s.count(judged, at, size) {
		return
	}
	switch kind {
	case toneKind:
		s.receiveEvent(h, payload, at)
	case noiseKind:
		if s.terms.media.Receive && judged != outOfOrder && s.playout.clock == noiseClock {
			s.playout.rememberNoise(h, payload)
		}
	case redundantKind:
		s.receiveRedundant(h, payload, judged != outOfOrder, at)
	default:
		s.receiveSound(h, payload, s.formats[kind-soundKind], judged != outOfOrder, at)
	}
}

// count counts a packet by what its source and number mean, and reports whether its
// payload is to be used.
func (s *Stream) count(judged verdict, at int64, size int) bool {
	switch judged {
	case rejected:
		s.counters.ignored.Add(1)
		return false
	case repeated:
		s.counters.duplicates.Add(1)
		return false
	case started:
		s.playout.nextStream()
		s.events = eventReceiver{}
		s.control.restart()
		s.reception.begin(s.counters.lost.Load(), at)
	}
	s.reception.received++
	s.counters.received.Add(1)
	s.counters.receivedBytes.Add(uint64(size))
	s.counters.lastPacket.Store(at)
	s.counters.lost.Store(s.reception.lostBefore + int64(s.numbers.expected()) - int64(s.reception.received))
	return true
}

// receiveSound puts sound into the jitter buffer, long packets in parts.
func (s *Stream) receiveSound(h header, payload []byte, format uint8, newest bool, at int64) {
	clock := s.playout.formats[format].codec.ClockRate
	s.reception.arrive(h.timestamp, time.Duration(at-s.reception.origin), clock)
	jitter := time.Duration(s.reception.jitter * float64(time.Second) / float64(clock))
	s.counters.jitter.Store(int64(jitter))
	if !s.terms.media.Receive {
		return
	}
	s.playout.beside = 0
	for ; !s.playout.formats[format].whole && len(payload) > maxPayload; s.playout.beside += partMillis {
		s.keepSound(h, payload[:partSize], format, moment{newest, s.waited(at), jitter})
		payload, h.timestamp = payload[partSize:], h.timestamp+partSize // a byte is a unit of the clock
	}
	s.keepSound(h, payload, format, moment{newest, s.waited(at), jitter})
}

// keepSound puts a packet, or a part of one, into the jitter buffer.
func (s *Stream) keepSound(h header, payload []byte, format uint8, came moment) {
	switch s.playout.push(h, format, payload, came) {
	case late:
		s.counters.late.Add(1)
	case duplicate:
		s.counters.duplicates.Add(1)
		if s.numbers.overtaken(h.sequence) {
			s.counters.recovered.Add(^uint64(0))
		}
	case overflow:
		s.counters.discarded.Add(1)
	}
}

// waited is how long a packet that came at a Unix time in ns was there before it was read.
func (s *Stream) waited(at int64) time.Duration { return time.Duration(max(s.reading-at, 0)) }

// receiveEvent takes a packet of telephone-event.
func (s *Stream) receiveEvent(h header, payload []byte, at int64) {
	s.events.clock = int32(s.terms.clock)
	key, sounding := s.events.receive(h, payload, at)
	if sounding {
		s.toneGap = toneGapTicks
		s.guard.key(s.playout.depth())
	}
	if key != 0 {
		s.onTone(key)
	}
}
