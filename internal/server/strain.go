package server

import "time"

// manyUnwritten is the number of events that may wait for the journal before new
// calls are refused: some pages, each a write to the disk.
const manyUnwritten = 2048

// longWait is the mean waiting time for applications above which new calls are
// refused: calls come faster than applications take them, and further ones would
// ring without an answer.
const longWait = 300 * time.Millisecond

// strain is the load of the parts that a call needs, as a share of what they can
// take: the mixer, the journal of events, and the applications.
func (p *parts) strain() float64 {
	return max(p.mixer.Strain(),
		float64(p.deliveries.Unwritten())/manyUnwritten,
		float64(p.deliveries.Waits())/float64(longWait))
}
