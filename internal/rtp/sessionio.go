package rtp

import (
	"net/netip"
	"time"
)

const (
	// maxDrain bounds the packets taken in one tick, so that a flood costs the
	// other calls of the shard little.
	maxDrain = 128

	// How often RTCP is looked after, in ticks.
	pollTicks   = 10
	reportTicks = 250 // 5 s, the least that RFC 3550 §6.2 recommends
)

// drain takes what has arrived since the last tick.
func (s *Session) drain() {
	for range maxDrain / batchSize {
		n := s.rtp.receive(s.stream.scratch.batch)
		if n > 0 {
			s.stream.reading = time.Now().UnixNano()
		}
		for i := range n {
			if s.transport != nil {
				s.take(i)
			}
		}
		if n < batchSize {
			return
		}
	}
}

// take handles one packet of the batch.
func (s *Session) take(i int) {
	in, st := s.stream.scratch.batch, &s.stream
	if in.size[i] < 0 {
		st.counters.malformed.Add(1)
		return
	}
	s.unanswered.note(in.from[i], &s.latch)
	packet := in.data[i][:in.size[i]]
	if isRTCP(packet) {
		s.takeReport(packet, in.from[i], in.at[i])
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
		st.counters.malformed.Add(1)
		return
	}
	kind := st.terms.kinds[h.payloadType]
	if kind == unknownKind {
		st.counters.ignored.Add(1)
		return
	}
	judged := s.latch.admit(in.from[i], h, &st.numbers)
	switch {
	case judged == started:
		s.rtcpFrom = netip.AddrPort{}
		s.learn(in.from[i])
	case judged == newest:
		s.learn(in.from[i])
	}
	if kind >= soundKind && (judged == newest || judged == started) {
		s.arrivals.came(in.at[i])
	}
	if tap := s.tapped(); tap != nil && judged != rejected {
		(*tap)(Tapped{packet, false, s.local, in.from[i], in.at[i]})
	}
	st.receive(h, payload, kind, judged, in.at[i], in.size[i])
}

// learn publishes where the peer's packets come from.
func (s *Session) learn(from netip.AddrPort) {
	if known := s.remote.Load(); known == nil || *known != from {
		learnt := from // so that from itself is not allocated each time
		s.remote.Store(&learnt)
	}
}

// trusted counts what is not authentic.
func (s *Session) trusted(what opened) bool {
	switch what {
	case forged:
		s.stream.counters.forged.Add(1)
	case replayed:
		s.stream.counters.replayed.Add(1)
	}
	return what == authentic
}

// sessionOutput is a Session as its stream's Output.
type sessionOutput Session

// SendRTP implements Output. What the worker makes waits for the shard, whose the
// sockets are.
func (o *sessionOutput) SendRTP(packet []byte) (int, error) {
	s := (*Session)(o)
	if s.worker != nil {
		s.outbox.put(packet, 0)
		return len(packet), nil
	}
	return s.send(packet, s.stream.scratch)
}

// send sends a packet, protected if that was agreed on.
func (s *Session) send(packet []byte, buffers *scratch) (int, error) {
	if tap := s.tapped(); tap != nil {
		(*tap)(Tapped{packet, true, s.local, s.latch.destination(), time.Now().UnixNano()})
	}
	if s.sealer != nil {
		packet = buffers.sealed[:s.sealer.seal(buffers.sealed[:], packet)]
	}
	return len(packet), s.rtp.send(packet, s.latch.destination())
}

// sendWaiting sends what the worker has made, or forgets it while we are on hold.
func (s *Session) sendWaiting() {
	buffers := takeScratch()
	defer buffers.giveBack()
	speaks := s.transport.media.Send && s.latch.destination().IsValid()
	for packet, _, ok := s.outbox.next(); ok; packet, _, ok = s.outbox.next() {
		if !speaks {
			continue
		}
		n, err := s.send(packet, buffers)
		if err != nil {
			s.stream.counters.sendErrors.Add(1)
			continue
		}
		s.stream.counters.sentBytes.Add(uint64(n - len(packet))) // what protection has added
	}
}
