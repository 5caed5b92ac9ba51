package webrtc

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Offers of a call: so many in so long.
const (
	offersAtOnce = 5
	offersIn     = 10 * time.Second
)

// offer negotiates media, beside the session: pion may take its time.
func (l *leg) offer(m *protocol.MediaOffer, answer func(protocol.Message)) {
	if refused := l.refuseOffer(m); refused != nil {
		answer(refused)
		return
	}
	s := l.client.server
	s.work.Go(func() {
		var text string
		err := panics.Try(l.log, panics.Request, func() (err error) {
			text, err = l.peer.Offer(s.ctx, m.SDP)
			return err
		}, "request", m.Type())
		switch {
		case errors.Is(err, media.ErrOffer):
			l.log.Info("offer refused", "error", err)
			answer(refusal(protocol.ReasonMalformed, 410, 3111, err.Error()))
		case err != nil:
			l.log.Warn("offer failed", "error", err)
			answer(refusal(protocol.ReasonInternal, 410, 301004, "media could not be set up"))
		default:
			answer(&protocol.MediaAnswer{Call: l.id, N: m.N, SDP: text})
		}
	})
}

// refuseOffer says why an offer is not taken; nil: it is.
func (l *leg) refuseOffer(m *protocol.MediaOffer) protocol.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.phase == over:
		return refusal(protocol.ReasonNoSuchCall, 404, 0, "the call is over")
	case l.phase == ringing:
		return refusal(protocol.ReasonState, 410, 3111, "the call was not accepted yet")
	case m.N <= l.lastOffer:
		return refusal(protocol.ReasonState, 410, 3111, "n does not grow")
	case !l.offers.Allow(time.Now(), offersAtOnce):
		return refusal(protocol.ReasonBusy, 410, 3111, "too many offers")
	}
	l.lastOffer = m.N
	return nil
}

// newOffers counts offers.
func newOffers() ratelimit.Window { return ratelimit.NewWindow(offersIn) }
