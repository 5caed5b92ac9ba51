package rtp

import "time"

// arrival says what became of a packet.
type arrival uint8

const (
	stored arrival = iota
	late
	duplicate
	overflow // stored, in place of the oldest
)

// moment is when a packet came, compared with others.
type moment struct {
	newest bool          // none with a higher sequence number has come
	waited time.Duration // it was there before it was read, for the next frame
	jitter time.Duration // of the stream just now, RFC 3550 §6.4.1
}

// push takes a packet of a format. Only of the newest may a timestamp far away mean that
// the peer's clock jumped.
func (p *playout) push(h header, format uint8, payload []byte, came moment) arrival {
	p.jitter = came.jitter
	c := &p.formats[format].codec
	ticks := c.Duration(payload)
	if ticks == 0 || len(payload) > maxPayload {
		return late
	}
	if c.ClockRate != p.clock {
		if p.positioned && !came.newest {
			return late // from before the change
		}
		p.reclock(c.ClockRate)
		p.comfortFrom = h.timestamp - 1
	}
	if from, known := p.origin(); known {
		switch ahead := p.ms(int32(h.timestamp - from)); {
		case came.newest && (ahead > jumpLimit || ahead < -overlap):
			p.restart()
			p.comfortFrom = h.timestamp - 1 // the noise lasts until this is played
		case ahead > jumpLimit || ahead < -jumpLimit:
			return late // and of another clock
		case p.positioned:
			if p.early(h, came); ahead < 0 {
				p.miss(h, came)
				return late
			}
		}
	}
	if p.started && int32(h.timestamp-p.next) < 0 {
		p.next = h.timestamp // too late, and not yet replaced: the delay grows
		p.stretched = p.conceal.missing
		p.patience = min(2*p.patience, patienceUp)
	}
	if p.inTime++; !p.started {
		p.ahead = max(p.ahead, came.waited)
	}
	fate := stored
	for p.buffer.count > 0 && !p.buffer.fits(payload) {
		p.skip()
		fate = overflow
	}
	if !p.buffer.insert(h, format, ticks, payload) {
		return duplicate
	}
	return fate
}

// origin is the timestamp that others are compared with: of what is needed next, or of
// the first packet that waits. It returns false if there is none.
func (p *playout) origin() (uint32, bool) {
	if first := p.buffer.first(); !p.positioned && first != nil {
		return first.timestamp, true
	}
	return p.floor, p.positioned
}

// skip throws the oldest packet away.
func (p *playout) skip() {
	p.buffer.drop()
	if first := p.buffer.first(); first != nil && p.positioned {
		p.next, p.floor, p.lastSequence = first.timestamp, first.timestamp, first.sequence-1
	}
}
