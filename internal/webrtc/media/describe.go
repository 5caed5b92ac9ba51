package media

import (
	"fmt"

	"github.com/pion/webrtc/v4"
)

// Describe names a state of the path for people, with the candidates in use (RFC 8445
// §5.1) where there are some.
func (p *Peer) Describe(state State) string {
	name := map[State]string{Connected: "connected", Interrupted: "interrupted", Gone: "gone"}[state]
	link := p.now.Load()
	if link == nil {
		return name
	}
	pair := link.pair()
	if pair == nil {
		return name
	}
	return fmt.Sprintf("%s, %s %s:%d (%s) to %s:%d (%s)", name, pair.Local.Protocol, pair.Local.Address, pair.Local.Port, pair.Local.Typ,
		pair.Remote.Address, pair.Remote.Port, pair.Remote.Typ)
}

// pair is the pair of candidates in use; nil: there is none.
func (l *link) pair() *webrtc.ICECandidatePair {
	for _, sender := range l.pc.GetSenders() {
		transport := sender.Transport()
		if transport == nil || transport.ICETransport() == nil {
			continue
		}
		if pair, err := transport.ICETransport().GetSelectedCandidatePair(); err == nil && pair != nil {
			return pair
		}
	}
	return nil
}
