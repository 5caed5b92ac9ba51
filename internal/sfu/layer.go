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
	maxPacket   = 1500                   // bytes
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

	spare [maxPacket]byte // of the goroutine that gives packets

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
	told  time.Time // when the room was last told of a new size
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
