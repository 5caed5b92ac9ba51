package rtp

// fill makes dst full of what is there, and invents what is not.
func (p *playout) fill(dst []int16, quiet bool) sound {
	made := nothing
	for len(dst) > 0 {
		if p.stretched && p.at < p.end {
			p.stretched, p.more = false, p.conceal.fit(p.decoded[p.at:p.end])
		}
		n := min(p.more, len(dst))
		if n > 0 {
			p.conceal.invent(dst[:n])
			p.more -= n
			made = invented
		} else if n = copy(dst, p.decoded[p.at:p.end]); n > 0 {
			p.at += n
			p.conceal.hear(dst[:n])
			made = max(made, speech)
		} else if missing := p.missing(len(dst)); missing > 0 {
			n = missing
			made = max(made, p.replace(dst[:n], quiet))
			p.pass(n)
		} else if !p.decode() { // in the next frame
			n, made = len(dst), invented
			p.conceal.invent(dst)
		}
		dst = dst[n:]
	}
	return made
}

// missing returns how many of the next samples are not there.
func (p *playout) missing(wanted int) int {
	first := p.buffer.first()
	if first == nil {
		return wanted
	}
	return min(wanted, max(p.samplesOf(int32(first.timestamp-p.next)), 0))
}

// pausing reports whether a gap is one that the peer made: no packet is missing.
func (p *playout) pausing() bool {
	first := p.buffer.first()
	return first != nil && first.sequence == p.lastSequence+1
}

// replace makes what is not there; quiet says that the peer sends a tone. A pause
// goes on until something comes.
func (p *playout) replace(dst []int16, quiet bool) sound {
	if quiet || p.conceal.pausing() || p.pausing() {
		return p.rest(dst)
	}
	if p.format.concealer != nil && p.format.concealer.Conceal(dst, p.following(len(dst))) {
		p.conceal.remember(dst)
		return invented
	}
	if p.conceal.invent(dst) {
		return invented
	}
	return nothing
}

// following returns the payload right after the next samples, nil if it has not come.
func (p *playout) following(samples int) []byte {
	first := p.buffer.first()
	if first == nil || first.timestamp != p.next+p.ticksOf(samples) || &p.formats[first.format] != p.format {
		return nil
	}
	return p.payload(first)
}

// payload puts a packet's pieces together.
func (p *playout) payload(s *slot) []byte {
	n := 0
	p.buffer.each(s, func(piece []byte) { n += copy(p.whole[n:], piece) })
	return p.whole[:n]
}

// rest fills dst with a pause.
func (p *playout) rest(dst []int16) sound {
	if !p.conceal.noise.on && !p.started {
		return nothing
	}
	p.conceal.pause(dst)
	if p.conceal.noise.on {
		return noise
	}
	return nothing
}

// pass lets time run over samples that are not there.
func (p *playout) pass(samples int) {
	p.next += p.ticksOf(samples)
	if p.buffer.count > 0 {
		p.floor = p.next // something later is here: these are lost
		return
	}
	if p.dry += samples * 1000 / p.rate; p.dry > maxDepth {
		p.started = false // the peer has stopped; collect anew
	}
}

// decode takes the earliest packet. It returns false if that cannot be in this frame.
func (p *playout) decode() bool {
	first := p.buffer.first()
	if to := &p.formats[first.format]; to != p.format && !p.turn(to) {
		return false
	}
	p.at, p.end = 0, 0
	if decoder := p.format.decoder; p.format.whole {
		p.end = decoder.Decode(p.decoded, p.payload(first))
	} else {
		p.buffer.each(first, func(piece []byte) { p.end += decoder.Decode(p.decoded[p.end:], piece) })
	}
	p.at = min(p.leading, p.end)
	p.leading -= p.at
	p.next, p.floor, p.lastSequence, p.dry = first.end(), first.end(), first.sequence, 0
	p.packetMillis = p.lengthOf(first)
	if int32(first.timestamp-p.comfortFrom) > 0 {
		p.conceal.noise.on = false // the peer speaks again
	}
	p.buffer.drop()
	return true
}
