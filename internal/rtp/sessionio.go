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

// exchangeReports reads and writes RTCP when it is time to. Sessions of one shard have
// different phases.
func (s *Session) exchangeReports() {
	if s.turn++; s.transport == nil {
		return
	}
	at := s.turn + s.reportPhase
	if at%pollTicks == 0 {
		s.poll()
	}
	if at%reportTicks == 0 && s.controlDestination().IsValid() {
		s.stream.report(time.Now())
	}
}

func (s *Session) poll() {
	in := s.stream.scratch.batch
	for i := range s.rtcp.receive(in) {
		s.unanswered.note(in.from[i], &s.latch)
		if size := in.size[i]; size >= 0 {
			s.takeReport(in.data[i][:size], in.from[i], in.at[i])
		} else {
			s.stream.counters.malformed.Add(1)
		}
	}
	s.stream.measure()
}

// takeReport takes a packet of RTCP. Like the sound, reports are believed only from
// the peer's host, and then answered to where they came from.
func (s *Session) takeReport(packet []byte, from netip.AddrPort, at int64) {
	if s.opener != nil {
		var what opened
		if packet, what = s.opener.openRTCP(packet); !s.trusted(what) {
			return
		}
	}
	f, ok := parseRTCP(packet, s.stream.out.header.ssrc)
	switch {
	case !ok:
		s.stream.counters.malformed.Add(1)
	case !s.latch.from.IsValid() || from.Addr() != s.latch.from.Addr():
		s.stream.counters.ignored.Add(1)
	default:
		if f.from == s.stream.numbers.ssrc {
			s.rtcpFrom = from
		}
		s.stream.apply(&f, at)
	}
}

// controlDestination is where the peer wants our RTCP: with the RTP, where its own
// comes from, beside an RTP address that we had to learn, or where it said.
func (s *Session) controlDestination() netip.AddrPort {
	m := &s.transport.media
	switch rtp := s.latch.destination(); {
	case m.RTCPMux:
		return rtp
	case s.rtcpFrom.IsValid():
		return s.rtcpFrom
	case rtp == s.latch.signalled && m.RemoteRTCP.IsValid():
		return m.RemoteRTCP
	case rtp.IsValid() && rtp.Port() < 65535:
		return netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)
	}
	return netip.AddrPort{}
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

// SendRTCP implements Output. Reports may get lost.
func (o *sessionOutput) SendRTCP(packet []byte) {
	s := (*Session)(o)
	to := s.controlDestination()
	if !to.IsValid() {
		return
	}
	from := s.rtcp
	if s.transport.media.RTCPMux {
		from = s.rtp
	}
	if s.sealer != nil {
		packet = packet[:s.sealer.sealRTCP(packet, len(packet))]
	}
	_ = from.send(packet, to)
}
