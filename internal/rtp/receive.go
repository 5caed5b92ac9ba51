package rtp

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// maxDrain bounds the packets taken in one tick, so that a flood costs the
	// other calls of the shard little.
	maxDrain = 128
	// hushTicks is how long after a packet of a tone gaps are still the tone's.
	hushTicks = 4
)

// drain takes what has arrived since the last tick.
func (s *Session) drain(m *agreement) {
	for range maxDrain / batchSize {
		n := s.rtp.receive(s.desk.batch)
		for i := range n {
			if m != nil {
				s.take(m, i)
			}
		}
		if n < batchSize {
			return
		}
	}
}

// take handles one packet of the batch.
func (s *Session) take(m *agreement, i int) {
	if s.desk.batch.size[i] < 0 {
		s.counters.malformed.Add(1)
		return
	}
	packet := s.desk.batch.data[i][:s.desk.batch.size[i]]
	if isRTCP(packet) {
		s.hearReport(packet, s.desk.batch.from[i], s.desk.batch.at[i])
		return
	}
	if s.opener != nil {
		var what opened
		if packet, what = s.opener.open(packet); !s.trusted(what) {
			return
		}
	}
	h, payload, ok := parse(packet)
	if !ok {
		s.counters.malformed.Add(1)
		return
	}
	kind := m.kinds[h.payloadType]
	if kind == unknownKind {
		s.counters.ignored.Add(1)
		return
	}
	judged := s.source.admit(s.desk.batch.from[i], h)
	if !s.welcome(judged, i) {
		return
	}
	switch kind {
	case toneKind:
		s.hearTone(h, payload, s.desk.batch.at[i])
	case noiseKind:
		if m.media.Receive && judged != older && s.playout.clock == noiseClock {
			s.playout.rememberNoise(h, payload)
		}
	default:
		if judged != older {
			s.waits.came(s.desk.batch.at[i])
		}
		format := s.formats[kind-soundKind]
		clock := s.playout.formats[format].codec.ClockRate
		s.reception.arrive(h.timestamp, time.Duration(s.desk.batch.at[i]-s.origin), clock)
		s.counters.jitter.Store(int64(s.reception.jitter * float64(time.Second) / float64(clock)))
		if m.media.Receive {
			s.keep(h, format, payload, judged != older)
		}
	}
}

// trusted counts what is not authentic.
func (s *Session) trusted(what opened) bool {
	switch what {
	case forged:
		s.counters.forged.Add(1)
	case replayed:
		s.counters.replayed.Add(1)
	}
	return what == authentic
}

// welcome counts packet i of the batch by what its source means, and reports whether its
// payload is to be used.
func (s *Session) welcome(judged verdict, i int) bool {
	switch judged {
	case stray:
		s.counters.ignored.Add(1)
		return false
	case twice:
		s.counters.duplicates.Add(1)
		return false
	case begun:
		s.playout.follow()
		s.ear = toneEar{}
		s.control.restart()
		s.reception.begin(s.counters.lost.Load())
	}
	s.reception.received++
	s.counters.received.Add(1)
	s.counters.receivedBytes.Add(uint64(s.desk.batch.size[i]))
	s.counters.lastPacket.Store(s.desk.batch.at[i])
	s.counters.lost.Store(s.reception.lostBefore + int64(s.source.expected()) - int64(s.reception.received))
	if known := s.counters.remote.Load(); known == nil || *known != s.desk.batch.from[i] {
		learnt := s.desk.batch.from[i]
		s.counters.remote.Store(&learnt)
	}
	return true
}

// keep puts sound into the jitter buffer.
func (s *Session) keep(h header, format uint8, payload []byte, newest bool) {
	switch s.playout.push(h, format, payload, newest) {
	case late:
		s.counters.late.Add(1)
	case duplicate:
		s.counters.duplicates.Add(1)
	case overflow:
		s.counters.discarded.Add(1)
	}
}

func (s *Session) hearTone(h header, payload []byte, at int64) {
	key, sounding := s.ear.hear(h, payload, at)
	if sounding {
		s.hush = hushTicks
	}
	if key != 0 {
		s.onTone(key)
	}
}

// hearInband looks for keys in a frame of a peer without telephone-event.
func (s *Session) hearInband(f audio.Frame, made sound) {
	if made == nothing {
		s.inband.rest()
		return
	}
	s.inband.follow(len(f))
	if key := s.inband.hear(f); key != 0 {
		s.onTone(key)
	}
}
