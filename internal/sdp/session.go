package sdp

import (
	"errors"
	"net/netip"
	"time"
)

// ErrMalformed is a text that is no session description.
var ErrMalformed = errors.New("malformed session description")

// ErrUnacceptable is a description without any stream that we could take.
var ErrUnacceptable = errors.New("no acceptable sound")

// Session is a description as the far end wrote it, reduced to what a call needs.
type Session struct {
	ID      string // the o= line's session id
	Version string // the o= line's version: it changes with each new offer
	Streams []Stream
}

// Stream is one m= line with what applies to it.
type Stream struct {
	Kind      string // "audio", "video", …
	Port      uint16 // 0 refuses or removes the stream
	Protocol  string // "RTP/AVP", "RTP/SAVP", …
	Written   Written
	Formats   []string
	Address   netip.Addr // from c=, its own or the session's; invalid where none is given
	Host      string     // in c=, where that names a host instead
	Direction Direction
	RTCP      netip.AddrPort // from a=rtcp; zero where none is given
	PTime     time.Duration  // from a=ptime; zero where none is given
	MaxPTime  time.Duration  // from a=maxptime; zero where none is given
	Crypto    []Crypto       // the keys that can be used
	Mux       bool           // a=rtcp-mux

	maps       []rtpmap
	parameters []parameters
}

// parameters is an a=fmtp line.
type parameters struct {
	payloadType uint8
	text        string
}

// Written is how the far end spells what an answer has to repeat (RFC 3264 §6).
type Written struct{ Kind, Protocol string }

// rtpmap is an a=rtpmap line (RFC 4566 §6).
type rtpmap struct {
	payloadType uint8
	codec       string // upper case
	clock       int
}

// Direction says who speaks, seen from the end that writes it.
type Direction uint8

// The directions of RFC 4566 §6.
const (
	SendReceive Direction = iota
	SendOnly
	ReceiveOnly
	Inactive
)

var directionNames = [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}

// String returns the attribute's name.
func (d Direction) String() string { return directionNames[d] }

// Sends reports whether the end that writes d speaks.
func (d Direction) Sends() bool { return d == SendReceive || d == SendOnly }

// Receives reports whether the end that writes d listens.
func (d Direction) Receives() bool { return d == SendReceive || d == ReceiveOnly }

// direction builds the Direction of an end that speaks or listens.
func direction(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendReceive
	case sends:
		return SendOnly
	case receives:
		return ReceiveOnly
	}
	return Inactive
}
