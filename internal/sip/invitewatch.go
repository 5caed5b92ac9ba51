package sip

import (
	"sync/atomic"

	"github.com/emiago/sipgo/sip"
)

// inviteWatch tells an inbound leg of the end of its INVITE's transaction, until the leg has
// its ACK. The transaction outlives the leg by seconds, which must not hold the leg's sound
// and sockets in memory.
type inviteWatch struct{ leg atomic.Pointer[leg] }

// canceled takes the CANCEL.
func (w *inviteWatch) canceled(cancel *sip.Request) {
	if l := w.leg.Load(); l != nil {
		l.post(func() { l.cancelReceived(cancel) })
	}
}

// ended takes the end.
func (w *inviteWatch) ended(err error) {
	if l := w.leg.Load(); l != nil {
		l.post(func() { l.callerConnectionLost(err) })
	}
}

// stop ends the watch; nil has none.
func (w *inviteWatch) stop() {
	if w != nil {
		w.leg.Store(nil)
	}
}
