package sdp

import (
	"bytes"
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
	for number := 1; len(text) > 0; number++ {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if err := p.line(strings.TrimSpace(string(line))); err != nil {
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
	given   []bool // by stream: it has a direction of its own
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
	if fields := strings.Fields(value); len(fields) >= 3 {
		p.session.ID, p.session.Version = fields[1], fields[2]
	}
}

// connection reads "IN IP4 192.0.2.1", perhaps with "/ttl".
func (p *parser) connection(value string) error {
	fields := strings.Fields(value)
	if len(fields) != 3 {
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
	p.given = append(p.given, false)
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
				if n := len(p.given); n > 0 {
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
	parts := strings.Split(strings.TrimSpace(encoding), "/")
	clock := 8000
	if len(parts) > 1 {
		if clock, err = strconv.Atoi(parts[1]); err != nil {
			return
		}
	}
	s.maps = append(s.maps, rtpmap{uint8(payloadType), strings.ToUpper(parts[0]), clock})
}

// addParameters reads "111 useinbandfec=1;cbr=0".
func (s *Stream) addParameters(value string) {
	number, text, ok := strings.Cut(value, " ")
	payloadType, err := strconv.ParseUint(number, 10, 7)
	if !ok || err != nil || len(s.parameters) == maxMaps {
		return
	}
	if s.parameters == nil {
		s.parameters = map[uint8]string{}
	}
	s.parameters[uint8(payloadType)] = text
}

// setRTCP reads "53020" or "53020 IN IP4 192.0.2.1" (RFC 3605).
func (s *Stream) setRTCP(value string) {
	fields := strings.Fields(value)
	if len(fields) == 0 {
		return
	}
	port, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return
	}
	address := netip.Addr{}
	if len(fields) == 4 {
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
