package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// Codec is a format of pictures.
type Codec uint8

// The codecs.
const (
	VP8 Codec = iota + 1
	H264
)

// clock is that of pictures, in ticks a millisecond (RFC 7741 §4.1, RFC 6184 §5.1).
const clock = 90

// Sender is who sends a layer: it is asked for what is missing. It is called from the
// goroutine that gives packets, and from the room's.
type Sender interface {
	AskKeyFrame(ssrc uint32)              // PLI, RFC 4585 §6.3.1
	AskAgain(ssrc uint32, lost []uint16)  // NACK, RFC 4585 §6.2.1
	Received(report rtcp.ReceptionReport) // once a second, RFC 3550 §6.4.2
}

// Bounds of a layer.
const (
	ringPackets = 512                    // kept for repetitions
	MaxPacket   = 1500                   // bytes
	aliveFor    = time.Second            // after its last packet
	screenAlive = 3 * time.Second        // the same of a screen, on which nothing may move
	keyEvery    = 500 * time.Millisecond // a key frame is asked for at most
	maxSizeAsks = 5
	mostShare   = 85   // percent of the rate: leaving the other pictures out saves something
	maxRate     = 1500 // packets a second of a source, over a second; the rest is dropped
)

// Layer is one encoding of a source: one stream of RTP.
type Layer struct {
	source *Source
	rid    string
	ssrc   uint32
	codec  Codec
	sender Sender

	sinks   atomic.Pointer[[]*sink] // who gets it, or waits for its key frame
	alive   atomic.Int64            // when its last packet came, in ns since 1970
	size    atomic.Uint64           // width << 32 | height, of its last key frame
	rate    atomic.Int64            // bits a second
	share   atomic.Int64            // of it, of pictures of temporal layer 0, in percent
	sized   atomic.Int32            // how often a key frame was wanted for its size alone
	wants   atomic.Bool             // somebody needs a key frame
	asked   atomic.Int64            // when one was asked for
	keyCame atomic.Int64            // when one began to come that is not whole; 0: none

	spare [MaxPacket]byte // of the goroutine that gives packets

	mu      sync.Mutex // held around memory
	header  rtp.Header
	any     bool
	highest int64
	latest  numbers // of the packet that is the highest
	ring    [ringPackets]kept
	lost    losses
	key     keyPicture
	reception
	clock mediaClock
	since time.Time // of what is counted
	bytes int
	small int   // of them, of pictures of temporal layer 0
	last  int64 // bits a second, in the period before
}

// kept is a packet in the ring.
type kept struct {
	seq  int64
	used bool
	packet
	data []byte // payload
}

// packet is what a layer gives to its sinks. Its payload is the layer's.
type packet struct {
	numbers
	marker  bool
	came    time.Time
	begins  bool // a key picture that is whole
	picture picture
	payload []byte
}

// Take takes a packet of RTP that came, or came again: then with the number that it had
// at first. It runs on the goroutine that reads the layer, and keeps nothing of b.
func (l *Layer) Take(b []byte, repeated bool, now time.Time) {
	if !l.source.open.Load() {
		return
	}
	l.mu.Lock()
	p, fresh := l.take(b, repeated, now)
	begins := fresh && l.key.goOn(&l.ring, l.highest)
	ask, giveUp := l.lost.due(now)
	report, due := l.received(now)
	l.mu.Unlock()
	if fresh {
		l.pass(&p, begins, now)
	}
	l.ask(ask, giveUp, now)
	if due {
		l.sender.Received(report)
	}
}

// pass gives a packet to those who follow. Who waits for a key picture that is whole now
// gets all of it, and what has come after it.
func (l *Layer) pass(p *packet, begins bool, now time.Time) {
	if begins {
		l.keyCame.Store(0)
	}
	for _, s := range l.followers() {
		if begins && s.client.awaits(s, l) {
			l.begin(s, now)
		} else {
			s.client.forward(s, l, p, now)
		}
	}
}

// followers are those who get the layer, or wait for its key frame.
func (l *Layer) followers() []*sink {
	if list := l.sinks.Load(); list != nil {
		return *list
	}
	return nil
}

// take keeps a packet. It returns false where it is none, or known.
func (l *Layer) take(b []byte, repeated bool, now time.Time) (p packet, fresh bool) {
	n, err := l.header.Unmarshal(b)
	if err != nil || len(b) > MaxPacket {
		return p, false
	}
	payload := b[n:]
	if l.header.Padding && len(payload) > 0 {
		payload = payload[:max(len(payload)-int(payload[len(payload)-1]), 0)]
	}
	seq := int64(l.header.SequenceNumber) + 1<<16
	if l.any {
		seq = extend(l.header.SequenceNumber, l.highest)
	}
	slot := &l.ring[seq&(ringPackets-1)]
	switch {
	case l.any && seq <= l.highest-ringPackets, slot.used && slot.seq == seq:
		l.lost.found(seq, repeated, now)
		return p, false
	case !l.source.permits(now):
		return p, false
	}
	p = packet{numbers: numbers{seq: seq, timestamp: l.header.Timestamp}, marker: l.header.Marker, came: now, payload: payload}
	var ok bool
	if l.codec == VP8 {
		p.picture, ok = parseVP8(payload)
		p.id, p.tl = p.picture.vp8.id, p.picture.vp8.tl
	} else {
		p.picture, ok = parseH264(payload)
	}
	if len(payload) == 0 { // padding: it is a part of no picture
		p.id, p.tl = l.latest.id, l.latest.tl
	} else if !ok {
		return p, false
	}
	if !l.any || seq > l.highest {
		l.latest = p.numbers
	}
	l.advance(seq, repeated, now)
	l.note(p.numbers, repeated, now)
	if p.picture.key {
		l.keyFrame(p.picture, seq, now)
	}
	slot.seq, slot.used, slot.packet = seq, true, p
	slot.data = append(slot.data[:0], payload...)
	slot.payload = nil
	l.count(len(b), p.picture.vp8.tid == 0, now)
	return p, true
}

// advance notes what is missing before a packet.
func (l *Layer) advance(seq int64, repeated bool, now time.Time) {
	switch {
	case !l.any:
		l.any, l.highest = true, seq
	case seq > l.highest:
		l.lost.gap(l.highest+1, seq, now)
		l.highest = seq
	default:
		l.lost.found(seq, repeated, now)
	}
}

func (l *Layer) keyFrame(p picture, seq int64, now time.Time) {
	l.lost.before(seq)
	if seq > l.key.from {
		l.key = keyPicture{from: seq, next: seq}
		l.keyCame.Store(now.UnixNano())
	}
	if size := uint64(p.width)<<32 | uint64(p.height); size > 0 && l.size.Swap(size) != size {
		l.source.client.changed()
	}
	l.wants.Store(false)
}

// count measures the rate.
func (l *Layer) count(bytes int, base bool, now time.Time) {
	l.alive.Store(now.UnixNano())
	l.bytes += bytes
	if base {
		l.small += bytes
	}
	passed := now.Sub(l.since)
	if passed < keyEvery {
		return
	}
	if rate := int64(l.bytes) * 8 * int64(time.Second) / int64(passed); passed < 3*keyEvery {
		if l.last == 0 {
			l.last = rate
		}
		l.rate.Store(min(rate, l.last)) // a key frame does not count as a higher rate
		l.last = rate
		l.share.Store(int64(l.small) * 100 / int64(max(l.bytes, 1)))
	}
	l.since, l.bytes, l.small = now, 0, 0
}

// copyTo copies the payload of a kept packet.
func (l *Layer) copyTo(seq int64, buffer []byte) (p packet, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := &l.ring[seq&(ringPackets-1)]
	if !slot.used || slot.seq != seq || len(buffer) < len(slot.data) {
		return p, false
	}
	p = slot.packet
	p.payload = buffer[:copy(buffer, slot.data)]
	return p, true
}

// lives reports whether packets come.
func (l *Layer) lives(now time.Time) bool {
	limit := aliveFor
	if l.source.kind == Screen {
		limit = screenAlive
	}
	return now.UnixNano()-l.alive.Load() < int64(limit)
}

// cost is its rate in bits a second, or a guess by its size before that is known.
func (l *Layer) cost() int {
	if rate := l.rate.Load(); rate > 0 {
		return int(rate)
	}
	if pixels := l.pixels(); pixels > 0 {
		return pixels * 2
	}
	return 500_000
}

// base is the rate of temporal layer 0 alone; 0: there is no other that counts.
func (l *Layer) base() int {
	if share := int(l.share.Load()); share > 0 && share <= mostShare {
		return l.cost() * share / 100
	}
	return 0
}

// pixels is the size of its pictures; 0: unknown.
func (l *Layer) pixels() int {
	size := l.size.Load()
	return int(size>>32) * int(size&0xffffffff)
}
