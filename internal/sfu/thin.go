package sfu

// temporalLayers are those of VP8 at most (RFC 7741 §4.2: TID has two bits).
const temporalLayers = 4

// thin is which pictures of a layer are sent: all, or those alone that no other picture is
// needed for (temporal layer 0), about half of them.
type thin struct {
	fewer   bool
	passing uint8 // the highest temporal layer that is sent
}

// most is the highest temporal layer that may be sent.
func (t *thin) most() uint8 {
	if t.fewer {
		return 0
	}
	return temporalLayers - 1
}

// takes reports whether a picture is sent. A temporal layer comes back with a picture that
// needs none of those that were left out.
func (t *thin) takes(d *descriptor) bool {
	most := t.most()
	t.passing = min(t.passing, most)
	if d.sync && d.tid <= most {
		t.passing = max(t.passing, d.tid)
	}
	return d.tid <= t.passing
}

// leavesOut reports whether a packet is of a picture that is left out. Whether one is, is
// decided at its first packet, and only if none is missing before it: a number that is
// kept for a packet that comes later has to be used.
func (s *sink) leavesOut(p *packet) bool {
	now := s.now()
	if now.leftOut(p.numbers) {
		return true
	}
	d := &p.picture.vp8
	if !d.temporal || !p.picture.first || p.picture.key || d.idAt == 0 || p.seq+now.offset.seq != s.last.seq+1 {
		return false
	}
	return !s.thin.takes(d)
}
