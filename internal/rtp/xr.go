package rtp

import (
	"encoding/binary"
	"time"
)

const (
	extendedReport = 207 // RFC 3611 §2
	voipBlock      = 7   // RFC 3611 §4.7
	voipWords      = 8
	voipSize       = 8 + 4 + 4*voipWords // with the packet's header and sender

	unavailable = 127 // of levels, ratings and opinions
)

// voipMetrics is the VoIP metrics block of RFC 3611 §4.7, what we know of it.
type voipMetrics struct {
	ssrc                       uint32 // whose stream it is about
	lossRate, discardRate      uint8  // of 256
	burstDensity, gapDensity   uint8  // of 256
	burstDuration, gapDuration time.Duration
	roundTrip, endDelay        time.Duration
	rating                     uint8         // R for a conversation, or unavailable
	listening, conversing      uint8         // mean opinion scores in tenths, or unavailable
	nominal, most, absolute    time.Duration // delays of the jitter buffer
}

// putVoIP writes an XR packet of one block.
func putVoIP(dst []byte, sender uint32, v *voipMetrics) int {
	const concealed, adaptive = 2 << 6, 3 << 4 // "enhanced" concealment
	binary.BigEndian.PutUint32(dst[4:], sender)
	b := dst[8:voipSize]
	clear(b)
	b[0] = voipBlock
	binary.BigEndian.PutUint16(b[2:], voipWords)
	binary.BigEndian.PutUint32(b[4:], v.ssrc)
	b[8], b[9], b[10], b[11] = v.lossRate, v.discardRate, v.burstDensity, v.gapDensity
	putMillis(b[12:], v.burstDuration)
	putMillis(b[14:], v.gapDuration)
	putMillis(b[16:], v.roundTrip)
	putMillis(b[18:], v.endDelay)
	b[20], b[21], b[22], b[23] = unavailable, unavailable, unavailable, minGap
	b[24], b[25], b[26], b[27] = v.rating, unavailable, v.listening, v.conversing
	b[28] = concealed | adaptive
	putMillis(b[30:], v.nominal)
	putMillis(b[32:], v.most)
	putMillis(b[34:], v.absolute)
	putRTCPHeader(dst, 0, extendedReport, voipSize)
	return voipSize
}

// parseVoIP looks for a block about our stream in the body of an XR packet, which
// begins with its sender. It returns false if the blocks do not fit.
func parseVoIP(body []byte, ours uint32) (v voipMetrics, found, ok bool) {
	if len(body) < 4 {
		return v, false, false
	}
	for b := body[4:]; len(b) > 0; {
		if len(b) < 4 {
			return v, false, false
		}
		size := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if size > len(b) {
			return v, false, false
		}
		if b[0] == voipBlock && size == 4+4*voipWords && binary.BigEndian.Uint32(b[4:]) == ours {
			v, found = readVoIP(b), true
		}
		b = b[size:]
	}
	return v, found, true
}

func readVoIP(b []byte) voipMetrics {
	return voipMetrics{
		ssrc:     binary.BigEndian.Uint32(b[4:]),
		lossRate: b[8], discardRate: b[9], burstDensity: b[10], gapDensity: b[11],
		burstDuration: millis(b[12:]), gapDuration: millis(b[14:]),
		roundTrip: millis(b[16:]), endDelay: millis(b[18:]),
		rating: b[24], listening: b[26], conversing: b[27],
		nominal: millis(b[30:]), most: millis(b[32:]), absolute: millis(b[34:]),
	}
}

func putMillis(dst []byte, d time.Duration) {
	binary.BigEndian.PutUint16(dst, uint16(min(max(d.Milliseconds(), 0), 65535)))
}

func millis(b []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint16(b)) * time.Millisecond
}

// metrics is what we tell the peer of its stream.
func (s *Stream) metrics() voipMetrics {
	stats, l := s.Stats(), s.numbers.losses.soFar()
	packet := s.packetTime()
	listening, conversing := stats.ratings(burstiness(l.lost, l.runs, stats.lossRatio()))
	expected := float64(max(stats.Received+stats.Lost, 1))
	v := voipMetrics{
		ssrc:         s.numbers.ssrc,
		lossRate:     share(float64(stats.Lost) / expected),
		discardRate:  share(float64(stats.Late+stats.Discarded) / expected),
		burstDensity: density(l.burstLost, l.burstPackets),
		gapDensity:   density(l.gapLost, l.gapPackets),
		gapDuration:  packet * time.Duration(l.gapPackets/(l.bursts+1)),
		roundTrip:    stats.RoundTrip,
		endDelay:     stats.endDelay(),
		rating:       uint8(conversing + 0.5),
		listening:    tenths(opinion(listening)),
		conversing:   tenths(opinion(conversing)),
		nominal:      stats.Depth, most: maxDepth * time.Millisecond, absolute: maxDepth * time.Millisecond,
	}
	if l.bursts > 0 {
		v.burstDuration = packet * time.Duration(l.burstPackets/l.bursts)
	}
	return v
}

// packetTime is how much sound the peer's last packet had; 20 ms until there is one.
func (s *Stream) packetTime() time.Duration {
	if s.packetMillis == 0 {
		return 20 * time.Millisecond
	}
	return time.Duration(s.packetMillis) * time.Millisecond
}

func share(ratio float64) uint8    { return uint8(min(max(ratio*256, 0), 255)) }
func tenths(opinion float64) uint8 { return uint8(opinion*10 + 0.5) }
