package parse

import (
	"bytes"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// whole reads a message that is not of the usual form, and fields one line of it.
var (
	whole  = header.NewParser()
	fields = header.FieldParsers()
)

// Datagram reads a message. It keeps nothing of data. An error says why nobody can read it.
func Datagram(data []byte) (sip.Message, error) {
	if message := usual(data); message != nil {
		return message, nil
	}
	return whole.ParseSIP(data)
}

const lineEnd = "\r\n"

// usual reads a message whose lines have the usual form; nil is one that has not, or that is
// wrong.
func usual(data []byte) sip.Message {
	head := bytes.Index(data, []byte(lineEnd+lineEnd))
	if head < 0 || len(data) > sip.ParseMaxMessageLength || !hasPlainLines(data[:head]) {
		return nil
	}
	lines, body := string(data[:head]), data[head+2*len(lineEnd):]
	first, lines := cutLine(lines)
	if strings.HasPrefix(first, version+" ") {
		m := &response{}
		m.free = m.parameters[:]
		if !m.readStatusLine(first) || !m.read(&m.Response.MessageData, lines, body) {
			return nil
		}
		return &m.Response
	}
	m := &request{}
	m.free = m.parameters[:]
	if !m.readRequestLine(first) || !m.read(&m.Request.MessageData, lines, body) {
		return nil
	}
	return &m.Request
}

// hasPlainLines reports whether a head has no control characters but the ends of its lines,
// and no line that goes on in the next (RFC 3261 §7.3.1).
func hasPlainLines(head []byte) bool {
	for i := 0; i < len(head); i++ {
		switch c := head[i]; {
		case c >= ' ' && c != 0x7f:
		case c != '\r' || i+2 >= len(head) || head[i+1] != '\n' || head[i+2] == ' ':
			return false
		default:
			i++
		}
	}
	return true
}
