package rtp

// The sizes of concealment at 16 kHz (ITU-T G.711 appendix I).
const (
	maxLag    = 16 * 15             // the longest pitch period, 15 ms: 66 Hz
	maxMemory = 3*maxLag + maxLag/4 // three periods, and a quarter to blend with
	maxBlend  = 16 * 10
)

// concealer continues a voice where packets are missing, in the way of G.711
// appendix I: it repeats the last pitch period, after 10 ms the last two and
// after 20 the last three, so that it does not buzz; towards the end of each
// repetition the quarter of a period before its beginning is blended in. After
// 10 ms it fades, and after 60 it is silent. What comes afterwards is blended
// into it.
//
// The appendix delays all sound by 3.75 ms to blend the first beginning too. Here
// the step that is left there is taken out by an offset that dies away.
type concealer struct {
	rate   int     // samples in a ms
	memory []int16 // what was played last, invented or not; the newest at size
	size   int
	noise  comfortNoise // what a pause sounds like

	missing bool // what follows is only for this
	paused  bool // the peer makes a pause: nothing is lost
	made    int  // samples invented
	step    int  // what the beginning lacks
	settle  int  // samples in which that dies away

	voice   []int16 // memory as it was when it began
	lag     int     // the pitch period
	periods int     // how many are repeated
	at      int     // what of voice comes next
}

func newConcealer(rate int) concealer { return concealerIn(make([]int16, concealerRoom(rate)), rate) }

// concealerRoom is the samples that a concealer of a rate needs.
func concealerRoom(rate int) int { return 2 * (rate * maxMemory / 16000) }

// concealerIn is a concealer in so many samples, which are silent.
func concealerIn(room []int16, rate int) concealer {
	size := len(room) / 2
	return concealer{rate: rate / 1000, size: size, memory: room[:size:size], voice: room[size:]}
}

// inherit takes over what another has heard, at this one's rate, roughly.
func (c *concealer) inherit(former *concealer) {
	for i := range c.size {
		at, rest := i*former.size/c.size, i*former.size%c.size
		here, next := int(former.memory[at]), int(former.memory[min(at+1, former.size-1)])
		c.memory[i] = int16(here + (next-here)*rest/c.size)
	}
}

// take continues where another of the other rate was: what comes is blended into it.
func (c *concealer) take(former *concealer) {
	c.inherit(former)
	c.noise, c.missing = former.noise, false
	c.cut()
}

// hear takes what came over the wire, before it is played. It changes the
// beginning of it if something was missing just before.
func (c *concealer) hear(pcm []int16) {
	if c.missing {
		c.blend(pcm)
		c.missing = false
	}
	c.remember(pcm)
}

// cut says that what comes next does not follow on what was heard last.
func (c *concealer) cut() {
	if !c.missing {
		c.begin()
	}
}

// invent fills pcm with a continuation. It returns false once that has faded
// into silence.
func (c *concealer) invent(pcm []int16) bool {
	if !c.missing || c.paused {
		c.begin()
	}
	if c.gain() == 0 {
		clear(pcm)
		c.remember(pcm)
		return false
	}
	c.make(pcm)
	c.remember(pcm)
	return true
}

// pausing reports whether what is missing now was never sent.
func (c *concealer) pausing() bool { return c.noise.on || c.missing && c.paused }

// pause fills pcm with what the peer wants to be heard while it sends nothing:
// comfort noise, or silence.
func (c *concealer) pause(pcm []int16) {
	if !c.missing || !c.paused {
		c.missing, c.paused, c.made = true, true, 0
		c.step, c.settle = int(c.memory[c.size-1]), c.rate*5
	}
	c.make(pcm)
	c.remember(pcm)
}

// begin prepares a continuation of what was heard.
func (c *concealer) begin() {
	copy(c.voice, c.memory)
	c.missing, c.paused, c.made = true, false, 0
	c.lag, c.periods = c.pitch(), 1
	c.at = c.size - c.lag
	c.step, c.settle = int(c.voice[c.size-1])-int(c.voice[c.at-1]), c.lag/4
}

// make fills pcm with what comes next of a continuation or a pause.
func (c *concealer) make(pcm []int16) {
	if c.paused {
		c.noise.fill(pcm)
	} else {
		c.repeat(pcm)
	}
	for i := range pcm {
		if c.made < c.settle {
			pcm[i] = limited(int(pcm[i]) + c.step*(c.settle-c.made)/c.settle)
		}
		c.made++
	}
}

// repeat fills pcm with the voice's last periods.
func (c *concealer) repeat(pcm []int16) {
	quarter, gain, fade := c.lag/4, c.gain(), c.rate*50
	for i := range pcm {
		sample := int(c.voice[c.at])
		into := c.at - (c.size - quarter)
		if into == 0 {
			c.periods = min(1+(c.made+i)/(c.rate*10), 3)
		}
		if into >= 0 {
			before := int(c.voice[c.at-c.periods*c.lag])
			sample = (sample*(quarter-into) + before*into) / quarter
		}
		if c.at++; c.at == c.size {
			c.at -= c.periods * c.lag
		}
		pcm[i] = int16(sample * gain / fade)
		gain = c.gainAt(c.made + i + 1)
	}
}

// gain is the present loudness of a continuation, of 50 ms in samples.
func (c *concealer) gain() int { return c.gainAt(c.made) }

func (c *concealer) gainAt(made int) int { return min(max(c.rate*60-made, 0), c.rate*50) }

// blend fades from what would have come next to what has come: over a quarter of
// a period, and longer after a long loss.
func (c *concealer) blend(pcm []int16) {
	var continued [maxBlend]int16
	n := c.rate * 5
	if !c.paused {
		n = c.lag/4 + max(c.made/(c.rate*10)-1, 0)*c.rate*4
	}
	n = min(n, c.rate*10, len(pcm))
	c.make(continued[:n])
	for i := range n {
		pcm[i] = int16((int(continued[i])*(n-i) + int(pcm[i])*i) / n)
	}
}

func (c *concealer) remember(pcm []int16) {
	if n := len(pcm); n < c.size {
		copy(c.memory, c.memory[n:])
		copy(c.memory[c.size-n:], pcm)
		return
	}
	copy(c.memory, pcm[len(pcm)-c.size:])
}

func limited(sample int) int16 { return int16(min(max(sample, -1<<15), 1<<15-1)) }
