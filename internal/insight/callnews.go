package insight

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// Publish takes an event of a call.
func (h *Hub) Publish(e call.Event) {
	head, news := e.Header(), eventOf(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.recordOf(head.CorrelationID, head.ServerCallID, head.At)
	h.connection(r, head.Connection)
	h.name(r, head.Operation.Recording)
	if c, ok := e.(call.ConversationStarted); ok {
		r.group, r.room = c.GroupID, c.RoomID
	}
	if h.wants(r, news.failed()) {
		news.code(h.begin(formatEvent, head.At))
		h.add(r)
	}
	if r.summaryMatters(e) {
		h.tell(Update{call: r})
	}
}

// summaryMatters reports whether an event changes what lists show of a call.
func (r *record) summaryMatters(e call.Event) bool {
	switch e.(type) {
	case call.ConnectionOpened, call.CallConnected, call.CallDisconnected:
		return true
	}
	return false
}

// Incoming takes an invitation that was announced to so many subscriptions.
func (h *Hub) Incoming(in call.IncomingCall, listeners int) {
	from, to := in.From.Raw(), in.To.Raw()
	h.mu.Lock()
	r := h.recordOf(in.CorrelationID, in.ServerCallID, in.At)
	if r.to == "" {
		r.from, r.to = from, to
	}
	r.people = note(note(r.people, from), to)
	r.listeners += listeners
	a := announced{from, to, listeners}
	a.code(h.begin(formatAnnounce, in.At))
	h.add(r)
	h.tell(Update{call: r})
	h.mu.Unlock()
	if listeners == 0 && h.cfg.Unheard != nil {
		why := h.cfg.Unheard(from, to) // in memory as well, of another package
		h.mu.Lock()
		r.unheard = why
		h.mu.Unlock()
	}
}

// CallOver takes the detail record of a call.
func (h *Hub) CallOver(d call.Detail) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.recordOf(d.CorrelationID, d.ServerCallID, d.Began)
	if r.over() { // it comes once
		return
	}
	r.begun, r.end, r.ending = d.Began, d.Ended, h.endingOf(&d)
	r.troubled = r.troubled || isFailure(d.Why.Kind)
	h.full = false
	if r.to == "" {
		r.from, r.to = d.From.Raw(), d.To.Raw()
	}
	r.people = note(note(r.people, d.From.Raw()), d.To.Raw())
	for _, leg := range d.Legs {
		r.people = note(r.people, leg.Who.Raw())
		r.trunks = note(r.trunks, leg.Wire.Trunk)
		r.up = r.up || !leg.Answered.IsZero()
		s := leg.Wire.Sound
		r.troubled = r.troubled || isFailure(leg.Why.Kind) || poor(s) || s.Sent >= enoughPackets && s.Received == 0 || s.Received >= enoughPackets && s.Sent == 0
		if mos := leg.Wire.Sound.MOS; mos > 0 && (r.quality == 0 || mos < r.quality) {
			r.quality = mos
		}
	}
	for _, m := range r.legs { // of a call for nobody, the leg tells no end
		if h.legs[m].record == r {
			delete(h.legs, m)
		}
	}
	clear(r.legs) // a leg is more than its record
	r.legs = nil
	end := callEnd{d.Why}
	end.code(h.begin(formatEnd, d.Ended))
	h.add(r)
	h.isOver(r)
	h.tell(Update{call: r})
}

// JoinRefused takes a client that was not let into a room or a group.
func (h *Hub) JoinRefused(kind, id, who, why string) {
	now := time.Now()
	id = clean(id, 256)
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.refused(SubjectJoin, now, fmt.Sprintf("%s was not let into %s %s at %s: %s", who, kind, id, clock(now), why))
	if r == nil {
		return
	}
	if kind == "room" {
		r.room = id
	} else {
		r.group = id
	}
	r.from = who
	r.people = note(r.people, who)
	h.tell(Update{call: r})
}

// StartRefused takes a client that may not call whom it wants. The target is as the
// client wrote it.
func (h *Hub) StartRefused(who, to, why string) {
	now := time.Now()
	to = clean(to, 256)
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.refused(SubjectRequest, now, fmt.Sprintf("the call of %s to %s was refused at %s: %s", who, number(to), clock(now), why))
	if r == nil {
		return
	}
	r.from, r.to = who, to
	r.people = note(note(r.people, who), to)
	h.tell(Update{call: r})
}
