package rtp

import "time"

const ntpEpoch = 2208988800 // Unix time's beginning in NTP's seconds

// control is the state of our RTCP.
type control struct {
	name   [cnameSize]byte
	packet [160 + mostOverhead]byte

	lastReport   uint32 // the middle of the peer's last NTP time
	lastReportAt int64  // when that came, Unix time in ns
}

// restart forgets what concerned the former stream.
func (c *control) restart() { c.lastReport, c.lastReportAt = 0, 0 }

// measure publishes what is too costly to publish with each packet.
func (s *Stream) measure() {
	s.counters.depth.Store(int64(s.playout.depth()) * int64(time.Millisecond))
	s.counters.maxJitter.Store(max(s.counters.maxJitter.Load(), s.counters.jitter.Load()))
	s.counters.losses.Store(uint64(s.numbers.losses.lost)<<32 | uint64(s.numbers.losses.runs))
}

// receiveReport takes a packet of the peer's RTCP, which came at a Unix time in ns.
func (s *Stream) receiveReport(packet []byte, at int64) {
	f, ok := parseRTCP(packet, s.out.header.ssrc)
	if !ok {
		s.counters.malformed.Add(1)
		return
	}
	s.apply(&f, at)
}

// apply takes what the peer's RTCP says. A BYE does not end anything: the signalling
// does.
func (s *Stream) apply(f *feedback, at int64) {
	if s.playout.conceal.noise.on {
		s.counters.lastPacket.Store(at) // who said that he is silent lives as long as he reports
	}
	if f.from == s.numbers.ssrc && f.sendTime != 0 {
		s.control.lastReport, s.control.lastReportAt = f.sendTime, at
	}
	if f.told && f.quality.conversing >= 10 && f.quality.conversing <= 50 {
		s.counters.remoteMOS.Store(int64(f.quality.conversing))
	}
	if !f.heard {
		return
	}
	s.protection.hear(f.about.fractionLost)
	s.counters.remoteLost.Store(int64(f.about.lost))
	s.counters.remoteJitter.Store(int64(f.about.jitter) * int64(time.Second) / int64(s.terms.sending.ClockRate))
	if f.about.lastReport != 0 {
		trip := int32(uint32(ntp(time.Unix(0, at))>>16) - f.about.lastReport - f.about.delay)
		if trip >= 0 {
			s.counters.roundTrip.Store(int64(trip) * int64(time.Second) >> 16)
		}
	}
}

// Report sends a sender or receiver report as of a time; about every five seconds is
// what RFC 3550 §6.2 recommends.
func (s *Stream) Report(now time.Time) {
	if s.adopt(); s.terms != nil && !s.closed.Load() {
		s.report(now)
	}
}

func (s *Stream) report(now time.Time) {
	s.measure()
	s.output.SendRTCP(s.control.packet[:s.writeReport(now)])
}

func (s *Stream) writeReport(now time.Time) int {
	var speaks *sending
	if s.terms.media.Send && s.out.packets > 0 {
		speaks = &sending{ntp(now), s.out.header.timestamp, s.out.packets, s.out.octets}
	}
	var hears *report
	if s.numbers.known {
		expected := s.numbers.expected()
		hears = &report{
			ssrc:         s.numbers.ssrc,
			fractionLost: s.reception.fractionLost(expected),
			lost:         int32(min(max(int64(expected)-int64(s.reception.received), -1<<23), 1<<23-1)),
			highest:      s.numbers.extended(),
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

// goodbye ends our stream, if anything has been said.
func (s *Stream) goodbye(now time.Time) {
	if s.terms == nil || s.out.packets == 0 {
		return
	}
	n := s.writeReport(now)
	n += putGoodbye(s.control.packet[n:], s.out.header.ssrc)
	s.output.SendRTCP(s.control.packet[:n])
}

// ntp returns a time in NTP's format: seconds and 32 bits of their fraction.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
