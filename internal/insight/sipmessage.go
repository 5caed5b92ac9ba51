package insight

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

// sipMessage is a SIP message as it was on the wire.
type sipMessage struct {
	sent          bool
	transport     string
	local, remote netip.AddrPort
	text          []byte
}

func (m *sipMessage) code(c *coder) {
	c.flag(&m.sent)
	c.text(&m.transport)
	c.address(&m.local)
	c.address(&m.remote)
	c.body(&m.text)
}

// SIPMessage is what the API says of one.
type SIPMessage struct {
	Sent      bool   `json:"sent"` // by us
	Transport string `json:"transport"`
	Local     string `json:"local"`
	Remote    string `json:"remote"`
	CallID    string `json:"callId"`
	CSeq      string `json:"cseq,omitempty"`
	First     string `json:"firstLine"`
	Text      string `json:"text"` // credentials and keys are masked
}

// first is the line that a message begins with.
func (m *sipMessage) first() string {
	first, _, _ := bytes.Cut(m.text, []byte("\r\n"))
	return clean(string(first), maxLine)
}

func (m *sipMessage) more() any { return m.view() }

func (m *sipMessage) view() SIPMessage {
	return SIPMessage{
		Sent: m.sent, Transport: m.transport, Local: m.local.String(), Remote: m.remote.String(),
		CallID: clean(string(fieldOf(m.text, "call-id", "i")), maxLine), CSeq: clean(string(fieldOf(m.text, "cseq", "")), maxLine),
		First: m.first(), Text: cut(strings.ToValidUTF8(string(maskSIP(m.text)), "\uFFFD"), maxBody),
	}
}

func (m *sipMessage) line() (Kind, string, bool) {
	arrow := "<-"
	if m.sent {
		arrow = "->"
	}
	return KindSIP, fmt.Sprintf("%s %s %s", arrow, m.remote, m.first()), statusOf(m.text) >= 400
}
