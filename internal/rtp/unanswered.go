package rtp

import "net/netip"

// How long sound goes to an address that has never sent us anything and is neither the
// host that signals nor one of the configuration, in ticks of 20 ms: somebody could name
// a victim there. Then there is only comfort sound, which keeps NATs open: silence for
// the time of the longest packet, once a second. A peer that has said that it only
// listens has longer, since it may send no RTCP.
const (
	unansweredTicks = 5 * 50
	listenerTicks   = 60 * 50
	comfortTicks    = 50
)

// unanswered counts the frames that went to an address without any answer.
type unanswered struct {
	frames   int
	answered bool // something came from there, of whatever kind
}

// note takes the source of a datagram.
func (u *unanswered) note(from netip.AddrPort, l *latch) {
	if from.Addr() == l.signalled.Addr() {
		u.answered = true
	}
}

// next counts a frame. comfort says that silence goes out in its place, withheld that
// nothing does.
func (u *unanswered) next(t *transport, l *latch) (comfort, withheld bool) {
	limit := unansweredTicks
	if !t.media.Receive {
		limit = listenerTicks
	}
	switch {
	case u.answered || l.from.IsValid() || t.media.Known || !t.host.IsValid() || l.signalled.Addr() == t.host:
		return false, false
	case u.frames < limit:
		u.frames++
		return false, false
	}
	u.frames++
	comfort = (u.frames-limit)%comfortTicks < longestFrames
	return comfort, !comfort
}
