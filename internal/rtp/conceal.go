package rtp

const (
	maxMemory  = 16000 * 40 / 1000 // samples of 40 ms at the highest rate
	maxOverlap = 16000 * 5 / 1000
)

// concealer continues a voice where packets are missing: it repeats the last
// pitch period, unchanged for 10 ms and then fading out within 50 more, and
// blends what comes afterwards into it. That is the idea of G.711 appendix I,
// without its delay of 3.75 ms.
type concealer struct {
	memory  [maxMemory]int16 // what was played or invented last, newest at the end
	size    int              // how much of it is used: 40 ms
	overlap int              // samples to blend over: 5 ms
	steady  int              // samples of invention before it fades
	fade    int              // samples in which it fades
	lag     int              // the pitch period; 0 while nothing is missing
	made    int              // samples invented since
}

func newConcealer(rate int) concealer {
	return concealer{size: rate / 25, overlap: rate / 200, steady: rate / 100, fade: rate / 20}
}

// hear takes what came over the wire, before it is played. It changes the
// beginning of it if something was invented just before.
func (c *concealer) hear(pcm []int16) {
	if c.lag > 0 {
		c.blend(pcm)
		c.lag, c.made = 0, 0
	}
	c.remember(pcm)
}

// cut says that what comes next does not follow on what was heard last.
func (c *concealer) cut() {
	if c.lag == 0 {
		c.lag = c.pitch()
	}
}

// blend fades from what would have been invented next to what has come.
func (c *concealer) blend(pcm []int16) {
	var invented [maxOverlap]int16
	n := min(c.overlap, len(pcm))
	c.invent(invented[:n])
	for i := range n {
		pcm[i] = int16((int(invented[i])*(n-i) + int(pcm[i])*i) / n)
	}
}

// invent fills pcm with a continuation. It returns false once that has faded
// into silence.
func (c *concealer) invent(pcm []int16) bool {
	c.cut()
	if c.made >= c.steady+c.fade {
		clear(pcm)
		return false
	}
	for len(pcm) > 0 {
		n := min(c.lag, len(pcm))
		copy(pcm[:n], c.memory[c.size-c.lag:])
		c.remember(pcm[:n]) // before it fades: the next period is made from it
		for i := range n {
			pcm[i] = int16(int(pcm[i]) * c.gain() / c.fade)
			c.made++
		}
		pcm = pcm[n:]
	}
	return true
}

// gain is the present loudness, of fade.
func (c *concealer) gain() int { return min(max(c.steady+c.fade-c.made, 0), c.fade) }

func (c *concealer) remember(pcm []int16) {
	if n := len(pcm); n < c.size {
		copy(c.memory[:], c.memory[n:c.size])
		copy(c.memory[c.size-n:], pcm)
		return
	}
	copy(c.memory[:], pcm[len(pcm)-c.size:])
}

// pitch finds the period, 5 to 15 ms, at which the last 20 ms are most like what
// came before. Every other sample is enough to find it.
func (c *concealer) pitch() int {
	window := c.size / 2
	recent := c.memory[c.size-window : c.size]
	best, bestScore := c.size/8, -1.0
	for lag := c.size / 8; lag <= c.size*3/8; lag++ {
		before := c.memory[c.size-window-lag : c.size-lag]
		var product, energy int64
		for i := 0; i < window; i += 2 {
			product += int64(recent[i]) * int64(before[i])
			energy += int64(before[i]) * int64(before[i])
		}
		if product <= 0 || energy == 0 {
			continue
		}
		if score := float64(product) * float64(product) / float64(energy); score > bestScore {
			best, bestScore = lag, score
		}
	}
	return best
}
