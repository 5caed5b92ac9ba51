package sdp

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// attribute reads the value of an a= line: "sendrecv", or "rtpmap:0 PCMU/8000".
func (p *parser) attribute(value string) {
	stream := p.current()
	name, rest, _ := strings.Cut(value, ":")
	rest = strings.TrimSpace(rest)
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "rtpmap":
		stream.addMap(rest)
	case "fmtp":
		stream.addParameters(rest)
	case "ptime":
		stream.PTime = milliseconds(rest)
	case "maxptime":
		stream.MaxPTime = milliseconds(rest)
	case "crypto":
		if len(p.session.Streams) > 0 { // RFC 4568 §5.1: a stream's alone
			stream.addCrypto(rest)
		}
	case "rtcp-mux":
		stream.Mux = true
	case "rtcp":
		stream.setRTCP(rest)
	default:
		for d, known := range directionNames {
			if name == known {
				stream.Direction = Direction(d)
				if n := len(p.session.Streams); n > 0 {
					p.given[n-1] = true
				}
			}
		}
	}
}

// addMap reads "101 telephone-event/8000".
func (s *Stream) addMap(value string) {
	number, encoding, ok := strings.Cut(value, " ")
	payloadType, err := strconv.ParseUint(number, 10, 7)
	if !ok || err != nil || len(s.maps) == maxMaps {
		return
	}
	codec, after, hasClock := strings.Cut(strings.TrimSpace(encoding), "/")
	clock := 8000
	if hasClock {
		after, _, _ = strings.Cut(after, "/")
		if clock, err = strconv.Atoi(after); err != nil {
			return
		}
	}
	if codec == "telephone-event" {
		codec = telephoneEvent // as it is mostly written, without a copy
	}
	if s.maps == nil {
		s.maps = make([]rtpmap, 0, usualMaps)
	}
	s.maps = append(s.maps, rtpmap{uint8(payloadType), strings.ToUpper(codec), clock})
}

// telephoneEvent is the codec of tones.
const telephoneEvent = "TELEPHONE-EVENT"

// usualMaps is how many a=rtpmap lines most streams have at most.
const usualMaps = 4

// addParameters reads "111 useinbandfec=1;cbr=0".
func (s *Stream) addParameters(value string) {
	number, text, ok := strings.Cut(value, " ")
	payloadType, err := strconv.ParseUint(number, 10, 7)
	if !ok || err != nil || len(s.parameters) == maxMaps {
		return
	}
	for i := range s.parameters {
		if s.parameters[i].payloadType == uint8(payloadType) {
			s.parameters[i].text = text // the last one counts
			return
		}
	}
	s.parameters = append(s.parameters, parameters{uint8(payloadType), text})
}

// parametersOf are those of a payload type; "" for none.
func (s *Stream) parametersOf(payloadType uint8) string {
	for _, p := range s.parameters {
		if p.payloadType == payloadType {
			return p.text
		}
	}
	return ""
}

// setRTCP reads "53020" or "53020 IN IP4 192.0.2.1" (RFC 3605).
func (s *Stream) setRTCP(value string) {
	fields, n := firstFields(value)
	if n == 0 {
		return
	}
	port, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return
	}
	address := netip.Addr{}
	if n == 4 {
		if address, err = netip.ParseAddr(fields[3]); err != nil {
			return
		}
	}
	s.RTCP = netip.AddrPortFrom(address.Unmap(), uint16(port))
}

// milliseconds reads a packet time between 1 ms and 1 s; anything else is none.
func milliseconds(value string) time.Duration {
	ms, err := strconv.ParseFloat(value, 64)
	if err != nil || !(ms >= 1 && ms <= 1000) {
		return 0
	}
	return time.Duration(ms * float64(time.Millisecond))
}
