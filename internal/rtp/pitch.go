package rtp

// period is the voice's period just now, in samples.
func (c *concealer) period() int {
	if c.missing { // voice is what is being repeated
		return c.rate * 10
	}
	copy(c.voice, c.memory)
	return c.pitch()
}

// pitch finds the period, 5 to 15 ms, at which the last 20 ms are most like what
// came before: first roughly, on every other sample at 8 kHz, then exactly.
func (c *concealer) pitch() int {
	coarse := c.rate / 4
	best, bestScore := c.rate*5, 0.0
	for lag := c.rate * 5; lag <= c.rate*15; lag += coarse {
		if score := c.likeness(lag, coarse); score > bestScore {
			best, bestScore = lag, score
		}
	}
	from, to := max(best-coarse+1, c.rate*5), min(best+coarse-1, c.rate*15)
	bestScore = 0
	for lag := from; lag <= to; lag++ {
		if score := c.likeness(lag, 1); score > bestScore {
			best, bestScore = lag, score
		}
	}
	return best
}

// likeness compares the last 20 ms with those a lag before; 0 is not alike.
func (c *concealer) likeness(lag, stride int) float64 {
	window := c.rate * 20
	recent := c.voice[c.size-window : c.size]
	before := c.voice[c.size-window-lag : c.size-lag]
	var product, energy int64
	for i := 0; i < len(recent) && i < len(before); i += stride {
		product += int64(recent[i]) * int64(before[i])
		energy += int64(before[i]) * int64(before[i])
	}
	if product <= 0 || energy == 0 {
		return 0
	}
	return float64(product) * float64(product) / float64(energy)
}

// fit finds how long the continuation must go on, less than a period, until pcm
// goes on where it ends: the first place that is nearly as good as the best.
func (c *concealer) fit(pcm []int16) (best int) {
	if !c.missing || c.paused || c.gain() == 0 {
		return 0
	}
	var continued [maxLag + maxBlend]int16
	var likeness [maxLag]int64
	ahead := *c // make moves it on
	window := min(c.rate*5, len(pcm))
	ahead.make(continued[:c.lag+window])
	for at := range c.lag {
		for i, sample := range pcm[:window] {
			likeness[at] += int64(sample) * int64(continued[at+i])
		}
		if likeness[at] > likeness[best] {
			best = at
		}
	}
	enough := likeness[best] / 10 * 9
	for at := range best {
		if likeness[at] > enough && likeness[at+1] <= likeness[at] {
			return at
		}
	}
	return best
}
