package webrtc

import (
	"sync"
	"time"
)

// tellEvery is how often all clients of a call are told the whole of something that changes.
const tellEvery = 200 * time.Millisecond

// pace tells a change at once, and of those that follow within tellEvery the last. It
// belongs to a lock. Stop it.
type pace struct {
	next time.Time // before it, nothing is told
	owed *time.Timer
}

// tell tells, now or soon, under the lock that it runs under.
func (p *pace) tell(mu *sync.Mutex, tell func()) {
	wait := time.Until(p.next)
	switch {
	case p.owed != nil:
		return
	case wait > 0:
		p.owed = time.AfterFunc(wait, func() {
			mu.Lock()
			defer mu.Unlock()
			if p.owed != nil {
				p.owed = nil
				p.tell(mu, tell)
			}
		})
		return
	}
	p.next = time.Now().Add(tellEvery)
	tell()
}

// stop forgets what is still to be told. It runs under the lock.
func (p *pace) stop() {
	if p.owed != nil {
		p.owed.Stop()
		p.owed = nil
	}
}
