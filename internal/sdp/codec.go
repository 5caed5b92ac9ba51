package sdp

import (
	"slices"
	"strconv"
	"strings"
)

// format is how a codec is named on the wire.
type format struct {
	payloadType uint8 // static (RFC 3551 table 4), or the one that our offers use
	encoding    string
	clock       int    // of timestamps, not always the sampling rate: RFC 3551 §4.5.2 for G.722
	parameters  string // what we say in a=fmtp; "" is nothing
}

// formats are the codecs that this package can name. Which of them an offer or
// answer may hold is the caller's to say.
var formats = map[string]format{
	"PCMU": {0, "PCMU/8000", 8000, ""},
	"PCMA": {8, "PCMA/8000", 8000, ""},
	"G722": {9, "G722/8000", 8000, ""},
	"OPUS": {111, "opus/48000/2", 48000, opusParameters},
}

// opusParameters say that we hear up to 16 kHz, in one channel, and what a packet
// may hold at most (RFC 7587 §6.1).
const opusParameters = "maxplaybackrate=16000;sprop-maxcapturerate=16000;maxaveragebitrate=48000;useinbandfec=1"

// opusLongest is the longest packet of Opus that we take, in ms.
const opusLongest = 60

// eventPayloadTypes are those of tones in our offers, by their clock; 101 is what
// every telephone uses. An offer has one for each clock of its codecs (RFC 4733 §2.1).
var eventPayloadTypes = map[int]uint8{8000: 101, 48000: 110}

// eventClocks are the clocks of tones that an offer of codecs needs.
func eventClocks(codecs []string) (clocks []int) {
	for _, codec := range codecs {
		if clock := formats[codec].clock; !slices.Contains(clocks, clock) {
			clocks = append(clocks, clock)
		}
	}
	return clocks
}

// find returns the format under which a stream carries a codec.
func (s *Stream) find(codec string) (Format, bool) {
	want, known := formats[codec]
	if !known {
		return Format{}, false
	}
	for _, text := range s.Formats {
		number, err := strconv.ParseUint(text, 10, 7)
		if err != nil {
			continue
		}
		payloadType := uint8(number)
		m, mapped := s.mapOf(payloadType)
		switch {
		case mapped && (m.codec != codec || m.clock != want.clock):
		case !mapped && (payloadType != want.payloadType || payloadType >= 96): // static types need no a=rtpmap
		default:
			return s.formatOf(codec, payloadType), true
		}
	}
	return Format{}, false
}

func (s *Stream) formatOf(codec string, payloadType uint8) Format {
	f := Format{PayloadType: payloadType, Codec: codec}
	if codec == "OPUS" {
		f.Opus = parseOpus(s.parametersOf(payloadType))
	}
	return f
}

// anyEventClock is the clock of tones that are preferred beside a codec for whose clock
// there are none, in Hz: many phones have no other.
const anyEventClock = 8000

// The clocks of tones that are taken, in Hz: 100 ms are at most 0xFFFF of the fastest,
// and a tick is a unit of the slowest.
const (
	slowestEvents = 1000
	fastestEvents = 192000
)

// events returns the tones of a stream, whatever their clocks are, those for the clocks
// of codecs before others. RFC 4733 §2.1 wants the clock of the codec beside them, but
// far ends name 16000 beside G.722, 8000 beside Opus, or the clock of a codec that they
// offered and did not get.
func (s *Stream) events(codecs []string) (found []Events) {
	clocks := append(eventClocks(codecs), anyEventClock)
	all := s.appendAllEvents(nil)
	rank := func(e Events) int {
		if at := slices.Index(clocks, e.Clock); at >= 0 {
			return at
		}
		return len(clocks)
	}
	slices.SortStableFunc(all, func(a, b Events) int { return rank(a) - rank(b) })
	for _, events := range all {
		if !slices.ContainsFunc(found, func(e Events) bool { return e.Clock == events.Clock }) {
			found = append(found, events)
		}
	}
	return found
}

// appendAllEvents appends the tones of a stream as it lists them.
func (s *Stream) appendAllEvents(all []Events) []Events {
	for _, text := range s.Formats {
		number, err := strconv.ParseUint(text, 10, 7)
		if err != nil {
			continue
		}
		m, mapped := s.mapOf(uint8(number))
		if mapped && m.codec == telephoneEvent && m.clock >= slowestEvents && m.clock <= fastestEvents {
			all = append(all, Events{uint8(number), m.clock})
		}
	}
	return all
}

// parseOpus reads what a receiver wants of an encoder of Opus: a=fmtp, as
// "name=value;name=value". What cannot be read is not said.
func parseOpus(parameters string) (wants Opus) {
	for _, parameter := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		number, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
		if err != nil {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "useinbandfec":
			wants.Redundant = number == 1
		case "cbr":
			wants.Constant = number == 1
		case "maxaveragebitrate":
			wants.BitRate = int(number)
		}
	}
	return wants
}

func (s *Stream) mapOf(payloadType uint8) (rtpmap, bool) {
	for _, m := range s.maps {
		if m.payloadType == payloadType {
			return m, true
		}
	}
	return rtpmap{}, false
}

// plain reports whether the stream is unencrypted RTP.
func (s *Stream) plain() bool { return s.Protocol == "RTP/AVP" || s.Protocol == "RTP/AVPF" }

// encrypted reports whether the stream insists on SRTP.
func (s *Stream) encrypted() bool { return strings.Contains(s.Protocol, "SAVP") }
