package rtp

import "time"

// faintPeak is what no sample of a frame exceeds in which a splice is not heard, wherever
// it is: 42 dB below full scale.
const faintPeak = 256

// catchUp throws away what would make the delay too long: what came at once after a
// stall, rather than what a line of much jitter brings early.
func (p *playout) catchUp() {
	enough := 2*(frameTime+p.jitter) + time.Duration(p.beside)*time.Millisecond
	for time.Duration(p.depth())*time.Millisecond > enough && p.buffer.count > 1 {
		p.skip()
		p.thrown++
	}
	p.conceal.cut()
	p.watch()
}

// watch begins another window of watching how early packets come.
func (p *playout) watch() { p.spare, p.window = maxDepth*time.Millisecond, 0 }

// shrink makes the delay shorter, once a window, if it is longer than it need be.
func (p *playout) shrink(dst []int16) {
	if p.window += 20; p.window < p.patience {
		return
	}
	most := min(p.spare, frameTime, time.Duration(p.depth())*time.Millisecond)
	if p.watch(); most > 0 && p.merge(dst, p.samplesIn(most)) {
		p.patience = max(p.patience/2, patience)
	}
}

// merge leaves out at most so many samples behind the frame in dst, and reports whether
// it did. In a voice they are whole periods, so that what is faded into lies upon what
// is faded out.
func (p *playout) merge(dst []int16, most int) bool {
	lag := most
	if !faint(dst) {
		period := p.conceal.period()
		lag = most / period * period
	}
	if p.clock < p.rate {
		lag &^= 1 // whole units of G.722's clock
	}
	if lag == 0 {
		return false
	}
	var room [2 * maxFrame]int16
	copy(room[:], dst)
	p.fill(room[len(dst):len(dst)+lag], false)
	for i := range dst {
		dst[i] = int16((int(dst[i])*(len(dst)-i) + int(room[i+lag])*i) / len(dst))
	}
	return true
}

// faint reports whether nobody can tell where a frame is cut.
func faint(pcm []int16) bool {
	for _, sample := range pcm {
		if sample > faintPeak || sample < -faintPeak {
			return false
		}
	}
	return true
}
