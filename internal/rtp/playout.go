package rtp

import "time"

// Times of the playout, in ms.
const (
	maxDepth   = 200   // more than that is thrown away, beside the parts of a long packet
	jumpLimit  = 1000  // a timestamp further ahead belongs to a clock that jumped
	overlap    = 20    // and so does the newest packet's, if it lies further back
	patience   = 4000  // how long packets must have come early for the delay to shrink
	patienceAt = 2000  // the same at first
	patienceUp = 64000 // at most, after packets have come too late again and again
)

// playout turns packets that come when they like into a frame every 20 ms. Its
// clock is the caller's: each call of frame is 20 ms.
//
// Timestamps rule. next is the one to be decoded next; it runs on while nothing
// is there, and a packet that arrives behind it moves it back, as far as floor,
// the end of what has been decoded: so a late network makes the delay longer at
// once. If it was replaced, and it was no stray, whole pitch periods are put in. When
// all packets of several seconds came early enough, by more than the jitter, up to 20 ms
// of whole pitch periods are left out: so the delay shrinks again, and a peer's clock
// that runs fast or slow cannot make it grow.
type playout struct {
	formats [maxFormats]format // what may come, and what might once; packets name theirs
	known   int                // how many there are
	format  *format            // of what was decoded last
	clock   int                // of timestamps, in Hz
	rate    int                // of the sound, in Hz
	buffer  jitterBuffer
	conceal concealer // at that rate
	other   concealer // at the other one, if any codec has it

	room         *soundRoom // of the first codecs' concealers and samples
	decoded      []int16    // from at to end: decoded and not yet played
	whole        []byte     // room for a payload that cannot be decoded in pieces
	at, end      int
	next         uint32
	floor        uint32
	lastSequence uint16 // of what was decoded last
	beside       uint16 // ms of the newest packet's parts, but for the last one: they come at once
	positioned   bool   // next, floor and lastSequence mean something
	started      bool
	fading       bool // nothing has been heard yet since a restart, but before it
	stretched    bool // what was invented took no packet's place
	more         int  // samples to invent until its end meets what came, or so that the delay grows
	dry          int  // ms since there was something to decode
	packetMillis int  // of the packet decoded last
	leading      int  // samples to leave out of what is decoded next

	configured time.Duration // Config.Depth
	ahead      time.Duration // that the first packet of a spurt has waited
	lacking    time.Duration // that packets had too little of it: the delay is to grow by it
	spare      time.Duration // that all packets of the window could have waited less
	window     int           // ms of watching that
	patience   int           // ms to watch it
	jitter     time.Duration // of the packet that came last
	inTime     int           // packets since one was too late
	thrown     uint64        // packets that were thrown away because too much waited

	comfortFrom uint32 // the timestamp of the last comfort noise
}

// sound says what a frame is made of.
type sound uint8

const (
	nothing  sound = iota // silence
	noise                 // comfort noise alone
	speech                // what came over the wire
	invented              // at least partly concealment
)

// clear makes ready for another stream, after a silence.
func (p *playout) clear() {
	p.nextStream()
	p.fading = false
}

// nextStream makes ready for another stream that takes the present one's place.
func (p *playout) nextStream() {
	p.conceal.noise.on = false
	p.inTime = 0
	p.restart()
}

// restart forgets what waits: what comes has another clock.
func (p *playout) restart() {
	p.fading = p.fading || p.started
	p.buffer.reset()
	p.at, p.end = 0, 0
	p.positioned, p.started, p.ahead, p.dry = false, false, 0, 0
	p.stretched, p.more, p.lacking = false, 0, 0
	p.watch()
}

// rememberNoise takes a payload of comfort noise: from its time on the peer is silent.
func (p *playout) rememberNoise(h header, payload []byte) {
	p.comfortFrom = h.timestamp
	p.conceal.noise.configure(payload)
}

func (p *playout) ms(ticks int32) int { return int(ticks) * 1000 / p.clock }
func (p *playout) duration(ticks uint32) time.Duration {
	return time.Duration(int32(ticks)) * time.Second / time.Duration(p.clock)
}
func (p *playout) samplesIn(d time.Duration) int { return int(d * time.Duration(p.rate) / time.Second) }
func (p *playout) ticksOf(samples int) uint32 {
	return uint32(samples * p.clock / p.rate)
}
func (p *playout) samplesOf(ticks int32) int {
	return int(ticks) * p.rate / p.clock
}

// depth is how much sound waits, in ms.
func (p *playout) depth() int {
	waiting := p.ticksOf(p.end - p.at)
	if first := p.buffer.first(); first != nil {
		from := p.next
		if !p.started {
			from = first.timestamp // next is of the former spurt
		}
		waiting += p.buffer.last().end() - from
	}
	return p.ms(int32(waiting))
}

// frame makes the next 20 ms. quiet says that a gap is no loss but silence: the
// peer is sending a tone.
func (p *playout) frame(dst []int16, quiet bool) sound {
	if !p.started && !p.start() {
		if p.fading = p.fading && p.conceal.invent(dst); p.fading {
			return invented
		}
		return p.rest(dst)
	}
	p.fading = false
	if p.depth() > maxDepth+int(p.beside) {
		p.catchUp()
	}
	p.grow()
	made := p.fill(dst, quiet)
	p.shrink(dst)
	return made
}

// start begins a talk spurt when its first packet has waited long enough.
func (p *playout) start() bool {
	first := p.buffer.first()
	if first == nil {
		return false
	}
	packet := time.Duration(p.lengthOf(first)) * time.Millisecond
	waiting := p.duration(p.buffer.last().end()-first.timestamp) - packet
	if max(p.ahead, waiting) < p.collected(packet) {
		p.ahead += frameTime
		return false
	}
	p.next, p.floor, p.lastSequence = first.timestamp, first.timestamp, first.sequence-1
	p.positioned, p.started, p.ahead, p.dry = true, true, 0, 0
	p.watch()
	return true
}

// lengthOf is how long the first packet that waits is, in ms. Where it is a part, it is one of a
// packet as long as the newest.
func (p *playout) lengthOf(first *slot) int {
	if p.beside == 0 {
		return p.ms(first.ticks)
	}
	return int(p.beside) + p.ms(p.buffer.last().ticks)
}
