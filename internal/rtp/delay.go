package rtp

// catchUp throws away what would make the delay too long.
func (p *playout) catchUp() {
	for p.depth() > p.collected() && p.buffer.count > 1 {
		p.skip()
	}
	p.conceal.cut()
	p.watch()
}

// watch begins another window of watching how early packets come.
func (p *playout) watch() { p.spare, p.window = maxDepth, 0 }

// mayShrink reports, once a window, whether the delay is longer than it need be.
func (p *playout) mayShrink() bool {
	if p.window += 20; p.window < p.patience {
		return false
	}
	long := p.spare >= min(longSpare, max(p.collected(), leastSpare)) && p.depth() >= 20
	p.watch()
	if long {
		p.patience = max(p.patience/2, patience)
	}
	return long
}

// merge leaves out up to 20 ms behind the frame in dst: whole periods of the voice,
// so that what is faded into lies upon what is faded out.
func (p *playout) merge(dst []int16) {
	var room [2 * maxFrame]int16
	copy(room[:], dst)
	lag := p.conceal.period()
	lag *= len(dst) / lag
	if p.clock < p.rate {
		lag &^= 1 // whole units of G.722's clock
	}
	p.fill(room[len(dst):len(dst)+lag], false)
	for i := range dst {
		dst[i] = int16((int(dst[i])*(len(dst)-i) + int(room[i+lag])*i) / len(dst))
	}
}
