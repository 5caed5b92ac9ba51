package sdp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Bounds on what a stranger may send.
const (
	maxBytes   = 16 << 10
	maxStreams = 16
	maxFormats = 64
	maxMaps    = 128
)

// Parse reads a session description. It takes lines in any order and with any
// line end, and ignores what it does not know. An error wraps ErrMalformed.
func Parse(text []byte) (*Session, error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, maxBytes)
	}
	p := parser{session: &Session{}}
	rest := string(text) // what is kept of its lines are parts of it
	for number := 1; rest != ""; number++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if err := p.line(strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrMalformed, number, err)
		}
	}
	if len(p.session.Streams) == 0 {
		return nil, fmt.Errorf("%w: it describes no stream", ErrMalformed)
	}
	p.inherit()
	return p.session, nil
}

// parser gathers lines. What stands before the first m= applies to every
// stream that does not say otherwise.
type parser struct {
	session *Session
	common  Stream
	given   [maxStreams]bool // by stream: it has a direction of its own
}

func (p *parser) line(line string) error {
	if line == "" {
		return nil
	}
	if len(line) < 2 || line[1] != '=' {
		return fmt.Errorf("%q is not type=value", clip(line))
	}
	value := strings.TrimSpace(line[2:])
	switch line[0] {
	case 'o':
		p.origin(value)
	case 'c':
		return p.connection(value)
	case 'm':
		return p.media(value)
	case 'a':
		p.attribute(value)
	}
	return nil
}

// current is the stream that a line belongs to.
func (p *parser) current() *Stream {
	if n := len(p.session.Streams); n > 0 {
		return &p.session.Streams[n-1]
	}
	return &p.common
}

func (p *parser) origin(value string) {
	if fields, n := firstFields(value); n >= 3 {
		p.session.ID, p.session.Version = fields[1], fields[2]
	}
}

// connection reads "IN IP4 192.0.2.1", perhaps with "/ttl".
func (p *parser) connection(value string) error {
	fields, n := firstFields(value)
	if n != 3 {
		return fmt.Errorf("connection %q has not three fields", clip(value))
	}
	text, _, _ := strings.Cut(fields[2], "/")
	address, err := netip.ParseAddr(text)
	if err != nil && isName(text) {
		p.current().Address, p.current().Host = netip.Addr{}, strings.ToLower(strings.TrimSuffix(text, "."))
		return nil
	}
	if err != nil {
		return fmt.Errorf("connection address %q is neither an IP address nor a host name", clip(text))
	}
	p.current().Address, p.current().Host = address.Unmap().WithZone(""), ""
	return nil
}

// media reads "audio 49170 RTP/AVP 0 8 101".
func (p *parser) media(value string) error {
	fields := strings.Fields(value)
	if len(fields) < 3 {
		return fmt.Errorf("media %q has fewer than three fields", clip(value))
	}
	if len(p.session.Streams) == maxStreams {
		return fmt.Errorf("more than %d streams", maxStreams)
	}
	text, _, _ := strings.Cut(fields[1], "/")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return fmt.Errorf("media port %q is none", clip(fields[1]))
	}
	formats := fields[3:]
	if len(formats) > maxFormats {
		formats = formats[:maxFormats]
	}
	p.session.Streams = append(p.session.Streams, Stream{
		Kind: strings.ToLower(fields[0]), Port: uint16(port), Protocol: strings.ToUpper(fields[2]), Written: Written{fields[0], fields[2]}, Formats: formats,
	})
	return nil
}

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

// inherit gives the session's lines to the streams that lack their own.
func (p *parser) inherit() {
	for i := range p.session.Streams {
		s := &p.session.Streams[i]
		if !s.Address.IsValid() && s.Host == "" {
			s.Address, s.Host = p.common.Address, p.common.Host
		}
		if !p.given[i] {
			s.Direction = p.common.Direction
		}
		s.Mux = s.Mux || p.common.Mux
		if s.PTime == 0 {
			s.PTime = p.common.PTime
		}
		if s.MaxPTime == 0 {
			s.MaxPTime = p.common.MaxPTime
		}
		if s.RTCP.Port() != 0 && !s.RTCP.Addr().IsValid() {
			s.RTCP = netip.AddrPortFrom(s.Address, s.RTCP.Port())
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

// firstFields are the first fields of a value, and how many fields there are; 5 for more
// than four.
func firstFields(value string) (fields [4]string, count int) {
	for field := range strings.FieldsSeq(value) {
		if count == len(fields) {
			return fields, count + 1
		}
		fields[count] = field
		count++
	}
	return fields, count
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

// clip shortens a stranger's text for an error.
func clip(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
