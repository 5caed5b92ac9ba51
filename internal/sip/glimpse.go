package sip

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// glimpse is what a refusal needs of a request, found without parsing it: the
// values as they came.
type glimpse struct {
	vias                   [][]byte
	from, to, callID, cseq []byte
	toTag                  string
}

const maxGlimpse = 64 // lines that are looked at

// peek finds the headers that a response copies. It returns false for a message
// that wants a closer look: a folded line, a header that is missing or there
// twice, a head without an end.
func peek(data []byte) (m glimpse, ok bool) {
	_, rest, ok := bytes.Cut(data, []byte("\r\n"))
	for range maxGlimpse {
		if !ok {
			return m, false
		}
		var line []byte
		if line, rest, ok = bytes.Cut(rest, []byte("\r\n")); len(line) == 0 {
			break
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		if !colon || line[0] == ' ' || line[0] == '\t' || len(value) > 1024 || bytes.ContainsAny(value, "\r\n") {
			return m, false
		}
		if !m.take(string(bytes.ToLower(bytes.TrimRight(name, " \t"))), bytes.TrimSpace(value)) {
			return m, false
		}
	}
	if !ok || len(m.vias) == 0 || m.from == nil || m.to == nil || m.callID == nil || m.cseq == nil {
		return m, false
	}
	m.toTag = tagOf(m.to)
	return m, true
}

func (m *glimpse) take(name string, value []byte) bool {
	field := (*[]byte)(nil)
	switch name {
	case "via", "v":
		m.vias = append(m.vias, value)
		return bytes.HasPrefix(value, []byte("SIP/2.0/"))
	case "from", "f":
		field = &m.from
	case "to", "t":
		field = &m.to
	case "call-id", "i":
		field = &m.callID
	case "cseq":
		field = &m.cseq
	default:
		return true
	}
	if *field != nil || len(value) == 0 {
		return false
	}
	*field = value
	return true
}

// tagOf returns the tag of a To value, "" where there is none.
func tagOf(value []byte) string {
	if at := bytes.LastIndexByte(value, '>'); at >= 0 {
		value = value[at+1:]
	}
	for part := range strings.SplitSeq(string(value), ";") {
		name, tag, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(name), "tag") {
			return strings.TrimSpace(tag)
		}
	}
	return ""
}

// refusal writes a 503 and says where it goes.
func (m glimpse) refusal(s *Server, from netip.AddrPort) ([]byte, netip.AddrPort) {
	via, to := answered(string(m.vias[0]), from)
	var b bytes.Buffer
	b.Grow(1024)
	b.WriteString("SIP/2.0 503 Service Unavailable\r\nVia: " + via + "\r\n")
	for _, more := range m.vias[1:] {
		writeLine(&b, "Via", more)
	}
	writeLine(&b, "From", m.from)
	b.WriteString("To: ")
	b.Write(m.to)
	b.WriteString(";tag=" + s.tags.refused(string(m.callID), string(m.from)) + "\r\n")
	writeLine(&b, "Call-ID", m.callID)
	writeLine(&b, "CSeq", m.cseq)
	b.WriteString("Retry-After: " + overloadRetry + "\r\nServer: " + s.cfg.UserAgent + "\r\nContent-Length: 0\r\n\r\n")
	return b.Bytes(), to
}

func writeLine(b *bytes.Buffer, name string, value []byte) {
	b.WriteString(name + ": ")
	b.Write(value)
	b.WriteString("\r\n")
}

// answered completes a request's top Via (RFC 3261 §18.2.1, RFC 3581 §4) and
// says where the response goes: back to the port that it came from where rport
// asks for that, else to the one that the Via names.
func answered(via string, from netip.AddrPort) (string, netip.AddrPort) {
	top, more, _ := strings.Cut(via, ",")
	if more != "" {
		more = "," + more
	}
	parts := strings.Split(top, ";")
	back := netip.AddrPortFrom(from.Addr(), sentBy(parts[0]))
	for i, part := range parts {
		if i > 0 && strings.EqualFold(strings.TrimSpace(part), "rport") {
			parts[i] = "rport=" + strconv.Itoa(int(from.Port()))
			back = from
		}
	}
	return strings.Join(parts, ";") + ";received=" + from.Addr().String() + more, back
}

// sentBy returns the port of "SIP/2.0/UDP host:port".
func sentBy(protocol string) uint16 {
	fields := strings.Fields(protocol)
	host := fields[len(fields)-1]
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		if port, err := strconv.ParseUint(host[at+1:], 10, 16); err == nil && port > 0 {
			return uint16(port)
		}
	}
	return 5060
}
