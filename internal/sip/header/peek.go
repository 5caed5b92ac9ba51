package header

import "bytes"

// Peeked is what a response copies of a request, found without parsing it: the
// values as they came.
type Peeked struct {
	Via                    []byte   // the topmost line
	Vias                   [][]byte // those below
	From, To, CallID, CSeq []byte
	ToTag                  string
}

const maxPeeked = 64 // lines that are looked at

// Peek finds the headers that a response copies. It returns false for a message
// that wants a closer look: a folded line, a header that is missing or there
// twice, a head without an end.
func Peek(data []byte) (p Peeked, ok bool) {
	_, rest, ok := bytes.Cut(data, []byte("\r\n"))
	for range maxPeeked {
		if !ok {
			return p, false
		}
		var line []byte
		if line, rest, ok = bytes.Cut(rest, []byte("\r\n")); len(line) == 0 {
			break
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		if !colon || line[0] == ' ' || line[0] == '\t' || len(value) > 1024 || bytes.ContainsAny(value, "\r\n") {
			return p, false
		}
		if !p.take(bytes.TrimRight(name, " \t"), bytes.TrimSpace(value)) {
			return p, false
		}
	}
	if !ok || p.Via == nil || p.From == nil || p.To == nil || p.CallID == nil || p.CSeq == nil {
		return p, false
	}
	p.ToTag = tagOf(p.To)
	return p, true
}

// take keeps a header that a response copies; false for one that must not be there.
func (p *Peeked) take(name, value []byte) bool {
	var lower [len("call-id")]byte // the longest of them
	if len(name) > len(lower) {
		return true
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	field := (*[]byte)(nil)
	switch string(lower[:len(name)]) {
	case "via", "v":
		if p.Via == nil {
			p.Via = value
		} else {
			p.Vias = append(p.Vias, value)
		}
		return areVias(value)
	case "from", "f":
		field = &p.From
	case "to", "t":
		field = &p.To
	case "call-id", "i":
		field = &p.CallID
	case "cseq":
		field = &p.CSeq
	default:
		return true
	}
	if *field != nil || len(value) == 0 {
		return false
	}
	*field = value
	return true
}

// areVias reports whether a Via line, of one hop or several, looks like one.
func areVias(line []byte) bool {
	for hop := range bytes.SplitSeq(line, []byte(",")) {
		if !bytes.HasPrefix(bytes.TrimLeft(hop, " \t"), []byte("SIP/2.0/")) {
			return false
		}
	}
	return true
}

// tagOf returns the tag of a To value, "" where there is none.
func tagOf(value []byte) string {
	if at := bytes.LastIndexByte(value, '>'); at >= 0 {
		value = value[at+1:]
	}
	for part := range bytes.SplitSeq(value, []byte(";")) {
		name, tag, _ := bytes.Cut(part, []byte("="))
		if bytes.EqualFold(bytes.TrimSpace(name), []byte("tag")) {
			return string(bytes.TrimSpace(tag))
		}
	}
	return ""
}
