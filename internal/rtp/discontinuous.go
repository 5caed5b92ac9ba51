package rtp

import (
	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// Discontinuous transmission (RFC 7587 §3.1.3): silence that lasts is not sent, but for
// an empty frame of Opus now and then. The first tells the peer that what follows is a
// pause, and no loss that it has to conceal.
const (
	silenceSent  = 10 // frames, at its beginning: 200 ms
	silenceEvery = 20 // frames: 400 ms
	emptyFrame   = 1  // bytes: a frame of no length behind its TOC (RFC 6716 §3.1)
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
	return d.lasts() && (d.silent-silenceSent)%silenceEvery != 1
}

// lasts reports whether the silence is one that is left out.
func (d *discontinuous) lasts() bool { return d.silent > silenceSent }
