package sfu

import (
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// View is a stream that a client shows.
type View struct {
	Stream        int
	Width, Height int // in pixels of its screen; 0: hidden
	Priority      int
}

// MaxViews bounds the views of a client.
const MaxViews = 64

// Pause is why nothing comes in a slot that has a stream.
type Pause string

// The reasons; "" is none.
const (
	Bandwidth Pause = "bandwidth"
	NoSender  Pause = "sender"
	NoCodec   Pause = "codec"
)

// Slot is what a client is told of one of its lines.
type Slot struct {
	MID    string
	Stream int // 0: none
	Paused Pause
}

// Follower is who hears what a client is to be told. It is called without locks, from
// the room's goroutine, and must not block.
type Follower interface {
	Slots([]Slot)
	Layers(camera []string, screen bool)
	Need(slots int)
}

// Line is a place in which a client receives pictures.
type Line struct {
	MID       string
	SSRC      uint32
	RTX       uint32 // SSRC of repetitions; 0: none
	Types     map[Codec]Types
	Transport uint8 // id of the header extension of transport-wide numbers; 0: none
	Write     func(*rtp.Header, []byte) (int, error)
	Report    func(*rtcp.SenderReport) // once a second while something is sent; nil: nobody hears
}
