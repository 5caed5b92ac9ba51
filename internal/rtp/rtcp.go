package rtp

import "encoding/binary"

// RTCP packet types (RFC 3550 §12.1).
const (
	senderReport      = 200
	receiverReport    = 201
	sourceDescription = 202
	goodbye           = 203

	cnameSize = 16
)

// report is what we say, or hear, about a stream (RFC 3550 §6.4.1).
type report struct {
	ssrc         uint32 // whose stream
	fractionLost uint8
	lost         int32 // of all packets, 24 bits
	highest      uint32
	jitter       uint32 // in units of the RTP clock
	lastReport   uint32 // the middle of the NTP time of the last sender report
	delay        uint32 // since that came, in 1/65536 s
}

// feedback is what an RTCP packet tells us.
type feedback struct {
	from     uint32 // the sender's SSRC
	sendTime uint32 // the middle of the NTP time of a sender report, 0 for none
	about    report // what it says of us, if heard
	heard    bool
	quality  voipMetrics // what it says of our sound, if told
	told     bool
	bye      bool
}

// sending is what a sender report says of us.
type sending struct {
	ntp             uint64
	timestamp       uint32
	packets, octets uint32
}

// parseRTCP reads a compound packet (RFC 3550 §6.1) as far as it concerns ours.
func parseRTCP(packet []byte, ours uint32) (f feedback, ok bool) {
	for len(packet) >= 4 {
		size := 4 + 4*int(binary.BigEndian.Uint16(packet[2:]))
		if packet[0]>>6 != version || size > len(packet) {
			return feedback{}, false
		}
		count, kind, body := int(packet[0]&0x1f), packet[1], packet[4:size]
		fixed := 4
		if kind == senderReport {
			fixed = 24
		}
		switch kind {
		case senderReport, receiverReport:
			if len(body) < fixed+24*count {
				return feedback{}, false
			}
			f.from = binary.BigEndian.Uint32(body)
			if kind == senderReport {
				f.sendTime = binary.BigEndian.Uint32(body[6:])
			}
			f.read(body[fixed:fixed+24*count], ours)
			ok = true
		case extendedReport:
			quality, found, fits := parseVoIP(body, ours)
			if !fits {
				return feedback{}, false
			}
			if found {
				f.quality, f.told = quality, true
			}
		case goodbye:
			f.bye = true
		}
		packet = packet[size:]
	}
	return f, ok && len(packet) == 0
}

// read looks for our stream among report blocks.
func (f *feedback) read(blocks []byte, ours uint32) {
	for ; len(blocks) >= 24; blocks = blocks[24:] {
		if binary.BigEndian.Uint32(blocks) != ours {
			continue
		}
		f.heard = true
		f.about = report{
			ssrc:         ours,
			fractionLost: blocks[4],
			lost:         int32(binary.BigEndian.Uint32(blocks[4:])<<8) >> 8,
			highest:      binary.BigEndian.Uint32(blocks[8:]),
			jitter:       binary.BigEndian.Uint32(blocks[12:]),
			lastReport:   binary.BigEndian.Uint32(blocks[16:]),
			delay:        binary.BigEndian.Uint32(blocks[20:]),
		}
	}
}

// putReport writes a compound packet into dst: a sender report if we send, else
// a receiver report; with a block if we hear somebody; then our name.
func putReport(dst []byte, ssrc uint32, name [cnameSize]byte, s *sending, r *report) int {
	kind, n := byte(receiverReport), 8
	binary.BigEndian.PutUint32(dst[4:], ssrc)
	if s != nil {
		kind, n = senderReport, 28
		binary.BigEndian.PutUint64(dst[8:], s.ntp)
		binary.BigEndian.PutUint32(dst[16:], s.timestamp)
		binary.BigEndian.PutUint32(dst[20:], s.packets)
		binary.BigEndian.PutUint32(dst[24:], s.octets)
	}
	count := byte(0)
	if r != nil {
		count = 1
		r.put(dst[n:])
		n += 24
	}
	putRTCPHeader(dst, count, kind, n)
	return n + putDescription(dst[n:], ssrc, name)
}

func (r *report) put(dst []byte) {
	binary.BigEndian.PutUint32(dst, r.ssrc)
	binary.BigEndian.PutUint32(dst[4:], uint32(r.fractionLost)<<24|uint32(r.lost)&0xffffff)
	binary.BigEndian.PutUint32(dst[8:], r.highest)
	binary.BigEndian.PutUint32(dst[12:], r.jitter)
	binary.BigEndian.PutUint32(dst[16:], r.lastReport)
	binary.BigEndian.PutUint32(dst[20:], r.delay)
}

// putDescription writes the canonical name, random as in RFC 7022 §4.2.
func putDescription(dst []byte, ssrc uint32, name [cnameSize]byte) int {
	const cname, size = 1, 4 + 4 + 2 + cnameSize + 2 // two zeroes end the chunk on a word
	binary.BigEndian.PutUint32(dst[4:], ssrc)
	dst[8], dst[9] = cname, cnameSize
	copy(dst[10:], name[:])
	dst[size-2], dst[size-1] = 0, 0
	putRTCPHeader(dst, 1, sourceDescription, size)
	return size
}

// putGoodbye writes a BYE (RFC 3550 §6.6).
func putGoodbye(dst []byte, ssrc uint32) int {
	binary.BigEndian.PutUint32(dst[4:], ssrc)
	putRTCPHeader(dst, 1, goodbye, 8)
	return 8
}

func putRTCPHeader(dst []byte, count, kind byte, size int) {
	dst[0] = version<<6 | count
	dst[1] = kind
	binary.BigEndian.PutUint16(dst[2:], uint16(size/4-1))
}
