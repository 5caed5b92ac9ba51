package rtp

import (
	"net/netip"
	"time"
)

// How often RTCP is looked after, in ticks.
const (
	pollTicks   = 10
	reportTicks = 250 // 5 s, the least that RFC 3550 §6.2 recommends

	ntpEpoch = 2208988800 // Unix time's beginning in NTP's seconds
)

// control is the state of our RTCP.
type control struct {
	name   [cnameSize]byte
	packet [160 + mostOverhead]byte
	from   netip.AddrPort // where the peer's RTCP comes from; zero until known

	lastReport   uint32 // the middle of the peer's last NTP time
	lastReportAt int64  // when that came, Unix time in ns
}

// restart forgets what concerned the former stream.
func (c *control) restart() {
	c.from, c.lastReport, c.lastReportAt = netip.AddrPort{}, 0, 0
}

// converse reads and writes RTCP when it is time to. Sessions of one shard have
// different phases.
func (s *Session) converse(m *agreement) {
	if m == nil {
		return
	}
	at := s.turn + s.phase
	if at%pollTicks == 0 {
		s.poll()
	}
	if at%reportTicks == 0 {
		s.report(m)
	}
}

func (s *Session) poll() {
	for i := range s.rtcp.receive(s.desk.batch) {
		if size := s.desk.batch.size[i]; size >= 0 {
			s.hearReport(s.desk.batch.data[i][:size], s.desk.batch.from[i], s.desk.batch.at[i])
		} else {
			s.counters.malformed.Add(1)
		}
	}
	s.counters.depth.Store(int64(s.playout.depth()) * int64(time.Millisecond))
	s.counters.maxJitter.Store(max(s.counters.maxJitter.Load(), s.counters.jitter.Load()))
	s.counters.losses.Store(uint64(s.source.losses.lost)<<32 | uint64(s.source.losses.runs))
}

// hearReport takes a packet of the peer's RTCP. A BYE does not end anything: the
// signalling does.
func (s *Session) hearReport(packet []byte, from netip.AddrPort, at int64) {
	if s.opener != nil {
		var what opened
		if packet, what = s.opener.openRTCP(packet); !s.trusted(what) {
			return
		}
	}
	f, ok := parseRTCP(packet, s.out.header.ssrc)
	if !ok {
		s.counters.malformed.Add(1)
		return
	}
	// Like the sound, reports are believed only from the peer's host, and then
	// answered to where they came from.
	if !s.source.from.IsValid() || from.Addr() != s.source.from.Addr() {
		s.counters.ignored.Add(1)
		return
	}
	if s.aside == nil && s.playout.conceal.noise.on {
		s.counters.lastPacket.Store(at) // who said that he is silent lives as long as he reports
	}
	if f.from == s.source.ssrc {
		s.control.from = from
		if f.sendTime != 0 {
			s.control.lastReport, s.control.lastReportAt = f.sendTime, at
		}
	}
	if f.told && f.quality.conversing >= 10 && f.quality.conversing <= 50 {
		s.counters.remoteMOS.Store(int64(f.quality.conversing))
	}
	if !f.heard {
		return
	}
	s.counters.remoteLost.Store(int64(f.about.lost))
	s.counters.remoteJitter.Store(int64(f.about.jitter) * int64(time.Second) / int64(s.media.sending.ClockRate))
	if f.about.lastReport != 0 {
		trip := int32(uint32(ntp(time.Unix(0, at))>>16) - f.about.lastReport - f.about.delay)
		if trip >= 0 {
			s.counters.roundTrip.Store(int64(trip) * int64(time.Second) >> 16)
		}
	}
}

// report sends a sender or receiver report.
func (s *Session) report(m *agreement) {
	to := s.controlDestination(m)
	if !to.IsValid() {
		return
	}
	n := s.writeReport(m, time.Now())
	s.sendControl(m, n, to)
}

func (s *Session) writeReport(m *agreement, now time.Time) int {
	var speaks *sending
	if m.media.Send && s.out.packets > 0 {
		speaks = &sending{ntp(now), s.out.header.timestamp, s.out.packets, s.out.octets}
	}
	var hears *report
	if s.source.from.IsValid() {
		expected := s.source.expected()
		hears = &report{
			ssrc:         s.source.ssrc,
			fractionLost: s.reception.fractionLost(expected),
			lost:         int32(min(max(int64(expected)-int64(s.reception.received), -1<<23), 1<<23-1)),
			highest:      s.source.extended(),
			jitter:       uint32(s.reception.jitter),
			lastReport:   s.control.lastReport,
		}
		if s.control.lastReport != 0 {
			hears.delay = uint32((now.UnixNano() - s.control.lastReportAt) * 65536 / int64(time.Second))
		}
	}
	n := putReport(s.control.packet[:], s.out.header.ssrc, s.control.name, speaks, hears)
	if hears != nil {
		v := s.metrics()
		n += putVoIP(s.control.packet[n:], s.out.header.ssrc, &v)
	}
	return n
}

// controlDestination is where the peer wants our RTCP: with the RTP, where its own
// comes from, beside an RTP address that we had to learn, or where it said.
func (s *Session) controlDestination(m *agreement) netip.AddrPort {
	switch rtp := s.source.destination(); {
	case m.media.RTCPMux:
		return rtp
	case s.control.from.IsValid():
		return s.control.from
	case rtp == s.source.signalled && m.media.RemoteRTCP.IsValid():
		return m.media.RemoteRTCP
	case rtp.IsValid() && rtp.Port() < 65535:
		return netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)
	}
	return netip.AddrPort{}
}

// leave says goodbye, if anything has been said.
func (s *Session) leave() {
	if s.media == nil || s.out.packets == 0 {
		return
	}
	if to := s.controlDestination(s.media); to.IsValid() {
		n := s.writeReport(s.media, time.Now())
		n += putGoodbye(s.control.packet[n:], s.out.header.ssrc)
		s.sendControl(s.media, n, to)
	}
}

// sendControl sends the packet that stands ready. Reports may get lost.
func (s *Session) sendControl(m *agreement, size int, to netip.AddrPort) {
	from := s.rtcp
	if m.media.RTCPMux {
		from = s.rtp
	}
	if s.sealer != nil {
		size = s.sealer.sealRTCP(s.control.packet[:], size)
	}
	_ = from.send(s.control.packet[:size], to)
}

// ntp returns a time in NTP's format: seconds and 32 bits of their fraction.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
