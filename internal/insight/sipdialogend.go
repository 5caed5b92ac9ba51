package insight

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// sweepDialogs makes records of refused INVITEs, and forgets dialogs: loose ones of which
// nothing came, and those whose leg has gone.
func (h *Hub) sweepDialogs(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.loose[:0]
	for _, d := range h.loose {
		quiet := now.Sub(d.seen)
		switch {
		case d.record != nil: // it has found its call
		case d.refusal != 0 && quiet >= refuseTime:
			h.refuseDialog(d)
		case quiet >= looseTime:
			h.forgetDialog(d)
		default:
			kept = append(kept, d)
		}
	}
	clear(h.loose[len(kept):])
	h.loose = kept
	h.left = slices.DeleteFunc(h.left, func(d *dialog) bool {
		if h.dialogs[d.ids[0]] != d { // it was forgotten with its call
			return true
		}
		if d.legs == 0 && now.Sub(d.seen) < settleTime {
			return false
		}
		if d.legs == 0 {
			h.forgetDialog(d)
		}
		return true
	})
}

// forgetDialog forgets a dialog, and what waits in a loose one. The caller holds mu.
func (h *Hub) forgetDialog(d *dialog) {
	h.taken -= d.bytes
	d.pending, d.bytes = timeline{}, 0
	for _, id := range d.ids {
		if h.dialogs[id] == d {
			delete(h.dialogs, id)
		}
	}
}

// refuseDialog makes a record of an INVITE that never became a call. The caller holds
// mu.
func (h *Hub) refuseDialog(d *dialog) {
	messages, _ := d.pending.entries() // we have written them
	if len(messages) == 0 {            // there was no room for it
		h.forgetDialog(d)
		return
	}
	r := h.refused(SubjectInvite, messages[0].at(), "")
	if r == nil {
		h.forgetDialog(d)
		return
	}
	if m, ok := messages[0].detail.(*sipMessage); ok {
		r.from, r.to = partyOf(fieldOf(m.text, "from", "f")), partyOf(fieldOf(m.text, "to", "t"))
		r.people = note(note(r.people, r.from), r.to)
		r.problem = fmt.Sprintf("the INVITE from %s at %s was refused with %d before it became a call%s", r.from, m.remote, d.refusal, refusalText(messages, d.refusal))
	}
	h.attach(d.ids[0], r)
	h.tell(Update{call: r})
}

// refusalText is what the refusing response says of its reason.
func refusalText(messages []entry, status int) string {
	for _, e := range slices.Backward(messages) {
		m, ok := e.detail.(*sipMessage)
		if !ok || statusOf(m.text) != status {
			continue
		}
		for _, name := range []string{"warning", "reason"} {
			if text := fieldOf(m.text, name, ""); len(text) > 0 {
				return ": " + clean(string(text), maxLine)
			}
		}
		first, _, _ := bytes.Cut(m.text, []byte("\r\n"))
		return ": " + clean(strings.TrimPrefix(string(first), "SIP/2.0 "), maxLine)
	}
	return ""
}
