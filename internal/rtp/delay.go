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
func (p *playout) watch() { p.spare, p.watched = maxDepth, 0 }

// mayShrink reports, once a window, whether the delay is longer than it need be.
func (p *playout) mayShrink() bool {
	if p.watched += 20; p.watched < p.patience {
		return false
	}
	long := p.spare >= min(longSpare, max(p.collected(), leastSpare)) && p.depth() >= 20
	p.watch()
	if long {
		p.patience = max(p.patience/2, patience)
	}
	return long
}

// merge fades from the frame in dst to the one that follows.
func (p *playout) merge(dst []int16) {
	var room [maxFrame]int16
	following := room[:len(dst)]
	p.fill(following, false)
	for i := range dst {
		dst[i] = int16((int(dst[i])*(len(dst)-i) + int(following[i])*i) / len(dst))
	}
}
