package insight

import (
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/rtp"
)

// track has the packets of one leg. The shard of the leg writes, others read what it has
// published: neither waits.
type track struct {
	data []byte       // of captureRoom bytes
	used atomic.Int64 // bytes that are written
	full atomic.Bool  // packets did not fit
}

// A packet in a track: time, whether we sent it, both addresses, length, bytes.
const packetHead = 8 + 1 + 2*18 + 2

// take is the track's tap.
func (t *track) take(p rtp.Tapped) {
	at := t.used.Load()
	if at+packetHead+int64(len(p.Packet)) > int64(len(t.data)) {
		t.full.Store(true)
		return
	}
	t.used.Store(at + int64(len(appendPacket(t.data[at:at], p))))
}

// appendPacket writes a packet behind others.
func appendPacket(into []byte, p rtp.Tapped) []byte {
	into = binary.BigEndian.AppendUint64(into, uint64(p.At))
	into = append(into, flag(p.Sent))
	into = appendAddress(appendAddress(into, p.Local), p.Remote)
	into = binary.BigEndian.AppendUint16(into, uint16(len(p.Packet)))
	return append(into, p.Packet...)
}

func flag(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

func appendAddress(into []byte, a netip.AddrPort) []byte {
	ip := netip.IPv6Unspecified().As16()
	if a.IsValid() {
		ip = a.Addr().As16()
	}
	return binary.BigEndian.AppendUint16(append(into, ip[:]...), a.Port())
}

func readAddress(b []byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[:16])).Unmap(), binary.BigEndian.Uint16(b[16:]))
}

// packet is one that was captured.
type packet struct {
	at            time.Time
	sent          bool
	local, remote netip.AddrPort
	payload       []byte
}

// packets are those of a track.
func (t *track) packets() []packet { return packetsIn(t.data[:t.used.Load()]) }

// packetsIn reads what appendPacket has written.
func packetsIn(b []byte) (list []packet) {
	for len(b) >= packetHead {
		size := packetHead + int(binary.BigEndian.Uint16(b[packetHead-2:]))
		list = append(list, packet{
			at: time.Unix(0, int64(binary.BigEndian.Uint64(b))), sent: b[8] == 1, local: readAddress(b[9:]), remote: readAddress(b[27:]),
			payload: b[packetHead:size],
		})
		b = b[size:]
	}
	return list
}

// packetKey tells packets apart.
type packetKey struct {
	at            int64
	sent          bool
	local, remote netip.AddrPort
	head          [12]byte // of RTP
}

func (p packet) key() packetKey {
	k := packetKey{at: p.at.UnixNano(), sent: p.sent, local: p.local, remote: p.remote}
	copy(k.head[:], p.payload)
	return k
}
