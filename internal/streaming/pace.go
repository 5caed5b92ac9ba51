package streaming

import "github.com/switchhook/switchhook/internal/audio"

// An application that speaks as somebody else does, such as one that passes on another call,
// sends by a clock that is not ours. pace keeps what waits then from running out, and from
// becoming a delay, by periods of the sound that are heard twice or left out. What an
// application sends at once, such as a sentence, grows less while it is played: it stays
// as it is.
const (
	paceWindow = 5 * audio.FramesPerSecond // frames that are looked at together
	paceSpread = playoutRate / 5           // what waits varies by less in it, if it comes as it is said: 200 ms
	paceLeast  = playoutRate * 30 / 1000   // less than that, the present frame included, is about to run out
	paceMost   = playoutRate * 240 / 1000  // more than that all the time is a delay: gaps ask for steadierWait
	paceRest   = audio.FramesPerSecond     // frames between two changes

	shortLag = playoutRate / 200 // 5 ms: also how long one sound fades into the other
	longLag  = playoutRate / 50  // 20 ms
)

// pace is what is known of how an application's sound comes. It is the reader's.
type pace struct {
	least, most uint64 // that waited in the present window
	frames      int    // of it
	even        bool   // the window before was of sound that comes as it is said
	rest        int    // frames until it may be changed again
	before      [longLag]int16
}

// begin forgets what came before a gap or an end.
func (p *pace) begin() { p.frames, p.even, p.rest = 0, false, 0 }

// look takes note of what waits, and returns whether sound is to be heard twice, or left out.
func (p *pace) look(waiting uint64) (twice, out bool) {
	if p.frames == 0 {
		p.least, p.most = waiting, waiting
	}
	p.least, p.most = min(p.least, waiting), max(p.most, waiting)
	p.frames++
	p.rest = max(p.rest-1, 0)
	even := p.most-p.least < paceSpread
	switch {
	case p.rest > 0:
	case even && p.even && waiting < paceLeast:
		twice = true
	case even && p.even && p.frames == paceWindow && p.least > paceMost:
		out = true
	}
	if p.frames == paceWindow {
		p.frames, p.even = 0, even
	}
	if twice || out {
		p.rest = paceRest
	}
	return twice, out
}

// playAt plays what is there, so much, and keeps the application's pace.
func (p *playout) playAt(waiting uint64, f []int16) bool {
	twice, out := p.pace.look(waiting)
	switch {
	case twice && waiting >= shortLag:
		p.repeat(f, waiting)
	case out:
		p.leaveOut(f)
	default:
		return p.play(f, false)
	}
	p.steady++
	p.last, p.fallen = f[len(f)-1], 0
	copy(p.pace.before[:], f)
	return true
}

// repeat plays a frame of which the beginning is what was heard last, again: at the distance
// at which that is most like what follows, and so much of it that what waits fills the rest.
func (p *playout) repeat(f []int16, waiting uint64) {
	var next [longLag]int16
	p.peek(next[:])
	before := p.pace.before[:]
	least := max(shortLag, len(f)-int(min(waiting, longLag)))
	lag := likest(least, func(lag, i int) int { return int(next[i]) - int(before[longLag-lag+i]) })
	again := before[longLag-lag:]
	copy(f, again)
	for i := range shortLag {
		f[i] = int16((int(next[i])*(shortLag-i) + int(again[i])*i) / shortLag)
	}
	p.copy(f[lag:])
}

// leaveOut plays a frame behind what is left out, at the distance at which the two are most
// alike.
func (p *playout) leaveOut(f []int16) {
	var next [2 * longLag]int16
	p.peek(next[:])
	lag := likest(shortLag, func(lag, i int) int { return int(next[i]) - int(next[lag+i]) })
	copy(f, next[lag:])
	for i := range shortLag {
		f[i] = int16((int(next[i])*(shortLag-i) + int(next[lag+i])*i) / shortLag)
	}
	p.copy(next[:lag+len(f)]) // which has been played
}

// likest returns the distance, from one of 5 ms at least up to 20 ms, at which two sounds
// differ least.
func likest(from int, difference func(lag, i int) int) (best int) {
	least := -1
	for lag := from; lag <= longLag; lag++ {
		sum := 0
		for i := range shortLag {
			d := difference(lag, i)
			sum += max(d, -d)
		}
		if least < 0 || sum < least {
			least, best = sum, lag
		}
	}
	return best
}
