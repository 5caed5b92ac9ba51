package sdp

import (
	"strconv"
	"strings"
)

// format is how a codec is named on the wire.
type format struct {
	payloadType uint8 // static (RFC 3551 table 4), or the one that our offers use
	encoding    string
	clock       int // of timestamps, not always the sampling rate: RFC 3551 §4.5.2 for G.722
}

// formats are the codecs that this package can name. Which of them an offer or
// answer may hold is the caller's to say.
var formats = map[string]format{
	"PCMU": {0, "PCMU/8000", 8000},
	"PCMA": {8, "PCMA/8000", 8000},
	"G722": {9, "G722/8000", 8000},
	"OPUS": {111, "opus/48000/2", 48000},
}

// eventPayloadType is the payload type of tones in our offers; 101 is what
// every telephone uses.
const eventPayloadType = 101

// find returns the payload type under which a stream carries a codec.
func (s *Stream) find(codec string) (payloadType uint8, ok bool) {
	want, known := formats[codec]
	if !known {
		return 0, false
	}
	for _, text := range s.Formats {
		number, err := strconv.ParseUint(text, 10, 7)
		if err != nil {
			continue
		}
		payloadType = uint8(number)
		if m, mapped := s.mapOf(payloadType); mapped {
			if m.codec == codec && m.clock == want.clock {
				return payloadType, true
			}
		} else if payloadType == want.payloadType && payloadType < 96 {
			return payloadType, true // static types need no a=rtpmap
		}
	}
	return 0, false
}

// findEvents returns the payload type of tones whose clock is the codec's; 0 is none.
func (s *Stream) findEvents(codec string) uint8 {
	for _, text := range s.Formats {
		number, err := strconv.ParseUint(text, 10, 7)
		if err != nil {
			continue
		}
		m, mapped := s.mapOf(uint8(number))
		if mapped && m.codec == "TELEPHONE-EVENT" && m.clock == formats[codec].clock {
			return uint8(number)
		}
	}
	return 0
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
