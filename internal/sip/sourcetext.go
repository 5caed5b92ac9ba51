package sip

import "net/netip"

// sourceTexts remembers how sources of datagrams are written, of some that came last: most
// messages are of few. It belongs to the reader of the socket.
type sourceTexts [64]struct {
	at   netip.AddrPort
	text string
}

// of is at.String().
func (t *sourceTexts) of(at netip.AddrPort) string {
	address := at.Addr().As16()
	known := &t[(uint16(address[15])+at.Port())%uint16(len(t))]
	if known.at != at || known.text == "" {
		known.at, known.text = at, at.String()
	}
	return known.text
}
