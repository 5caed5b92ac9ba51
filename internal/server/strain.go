package server

import "time"

// manyUnwritten is how many events may wait for the journal before new calls
// only make it worse: some pages, each a write to the disk.
const manyUnwritten = 2048

// longWait is the mean time in line for applications at which calls come faster
// than applications take them: who is let in then only rings for nobody.
const longWait = 300 * time.Millisecond

// strain is how much the parts behind the phones suffer: the sound of running
// calls, the journal that each call's events must reach, and the applications.
func (p *parts) strain() float64 {
	return max(p.mixer.Strain(),
		float64(p.deliveries.Unwritten())/manyUnwritten,
		float64(p.deliveries.Waits())/float64(longWait))
}
