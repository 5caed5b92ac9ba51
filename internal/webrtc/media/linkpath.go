package media

import (
	"net/netip"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"
)

// watchPath hears which path pion takes.
func (l *link) watchPath(sender *webrtc.RTPSender) {
	sender.Transport().ICETransport().OnSelectedCandidatePairChange(func(pair *webrtc.ICECandidatePair) {
		address, err := netip.ParseAddr(pair.Remote.Address)
		if err != nil {
			return // pion has made the text of an address
		}
		at := canonical(netip.AddrPortFrom(address, pair.Remote.Port))
		l.consent.use(at, pair.Remote.Protocol == webrtc.ICEProtocolTCP, time.Now())
	})
}

// agree tells the consent which credentials the client will have from our answer. pion's
// transport has them too, but may not be asked while it begins.
func (l *link) agree(answer string, theirs credentials) {
	var ours credentials
	for line := range strings.Lines(answer) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "a="), ":")
		ours.take(name, value)
	}
	l.consent.begin(ours, theirs)
}

// stateChanged is news of pion's, which tells each in a goroutine of its own: what is not
// so any more is left to the next. A path is up when pion has one and the address at its
// other end consents, whichever comes last.
func (l *link) stateChanged(state webrtc.PeerConnectionState) {
	switch {
	case l.pc.ConnectionState() != state:
	case state == webrtc.PeerConnectionStateConnected:
		l.mayBeUp()
	default:
		l.setUp(false)
		l.peer.tell(l, state)
	}
}

func (l *link) mayBeUp() {
	if l.pc.ConnectionState() == webrtc.PeerConnectionStateConnected && l.consent.isReady() && !l.setUp(true) {
		l.peer.tell(l, webrtc.PeerConnectionStateConnected)
	}
}

// setUp notes whether the path is up, and returns whether it was.
func (l *link) setUp(up bool) (was bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	was, l.up = l.up, up
	return was
}

// lapsed is the end of the consent of the address in use: nothing is sent there any more.
// The client may restart ICE, or answer again, as long as a path without packets has.
func (l *link) lapsed(address netip.AddrPort) {
	l.peer.engine.log.Info("media to a client's address were stopped: it answers no checks", "address", address, "after", consentFor)
	if l.setUp(false) {
		l.peer.interrupted(l, goneAfter)
	}
}
