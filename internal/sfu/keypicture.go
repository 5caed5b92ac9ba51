package sfu

import "time"

// keyPicture is the newest key picture of a layer. Who waits for it gets it when it is
// whole: until then an encoding that is already sent goes on, instead of a picture that
// stands while packets between the sender and us are repaired.
type keyPicture struct {
	from  int64 // its first packet; 0: none came
	next  int64 // the first one that is missing
	whole bool  // or given out all the same
}

// mostKept is how many packets of a key picture are waited for: a larger one is given out
// as it comes, since the ring does not hold it.
const mostKept = ringPackets / 2

// goOn looks at what has come, and returns whether the picture is to be given out with it.
func (k *keyPicture) goOn(ring *[ringPackets]kept, highest int64) bool {
	if k.from == 0 || k.whole {
		return false
	}
	k.whole = highest-k.from >= mostKept
	for !k.whole && k.next <= highest {
		slot := &ring[k.next&(ringPackets-1)]
		if !slot.used || slot.seq != k.next {
			return false
		}
		k.next++
		k.whole = slot.marker
	}
	return k.whole
}

// begin gives a sink the key picture and what has come after it. It runs on the goroutine
// that gives packets.
func (l *Layer) begin(s *sink, now time.Time) {
	l.mu.Lock()
	from, to := l.key.from, l.highest
	l.mu.Unlock()
	for seq := from; seq <= to; seq++ {
		if p, ok := l.copyTo(seq, l.spare[:]); ok {
			p.begins = seq == from
			s.client.forward(s, l, &p, now)
		}
	}
}

// awaits reports whether a sink waits for a key picture of a layer.
func (c *Client) awaits(s *sink, l *Layer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.target == l && s.waits()
}
