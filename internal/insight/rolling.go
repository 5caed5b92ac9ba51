package insight

import (
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/rtp"
)

// Rolling says how much of the sound of every call is kept while it goes on, so that it
// can still be looked at when something has gone wrong.
type Rolling struct {
	Length time.Duration // of each leg; 0: nothing is kept
	Bytes  int64         // of all legs; legs for which there is no room are not kept
}

// rollingRate is what a leg of G.711, both directions, takes in a second, and a bit more.
const rollingRate = 26 << 10

// ring has the last packets of a leg. The shard of the leg writes and never waits: while
// somebody reads, its packets are left out.
type ring struct {
	mu      sync.Mutex
	length  time.Duration
	parts   [ringParts][]byte // each is filled from its beginning
	current int
}

// ringParts is how many parts a ring has: the oldest is forgotten as a whole.
const ringParts = 4

// ringSize is how much memory the ring of a leg takes. A part more than the length needs
// is there, because one is always being filled.
func (r Rolling) ringSize() int64 {
	part := max(int64(r.Length.Seconds()*rollingRate)/(ringParts-1), 16<<10)
	return part * ringParts
}

func newRing(r Rolling) *ring {
	made := &ring{length: r.Length}
	size := int(r.ringSize())
	data := make([]byte, size)
	for i := range made.parts {
		part := size / ringParts
		made.parts[i] = data[i*part : i*part : (i+1)*part]
	}
	return made
}

// take is the ring's tap.
func (r *ring) take(p rtp.Tapped) {
	if !r.mu.TryLock() {
		return
	}
	defer r.mu.Unlock()
	need := packetHead + len(p.Packet)
	if at := r.parts[r.current]; len(at)+need > cap(at) {
		if need > cap(at) {
			return
		}
		r.current = (r.current + 1) % ringParts
		r.parts[r.current] = r.parts[r.current][:0]
	}
	r.parts[r.current] = appendPacket(r.parts[r.current], p)
}

// packets are those of the ring's length before the newest one.
func (r *ring) packets() (list []packet) {
	r.mu.Lock()
	var copied [ringParts][]byte
	for i := range copied {
		copied[i] = slices.Clone(r.parts[(r.current+1+i)%ringParts])
	}
	r.mu.Unlock()
	for _, part := range copied {
		list = append(list, packetsIn(part)...)
	}
	if len(list) == 0 {
		return nil
	}
	oldest := list[len(list)-1].at.Add(-r.length)
	return slices.DeleteFunc(list, func(p packet) bool { return p.at.Before(oldest) })
}

// rolled has the rings of a call:
//
//	living ──its end──> over ──captureKeepTime, or another call needs the room──> forgotten
//
// Its fields belong to the hub's lock, but for what rings have.
type rolled struct {
	record *record
	end    time.Time // zero while the call lives
	rings  map[tapped]*ring
	past   []*ring // of legs that have gone
}

func (r *rolled) all() []*ring {
	all := slices.Clone(r.past)
	for _, one := range r.rings {
		all = append(all, one)
	}
	return all
}

// ringFor makes a ring for a leg that comes, where there is room for one. The memory is
// taken beside the lock.
func (h *Hub) ringFor(leg any) *ring {
	if _, is := leg.(interface {
		measured
		tapped
	}); !is || h.cfg.Rolling.Length == 0 {
		return nil
	}
	size := h.cfg.Rolling.ringSize()
	h.mu.Lock()
	for h.rollingBytes+size > h.cfg.Rolling.Bytes {
		at := slices.IndexFunc(h.rolled, func(r *rolled) bool { return !r.end.IsZero() })
		if at < 0 {
			h.mu.Unlock()
			return nil
		}
		h.forgetRolled(at)
	}
	h.rollingBytes += size
	h.mu.Unlock()
	return newRing(h.cfg.Rolling)
}

// roll begins to keep the last packets of a leg in a call. The caller holds mu.
func (h *Hub) roll(r *record, leg tapped, into *ring) {
	at := slices.IndexFunc(h.rolled, func(one *rolled) bool { return one.record == r })
	if at < 0 {
		at = len(h.rolled)
		h.rolled = append(h.rolled, &rolled{record: r, rings: map[tapped]*ring{}})
	}
	h.unroll(r, leg) // it came to the call before
	h.rolled[at].rings[leg] = into
	h.retap(leg)
}

// unroll ends that when the leg goes. The caller holds mu.
func (h *Hub) unroll(r *record, leg tapped) {
	for _, one := range h.rolled {
		if kept := one.rings[leg]; one.record == r && kept != nil {
			one.past = append(one.past, kept)
			delete(one.rings, leg)
		}
	}
}

// endRolling forgets what is older than captures may be. The caller holds mu.
func (h *Hub) endRolling(now time.Time) {
	for at := len(h.rolled) - 1; at >= 0; at-- {
		switch one := h.rolled[at]; {
		case one.end.IsZero() && !one.record.isLive():
			one.end = now
			for leg := range one.rings { // a call for nobody tells no end of its leg
				h.unroll(one.record, leg)
				h.retap(leg)
			}
		case !one.end.IsZero() && now.Sub(one.end) >= captureKeepTime:
			h.forgetRolled(at)
		}
	}
}

// forgetRolled gives the room of a call's rings back. The caller holds mu.
func (h *Hub) forgetRolled(at int) {
	h.rollingBytes -= int64(len(h.rolled[at].all())) * h.cfg.Rolling.ringSize()
	h.rolled = slices.Delete(h.rolled, at, at+1)
}

// ringsOf are the rings of a call. The caller holds mu.
func (h *Hub) ringsOf(r *record) []*ring {
	for _, one := range h.rolled {
		if one.record == r {
			return one.all()
		}
	}
	return nil
}
