package insight

import (
	"bytes"
	"net/netip"
	"time"
)

// dialog is the SIP messages of one Call-ID:
//
//	loose ──a call takes its leg──> attached ──settleTime after its leg has gone──> forgotten
//	  └──refused, or nobody came for it──> a record of its own
//
// A leg that tries another trunk takes another Call-ID, which joins the same dialog.
type dialog struct {
	record  *record   // nil while it is loose
	legs    int       // that are in a call: one, and two while it moves to another call
	pending timeline  // of a loose one
	omitted int       // messages of a loose one that are not kept
	bytes   int64     // of that
	seen    time.Time // the last message
	refusal int       // the final status of its INVITE, once there is one that refuses it
	ids     []string
	usual   [1]string // room for the id of a usual one
	extent  extent    // of its messages, unless it is refused
}

// newDialog is a dialog of a Call-ID.
func newDialog(callID string) *dialog {
	d := &dialog{usual: [1]string{callID}}
	d.ids = d.usual[:]
	return d
}

// Bounds of loose dialogs.
const (
	maxLoose   = 4096
	maxPending = 32
	looseTime  = 40 * time.Second // without a message
	refuseTime = 2 * time.Second  // from its refusal until it is a record of its own
)

// SIP takes a SIP message that was sent or received. text may be changed afterwards.
// Only messages of calls are kept: those whose Call-ID an INVITE has brought.
func (h *Hub) SIP(at time.Time, sent bool, transport string, local, remote netip.AddrPort, text []byte) {
	if h.cfg.HEP != nil {
		from, to := remote, local
		if sent {
			from, to = local, remote
		}
		h.cfg.HEP.put(hepMessage{at, from, to, transport, bytes.Clone(text)})
	}
	callID := fieldOf(text, "call-id", "i")
	if len(callID) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.dialogs[string(callID)]
	if d == nil {
		if !bytes.HasPrefix(text, []byte("INVITE ")) || len(h.loose) >= maxLoose {
			return
		}
		d = newDialog(string(callID))
		d.extent = h.judge(at)
		h.dialogs[d.ids[0]] = d
		h.loose = append(h.loose, d)
	}
	d.seen = at
	m := sipMessage{sent, transport, local, remote, text[:min(len(text), maxBody)]}
	if r := d.record; r != nil {
		if h.wants(r, statusOf(text) >= 400) {
			m.code(h.begin(formatMessage, at))
			h.add(r)
		}
		return
	}
	if sent && statusOf(text) >= 300 && bytes.HasSuffix(fieldOf(text, "cseq", ""), []byte("INVITE")) {
		d.refusal = statusOf(text)
	}
	if d.extent == brief && d.refusal == 0 {
		d.omitted++
		return
	}
	m.code(h.begin(formatMessage, at))
	h.addLoose(d)
}

// addLoose adds the item that was written last to a dialog of no call yet, if there is room
// for it. The caller holds mu.
func (h *Hub) addLoose(d *dialog) {
	h.item = h.coder.appendTo(h.item[:0])
	size := int64(d.pending.cost(len(h.item)))
	if d.pending.count < maxPending && h.makeRoom(size, nil) {
		d.pending.put(h.item, &h.spare)
		d.bytes += size
		h.taken += size
	}
}

// SIPCallID says that a leg goes on under another Call-ID.
func (h *Hub) SIPCallID(before, after string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.dialogs[before]
	if d == nil || h.dialogs[after] != nil {
		return
	}
	h.dialogs[after] = d
	if d.ids = append(d.ids, after); d.record != nil {
		d.record.dialogs = note(d.record.dialogs, after)
	}
}

// attach gives a call the SIP messages of a leg, also those that came before. It returns
// nil for a leg without a Call-ID. The caller holds mu.
func (h *Hub) attach(callID string, r *record) *dialog {
	if callID == "" {
		return nil
	}
	d := h.dialogs[callID]
	if d == nil {
		d = newDialog(callID)
		d.extent = h.extentOf(r)
		h.dialogs[callID] = d
	}
	if d.record == r {
		return d
	}
	d.record = r
	if len(r.dialogs) == 0 { // the call began with it
		r.extent = d.extent
	}
	for _, id := range d.ids {
		r.dialogs = note(r.dialogs, id)
	}
	h.takeOver(d, r)
	return d
}

// takeOver gives a record what waited in a dialog, with its room. The caller holds mu.
func (h *Hub) takeOver(d *dialog, r *record) {
	r.omitted += d.omitted
	h.lost += uint64(d.omitted)
	if r.timeline.count+d.pending.count <= maxEntries && r.bytes+d.bytes <= maxRecordBytes {
		r.bytes += d.bytes // they are in taken already
		seq := r.timeline.count
		r.timeline.append(d.pending)
		if h.following.Load() > 0 {
			r.shared = true
			for item := range d.pending.items() {
				seq++
				h.tell(Update{call: r, seq: seq, item: item})
			}
		}
	} else {
		r.omitted += d.pending.count
		h.lost += uint64(d.pending.count)
		h.taken -= d.bytes
	}
	d.pending, d.bytes, d.omitted = timeline{}, 0, 0 // the dialog may be there for longer than they are
}
