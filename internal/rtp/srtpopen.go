package rtp

import (
	"encoding/binary"

	"github.com/switchhook/switchhook/internal/sdp"
)

// opened says what became of a protected packet.
type opened uint8

const (
	authentic opened = iota
	forged           // or damaged, or of another key
	replayed         // seen before, or too old to know
)

// maxStreams bounds the SSRCs of a peer whose packets are told apart from
// replayed ones. Only who has the key can begin one; the one unused for longest
// makes room.
const maxStreams = 8

// replayWindow is how far behind the highest index a packet may be (RFC 3711 §3.3.2).
const replayWindow = 64

// window knows which of the latest indices have come.
type window struct {
	highest uint64
	seen    uint64 // bit i: highest-i
	begun   bool
}

// fresh reports whether an index has not come yet.
func (w *window) fresh(index uint64) bool {
	switch {
	case !w.begun || index > w.highest:
		return true
	case w.highest-index >= replayWindow:
		return false
	}
	return w.seen>>(w.highest-index)&1 == 0
}

func (w *window) note(index uint64) {
	switch {
	case !w.begun:
		w.highest, w.seen, w.begun = index, 1, true
	case index > w.highest:
		w.seen = w.seen<<min(index-w.highest, 64) | 1
		w.highest = index
	default:
		w.seen |= 1 << (w.highest - index)
	}
}

// stream is what is known of one SSRC.
type stream struct {
	ssrc      uint32
	rtp, rtcp window
	used      uint64 // when, counted in packets; 0 is a free place
}

// opener unprotects what one peer sends. It trusts nothing that is not authentic.
type opener struct {
	key        sdp.Key
	suite      sdp.Suite
	identifier int // bytes that name the key in each packet (MKI); as there is one key, they are only cut out
	rtp, rtcp  *transform
	streams    [maxStreams]stream
	packets    uint64
}

func newOpener(suite sdp.Suite, key sdp.Key, identifier int) *opener {
	return &opener{
		key: key, suite: suite, identifier: identifier,
		rtp:  newTransform(suite, &key, labelCipher),
		rtcp: newTransform(suite, &key, labelsOfRTCP),
	}
}

// open unprotects an RTP packet in place and returns it without its tag, before which an
// identifier of the key may stand, or after which with AEAD (RFC 3711 §3.1, RFC 7714 §8.2).
func (o *opener) open(packet []byte) ([]byte, opened) {
	at, ok := headerEnd(packet)
	size := len(packet) - o.rtp.tagSize - o.identifier
	if !ok || size < at {
		return nil, forged
	}
	ssrc := binary.BigEndian.Uint32(packet[8:])
	known := o.find(ssrc)
	var w window
	if known != nil {
		w = known.rtp
	}
	index, ok := w.indexOf(binary.BigEndian.Uint16(packet[2:]))
	if !ok || !w.fresh(index) {
		return nil, replayed
	}
	if o.rtp.aead != nil {
		plain, ok := o.rtp.openWhole(packet[:size+aeadTag], at, ssrc, index)
		if !ok {
			return nil, forged
		}
		o.keep(known, ssrc).rtp.note(index)
		return plain, authentic
	}
	if !o.rtp.authentic(packet[:size], packet[size+o.identifier:], true, uint32(index>>16)) {
		return nil, forged
	}
	o.keep(known, ssrc).rtp.note(index)
	o.rtp.crypt(packet[at:size], ssrc, index)
	return packet[:size], authentic
}

// indexOf guesses the 48-bit index that a sequence number belongs to: the one
// nearest to the highest (RFC 3711 §3.3.1). A stream begins without rollovers.
func (w *window) indexOf(sequence uint16) (index uint64, ok bool) {
	if !w.begun {
		return uint64(sequence), true
	}
	index = w.highest + uint64(int64(int16(sequence-uint16(w.highest))))
	return index, index < 1<<48 // below zero it wraps beyond that
}

// openRTCP unprotects an RTCP packet in place and returns it without what
// protection has added.
func (o *opener) openRTCP(packet []byte) ([]byte, opened) {
	if o.rtcp.aead != nil {
		return o.openReport(packet)
	}
	signed := len(packet) - fullTag - o.identifier
	size := signed - indexSize
	if size < 8 {
		return nil, forged
	}
	ssrc := binary.BigEndian.Uint32(packet[4:])
	number := binary.BigEndian.Uint32(packet[size:])
	index := uint64(number &^ encrypted)
	known := o.find(ssrc)
	if known != nil && !known.rtcp.fresh(index) {
		return nil, replayed
	}
	if !o.rtcp.authentic(packet[:signed], packet[signed+o.identifier:], false, 0) {
		return nil, forged
	}
	o.keep(known, ssrc).rtcp.note(index)
	if number&encrypted != 0 {
		o.rtcp.crypt(packet[8:size], ssrc, index)
	}
	return packet[:size], authentic
}

// openReport is openRTCP for a suite whose tag stands before the index (RFC 7714 §9.1).
func (o *opener) openReport(packet []byte) ([]byte, opened) {
	size := len(packet) - indexSize - o.identifier
	if size < reportHeader+aeadTag {
		return nil, forged
	}
	ssrc, number := binary.BigEndian.Uint32(packet[4:]), binary.BigEndian.Uint32(packet[size:])
	index, known := uint64(number&^encrypted), o.find(ssrc)
	if known != nil && !known.rtcp.fresh(index) {
		return nil, replayed
	}
	plain, ok := o.rtcp.openReport(packet[:size], ssrc, number)
	if !ok {
		return nil, forged
	}
	o.keep(known, ssrc).rtcp.note(index)
	return plain, authentic
}

func (o *opener) find(ssrc uint32) *stream {
	for i := range o.streams {
		if s := &o.streams[i]; s.used > 0 && s.ssrc == ssrc {
			return s
		}
	}
	return nil
}

// keep marks a stream as used now; a new one takes the place of the one that has
// been silent for longest.
func (o *opener) keep(known *stream, ssrc uint32) *stream {
	o.packets++
	if known == nil {
		known = &o.streams[0]
		for i := range o.streams {
			if o.streams[i].used < known.used {
				known = &o.streams[i]
			}
		}
		*known = stream{ssrc: ssrc}
	}
	known.used = o.packets
	return known
}
