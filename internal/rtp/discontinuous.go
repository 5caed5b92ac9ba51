package rtp

import (
	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// Discontinuous transmission (RFC 7587 §3.1.3): silence that lasts is not sent, but for
// a packet now and then, by which the peer and what lies between know of us.
const (
	silenceSent  = 10 // frames, at its beginning: 200 ms
	silenceEvery = 20 // frames: 400 ms
)

// discontinuous leaves out what need not be sent of silence.
type discontinuous struct {
	wanted bool // by who made the stream
	silent int  // frames in a row
}

// leavesOut reports whether a frame need not be sent. The clock runs on, so that the
// peer does not take the pause for delay; sound after it has a marker.
func (d *discontinuous) leavesOut(f audio.Frame, c codec.Codec) bool {
	if !d.wanted || f != nil || c.Name != codec.Opus.Name {
		d.silent = 0
		return false
	}
	d.silent++
	return d.lasts() && d.silent%silenceEvery != 0
}

// lasts reports whether the silence is one that is left out.
func (d *discontinuous) lasts() bool { return d.silent > silenceSent }
