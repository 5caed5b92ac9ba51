package rtp

import "encoding/binary"

const (
	headerSize = 12
	version    = 2
	// maxPacket is the most bytes of a packet that are read: 200 ms of G.711 (RFC 3551 §4.2)
	// and room for extensions. Longer ones are malformed here.
	maxPacket = 1760
	// maxPayload bounds what the jitter buffer keeps of a packet, or of a part of one.
	maxPayload = 512
	// partSize is the part of a longer packet of G.711 or G.722 that is kept as one.
	partSize   = 8 * partMillis
	partMillis = 60
)

// header is the fixed header of a packet (RFC 3550 §5.1). Contributing sources
// and extensions are skipped: nothing here needs them.
type header struct {
	marker      bool
	payloadType uint8
	sequence    uint16
	timestamp   uint32
	ssrc        uint32
}

// headerEnd returns where the payload of a packet begins. It returns false for
// what is no RTP.
func headerEnd(packet []byte) (at int, ok bool) {
	if len(packet) < headerSize || packet[0]>>6 != version {
		return 0, false
	}
	const extended, sources = 0x10, 0x0f
	at = headerSize + 4*int(packet[0]&sources)
	if packet[0]&extended != 0 {
		if at+4 > len(packet) {
			return 0, false
		}
		at += 4 + 4*int(binary.BigEndian.Uint16(packet[at+2:]))
	}
	return at, at <= len(packet)
}

// parse splits a packet into header and payload, which shares its memory. It
// returns false for what is no RTP.
func parse(packet []byte) (h header, payload []byte, ok bool) {
	at, ok := headerEnd(packet)
	if !ok {
		return header{}, nil, false
	}
	end := len(packet)
	const padded = 0x20
	if packet[0]&padded != 0 {
		padding := int(packet[end-1])
		if padding == 0 {
			return header{}, nil, false
		}
		end -= padding
	}
	if at > end {
		return header{}, nil, false
	}
	return header{
		marker:      packet[1]&0x80 != 0,
		payloadType: packet[1] & 0x7f,
		sequence:    binary.BigEndian.Uint16(packet[2:]),
		timestamp:   binary.BigEndian.Uint32(packet[4:]),
		ssrc:        binary.BigEndian.Uint32(packet[8:]),
	}, packet[at:end], true
}

// put writes the header to the beginning of a packet.
func (h header) put(packet []byte) {
	_ = packet[headerSize-1]
	packet[0] = version << 6
	packet[1] = h.payloadType
	if h.marker {
		packet[1] |= 0x80
	}
	binary.BigEndian.PutUint16(packet[2:], h.sequence)
	binary.BigEndian.PutUint32(packet[4:], h.timestamp)
	binary.BigEndian.PutUint32(packet[8:], h.ssrc)
}

// isRTCP tells RTCP from RTP on one port (RFC 5761 §4).
func isRTCP(packet []byte) bool {
	return len(packet) >= 2 && packet[1] >= 192 && packet[1] <= 223
}
