package parse

import (
	"bytes"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// usualCount is how many fields are gathered without memory of their own.
const usualCount = 32

// read reads the fields and the body. It returns false for what sipgo's parser refuses, and
// for what it reads in another way.
func (f *usualFields) read(message *sip.MessageData, lines string, body []byte) bool {
	var list [usualCount]sip.Header
	all := list[:0]
	for line, ok := "", false; lines != ""; {
		line, lines = cutLine(lines)
		if all, ok = f.readLine(all, line); !ok {
			return false
		}
	}
	message.PrependHeader(all...)
	keepTopmost(message, all)
	return readBody(message, body)
}

// cutLine is the first of some lines, and the others.
func cutLine(lines string) (line, rest string) {
	line, rest, _ = strings.Cut(lines, lineEnd[:1])
	return line, strings.TrimPrefix(rest, lineEnd[1:])
}

// readLine appends the field of a line, or those that its value lists.
func (f *usualFields) readLine(all []sip.Header, line string) ([]sip.Header, bool) {
	colon := strings.IndexByte(line, ':')
	if colon <= 0 {
		return all, false
	}
	name, value := line[:colon], strings.Trim(line[colon+1:], " ")
	if !isToken(name) || value != "" && (value[0] >= 0x80 || value[len(value)-1] >= 0x80) { // there are blanks beyond ASCII
		return sipgoLine(all, line)
	}
	field, known := f.field(name, value)
	switch {
	case !known:
		field = sip.NewHeader(name, value)
	case field == nil:
		return sipgoLine(all, line)
	}
	return append(all, field), true
}

// sipgoLine reads a line as sipgo does.
func sipgoLine(all []sip.Header, line string) ([]sip.Header, bool) {
	all, err := fields.ParseHeader(all, []byte(line))
	return all, err == nil
}

// keepTopmost makes the first value of a list the one that the message is asked for: in
// that, the fields of a route differ from all others, of which the last counts.
func keepTopmost(message *sip.MessageData, all []sip.Header) {
	var via, route, recordRoute topmost
	for _, field := range all {
		switch field.(type) {
		case *sip.ViaHeader:
			via.note(field)
		case *sip.RouteHeader:
			route.note(field)
		case *sip.RecordRouteHeader:
			recordRoute.note(field)
		}
	}
	for _, list := range [...]topmost{via, route, recordRoute} {
		if list.more {
			message.ReplaceHeader(list.first) // by itself
		}
	}
}

// topmost is the first field of a kind, and whether more of them follow.
type topmost struct {
	first sip.Header
	more  bool
}

func (t *topmost) note(field sip.Header) {
	if t.more = t.first != nil; !t.more {
		t.first = field
	}
}

// readBody takes the body: as many bytes as Content-Length says, or all that came where it
// says nothing (RFC 3261 §18.3).
func readBody(message *sip.MessageData, body []byte) bool {
	if length := message.ContentLength(); length != nil {
		if uint64(*length) > uint64(len(body)) {
			return false
		}
		body = body[:*length]
	}
	if len(body) > 0 {
		message.SetBody(bytes.Clone(body))
	}
	return true
}
