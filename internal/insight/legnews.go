package insight

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// Leg takes news of a leg while it lives.
func (h *Hub) Leg(n call.LegNews) {
	now := time.Now()
	var kept *ring
	if n.What == call.LegCame {
		kept = h.ringFor(n.Leg)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.recordOf(n.CorrelationID, n.ServerCallID, now)
	r.people = note(r.people, n.Who.Raw())
	if r.to == "" && !n.To.IsZero() {
		r.from, r.to = n.From.Raw(), n.To.Raw()
	}
	if n.What == call.LegMeasured {
		h.legMeasured(r, n, now)
		return
	}
	news := legNews{what: n.What, who: n.Who.Raw(), inbound: n.Inbound, callID: dialogOf(n.Leg), why: n.Reason}
	switch n.What {
	case call.LegCame:
		h.legCame(r, n, news.callID, kept)
	case call.LegAnswered:
		r.up = true
	case call.LegRefused:
		r.troubled = true
	case call.LegGone:
		news.wire = n.Wire
		h.legGone(r, n.Leg, news.callID, now)
	}
	news.code(h.begin(formatLeg, now))
	h.add(r)
	if n.What == call.LegCame || n.What == call.LegAnswered {
		h.tell(Update{call: r})
	}
}

// dialogOf is SIP's Call-ID of a leg; "" for one that is not SIP's.
func dialogOf(leg any) string {
	if wired, ok := leg.(interface{ DialogID() string }); ok {
		return wired.DialogID()
	}
	return ""
}

// legMeasured takes what a browser has measured of its own media. The caller holds mu.
func (h *Hub) legMeasured(r *record, n call.LegNews, now time.Time) {
	if h.seldomNow() {
		return
	}
	m := clientMedia{n.Who.Raw(), *n.Media}
	m.code(h.begin(formatBrowser, now))
	h.add(r)
}

// legCame gives a call the SIP messages of a leg, lets its sound be measured, and its packets
// be kept in a ring where there is one, and in a capture of the call. The caller holds mu.
func (h *Hub) legCame(r *record, n call.LegNews, callID string, kept *ring) {
	if d := h.attach(callID, r); d != nil {
		d.legs++
	}
	h.extentOf(r) // by now: a call without a dialog of SIP has begun as well
	m, ok := n.Leg.(measured)
	if !ok {
		return
	}
	h.legs[m] = livingLeg{r, n.Who.Raw()}
	r.legs = append(r.legs, m)
	if seen, is := n.Leg.(tapped); is && kept != nil {
		h.roll(r, seen, kept)
	}
	h.legJoins(r, m)
}

// legGone ends that. The leg may be in another call already. The caller holds mu.
func (h *Hub) legGone(r *record, leg any, callID string, now time.Time) {
	if d := h.dialogs[callID]; d != nil && d.legs > 0 {
		if d.legs--; d.legs == 0 { // answers and repetitions may still come
			d.seen = now
			h.left = append(h.left, d)
		}
	}
	m, ok := leg.(measured)
	if !ok {
		return
	}
	r.legs = slices.DeleteFunc(r.legs, func(other measured) bool { return other == m })
	h.legLeaves(r, m)
	if h.legs[m].record == r {
		delete(h.legs, m)
	}
}
