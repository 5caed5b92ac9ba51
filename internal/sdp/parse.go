package sdp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
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

// line reads one line; what is not known is ignored.
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

// origin reads "- 2890844526 2890842807 IN IP4 192.0.2.1".
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
		return fmt.Errorf("media port %q is not a port number", clip(fields[1]))
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

// clip shortens a stranger's text for an error.
func clip(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
