package sdp

import (
	"net/netip"
	"time"
)

// Media is one stream of sound as an offer and its answer settled it, seen from
// our end. Payload type numbers belong to a direction: each end says under which
// it wants to receive (RFC 3264 §5.1), so both directions have formats of their own.
type Media struct {
	Remote     netip.AddrPort // where we send RTP; an unspecified address is RFC 2543's hold
	RemoteRTCP netip.AddrPort // where we send RTCP; zero is the port after Remote's
	Host       netip.Addr     // that the far end signals from, which descriptions do not tell; zero if unknown
	Known      bool           // Remote is a host of the configuration, which descriptions do not tell either
	Send       bool           // whether we speak; false while the far end holds us
	Receive    bool           // whether we listen
	Sending    Formats        // what the far end accepts; the first codec is the one that we send
	Receiving  Formats        // what the far end may send
	PTime      time.Duration  // how much sound the far end wants in a packet; 0 is 20 ms
	RTCPMux    bool           // RTCP shares RTP's port (RFC 5761)
	Protection Protection     // by SRTP

	tag    int     // of the a=crypto line that is taken
	layout *layout // of the session's descriptions, where the far end has made an offer
}

// Codec returns the name of the codec that we send: "PCMU", "OPUS"; "" before
// anything is agreed on.
func (m Media) Codec() string {
	if len(m.Sending.Codecs) == 0 {
		return ""
	}
	return m.Sending.Codecs[0].Codec
}

// Formats are what one direction of a stream may carry.
type Formats struct {
	Codecs []Format // the best first; one codec may have several numbers
	Events []Events // telephone-event (RFC 4733); empty where there is none
	// Redundant is the payload type of redundant audio data (RFC 2198) whose blocks are of
	// Codecs; 0: there is none. Browsers have it; SIP descriptions are not read for it.
	Redundant uint8
}

// Format is a codec under a payload type number.
type Format struct {
	PayloadType uint8
	Codec       string // "PCMU", "PCMA", …
	Opus        Opus   // what its receiver wants, where Codec is "OPUS"
}

// Events is telephone-event under a payload type number.
type Events struct {
	PayloadType uint8
	Clock       int // of timestamps and durations, in Hz
}

// EventsFor returns the tones to send beside a codec whose clock has a rate in Hz:
// those of its clock (RFC 4733 §2.1), else those of anyEventClock, else any.
func (f Formats) EventsFor(clock int) (Events, bool) {
	for _, wanted := range [...]int{clock, anyEventClock} {
		for _, events := range f.Events {
			if events.Clock == wanted {
				return events, true
			}
		}
	}
	if len(f.Events) > 0 {
		return f.Events[0], true
	}
	return Events{}, false
}

// Opus is what a receiver of Opus wants of the encoder (RFC 7587 §6.1).
type Opus struct {
	Redundant bool // it can use packets that hold the former one once more
	Constant  bool // constant bit rate
	BitRate   int  // at most, on average; 0 is not said
}
