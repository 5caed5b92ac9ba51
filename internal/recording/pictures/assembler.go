package pictures

import (
	"time"

	"github.com/pion/rtp/codecs"
)

// maxFrame bounds a picture, in bytes.
const maxFrame = 8 << 20

// assembler makes pictures of packets that come in their order.
type assembler struct {
	h264  bool
	units codecs.H264Packet // puts pieces of NAL units together

	going     bool // a picture has begun
	timestamp uint32
	arrived   time.Duration
	sound     time.Duration // how long it waits
	data      []byte
	size      int  // bytes that came of it
	broken    bool // a part of it is missing
	lost      bool // packets before the next one are missing
	waits     bool // for a key frame, at first and after a loss
}

type doneFunc func(timestamp uint32, arrived, sound time.Duration, key bool, data []byte)

// take takes a packet; done is told of pictures that are whole.
func (a *assembler) take(p Packet, gap bool, done doneFunc) {
	if gap {
		// What was lost belongs to the picture before, to this one, or to some between.
		a.going, a.lost, a.waits = false, true, true
		a.units = codecs.H264Packet{}
	}
	if a.going && p.Timestamp != a.timestamp {
		a.finish(done)
	}
	if len(p.Payload) == 0 {
		return // padding
	}
	if !a.going {
		a.begin(p)
	}
	a.arrived = min(a.arrived, p.At)
	if !a.broken {
		a.add(p.Payload)
	}
	if p.Marker {
		a.finish(done)
	}
}

func (a *assembler) begin(p Packet) {
	a.broken = a.lost && (p.Timestamp == a.timestamp || a.h264 && !beginsH264(p.Payload))
	a.lost = false
	a.going, a.timestamp, a.arrived, a.sound, a.data, a.size = true, p.Timestamp, p.At, p.Waits, nil, 0
	var vp8 codecs.VP8Packet
	if _, err := vp8.Unmarshal(p.Payload); !a.h264 && (err != nil || vp8.S != 1 || vp8.PID != 0) {
		a.broken = true // its beginning is missing
	}
}

// add appends what a packet carries.
func (a *assembler) add(payload []byte) {
	var vp8 codecs.VP8Packet
	unmarshal := vp8.Unmarshal
	if a.h264 {
		unmarshal = a.units.Unmarshal
	}
	part, err := unmarshal(payload)
	// Pieces of a unit are kept until the last one comes, which may be never.
	if a.size += len(payload); err != nil || a.size > maxFrame || len(a.data)+len(part) > maxFrame {
		a.broken = true
		a.units, a.data = codecs.H264Packet{}, nil
		return
	}
	a.data = append(a.data, part...)
}

// finish ends the picture that has begun.
func (a *assembler) finish(done doneFunc) {
	if !a.going {
		return
	}
	a.going = false
	key := isKey(a.data, a.h264)
	switch {
	case a.broken || len(a.data) == 0:
		a.waits = true
		a.units = codecs.H264Packet{}
	case a.waits && !key:
	default:
		a.waits = false
		done(a.timestamp, a.arrived, a.sound, key, a.data)
	}
}

// beginsH264 reports whether a payload begins a picture that needs no other: with
// parameters, alone or first in an aggregate (RFC 6184 §5.7.1).
func beginsH264(payload []byte) bool {
	const parameters, aggregate = 7, 24
	kind := payload[0] & 0x1f
	return kind == parameters || kind == aggregate && len(payload) > 3 && payload[3]&0x1f == parameters
}

// isKey reports whether a picture needs no other.
func isKey(data []byte, h264 bool) bool {
	if !h264 {
		return len(data) > 0 && data[0]&1 == 0 // RFC 6386 §9.1
	}
	for i := 0; i+4 < len(data); i++ {
		if data[i] == 0 && data[i+1] == 0 && data[i+2] == 1 {
			if kind := data[i+3] & 0x1f; kind == 5 || kind == 7 { // IDR, parameters (ITU-T H.264 table 7-1)
				return true
			}
		}
	}
	return false
}
