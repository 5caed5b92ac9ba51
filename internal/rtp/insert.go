package rtp

// arrival says what became of a packet.
type arrival uint8

const (
	stored arrival = iota
	late
	duplicate
	overflow // stored, in place of the oldest
)

// push takes a packet of a format. newest says that no packet with a higher sequence number
// has come: only then may a timestamp far away mean that the peer's clock jumped.
func (p *playout) push(h header, format uint8, payload []byte, newest bool) arrival {
	c := &p.formats[format].codec
	ticks := c.Duration(payload)
	if ticks == 0 || len(payload) > maxPayload {
		return late
	}
	if c.ClockRate != p.clock {
		if p.positioned && !newest {
			return late // from before the change
		}
		p.reclock(c.ClockRate)
		p.comfortFrom = h.timestamp - 1
	}
	if p.positioned {
		ahead := p.ms(int32(h.timestamp - p.floor))
		if newest && (ahead > jumpLimit || ahead < -overlap) {
			p.restart()
			p.comfortFrom = h.timestamp - 1 // the noise lasts until this is played
		} else if p.early(h); ahead < 0 {
			return late
		}
	}
	if p.started && int32(h.timestamp-p.next) < 0 {
		p.next = h.timestamp // too late, and not yet replaced: the delay grows
		p.stretched = p.conceal.missing
		p.patience = min(2*p.patience, patienceUp)
	}
	came := stored
	for p.buffer.count > 0 && !p.buffer.fits(payload) {
		p.skip()
		came = overflow
	}
	if !p.buffer.insert(h, format, ticks, payload) {
		return duplicate
	}
	return came
}

// early notes how long before its time a packet came.
func (p *playout) early(h header) {
	if p.started {
		waiting := p.ticksOf(p.end - p.at)
		p.spare = min(p.spare, p.ms(int32(h.timestamp-p.next+waiting)))
	}
}

// skip throws the oldest packet away.
func (p *playout) skip() {
	p.buffer.drop()
	if first := p.buffer.first(); first != nil && p.positioned {
		p.next, p.floor, p.lastSequence = first.timestamp, first.timestamp, first.sequence-1
	}
}
