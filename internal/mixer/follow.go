package mixer

import "time"

// A packet waits from its arrival until the next tick of its call. So a call is
// walked in the phase that comes soonest after its legs' packets, which a call of
// two or of one and an application halves, and more.
//
// A mix moves to an earlier moment: its next frame comes after 5, 10 or 15 ms instead of
// 20, once. What would have waited longest then waits least. Where packets come ever later,
// since the clock of their sender is slow, it moves later instead, by 5 ms: that leads to
// the same phase as 15 ms earlier, for which a leg would have to invent a frame each time.
const (
	followTicks = 50                   // between two looks at a mix: a second
	maxPause    = 16                   // looks without a move after a move, at most; each move doubles it
	laterPause  = 8                    // the same after a move to a later moment: a clock 600 ppm slow is followed
	safety      = 2 * time.Millisecond // packets shall have been there so long, lest a little jitter makes them late
	edge        = safety / 4           // the same where a mix is already
	worthIt     = 3 * time.Millisecond // for each leg, to move at all
	crowding    = 8                    // mixes that a phase may have more than twice its share
)

// arriving is a port whose sound comes in packets. Waited returns how long the
// newest of it had been there when it was read, of nearly all since Waited was last
// called, and less than nothing if some came after the tick; false if too little came, or
// at any moment. It is called on the shard.
type arriving interface {
	Waited() (time.Duration, bool)
}

// follow moves a mix to the phase that suits its legs' arrivals, now and then.
func (s *shard) follow(m *Mix) {
	if m.now%followTicks != 0 || len(m.members) == 0 {
		return
	}
	earlier, later := m.earlier()
	if m.pause > 0 { // one that moves again and again has nothing to find
		m.pause--
		return
	}
	to := (m.phase + phases - earlier) % phases
	if earlier == 0 || len(s.mixes[to]) > 2*s.share()+crowding {
		return
	}
	s.mixes[m.phase] = without(s.mixes[m.phase], m)
	m.phase = to
	s.mixes[to] = append(s.mixes[to], m)
	s.moved.Add(1)
	m.moves++
	m.pause = min(1<<min(m.moves, 8), maxPause)
	if later {
		m.rests, m.pause = true, min(m.pause, laterPause)
	}
}

// share is how many mixes each phase has on average.
func (s *shard) share() int {
	all := 0
	for _, list := range s.mixes {
		all += len(list)
	}
	return all / phases
}

// earlier returns by how many wakes the mix's packets would like to be taken
// sooner. later: they are as well off one wake later, which is the same phase as the
// greatest number.
func (m *Mix) earlier() (best int, later bool) {
	var waits [phases]time.Duration // of all legs together, by that number
	var rested time.Duration        // the same one wake later
	legs := 0
	for _, mb := range m.members {
		if mb.arriving == nil {
			continue
		}
		waited, known := mb.arriving.Waited()
		if !known {
			continue
		}
		legs++
		rested += waited + wakeEvery
		for k := range waits {
			waits[k] += waitedEarlier(waited, k)
		}
	}
	for k := range waits {
		if waits[k] < waits[best] {
			best = k
		}
	}
	if waits[0]-waits[best] < time.Duration(legs)*worthIt {
		return 0, false
	}
	return best, best == phases-1 && rested <= waits[best]
}

// waitedEarlier is how long a packet would wait if its tick came some wakes sooner:
// if that is before the packet, it waits for the tick after it.
func waitedEarlier(waited time.Duration, wakes int) time.Duration {
	least := safety
	if wakes == 0 {
		least = edge
	}
	if waited -= time.Duration(wakes) * wakeEvery; waited < least {
		waited += phases * wakeEvery
	}
	return waited
}
