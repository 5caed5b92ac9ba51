package header

import "bytes"

// MaxParameters bounds the parameters of the request line, and of a header field with all
// of its values. sipgo looks for each of them among those before it: without a bound, one
// datagram of 64 KiB would take most of a second.
const MaxParameters = 256

// Bounded reports whether no line in the head of a message has more than MaxParameters.
func Bounded(message []byte) bool {
	if bytes.Count(message, []byte(";"))+bytes.Count(message, []byte("&")) <= MaxParameters {
		return true
	}
	head, _, _ := bytes.Cut(bytes.TrimLeft(message, "\r\n"), []byte("\r\n\r\n"))
	var m Meter
	return m.Bounded(head)
}

// Meter counts the parameters in the lines of a stream of messages. The zero value is at
// its beginning.
type Meter struct {
	count int
	ends  lineEnd
}

// lineEnd is how much of the end of a line has come:
//
//	inLine ──CR──> afterCR ──LF──> afterLF ──no blank──> inLine, another one
//	  ^───────────────┴───────────────┘ a blank: a folded line goes on (RFC 3261 §7.3.1)
type lineEnd uint8

const (
	inLine lineEnd = iota
	afterCR
	afterLF
)

// Bounded takes the next bytes, and reports whether no line has more than MaxParameters so
// far. Bodies are lines as well.
func (m *Meter) Bounded(data []byte) bool {
	for _, c := range data {
		if m.ends == afterLF && !isBlank(c) {
			m.count = 0
		}
		switch {
		case c == '\r':
			m.ends = afterCR
		case c == '\n' && m.ends == afterCR:
			m.ends = afterLF
		default:
			m.ends = inLine
		}
		if c == ';' || c == '&' { // of a value or a URI; headers of a URI
			m.count++
		}
		if m.count > MaxParameters {
			return false
		}
	}
	return true
}
