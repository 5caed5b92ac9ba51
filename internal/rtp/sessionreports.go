package rtp

import (
	"net/netip"
	"time"
)

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
