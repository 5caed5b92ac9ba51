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

func (m *sipMessage) view() SIPMessage {
	first, _, _ := bytes.Cut(m.text, []byte("\r\n"))
	return SIPMessage{
		Sent: m.sent, Transport: m.transport, Local: m.local.String(), Remote: m.remote.String(),
		CallID: clean(string(fieldOf(m.text, "call-id", "i")), maxLine), CSeq: clean(string(fieldOf(m.text, "cseq", "")), maxLine),
		First: clean(string(first), maxLine), Text: cut(strings.ToValidUTF8(string(maskSIP(m.text)), "\uFFFD"), maxBody),
	}
}

func (m *sipMessage) render() (Kind, string, bool, any) {
	v := m.view()
	arrow := "<-"
	if m.sent {
		arrow = "->"
	}
	return KindSIP, fmt.Sprintf("%s %s %s", arrow, v.Remote, v.First), statusOf(m.text) >= 400, v
}
