package sip

import "sync"

// inTurn does one thing after the other although some have to wait, which is not to hold
// up who asks for them.
type inTurn struct {
	mu   sync.Mutex
	last chan struct{} // closed when the last that waits is done
	left int           // how many are on goroutines of their own
}

// isFull reports whether as much waits as a leg takes from the wire (maxOffered): each may
// wait for a name, and they wait one after the other.
func (o *inTurn) isFull() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left >= maxOffered
}

// isIdle reports whether nothing that was asked for is still to be done.
func (o *inTurn) isIdle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left == 0
}

// do does something at once, or, where it is slow or comes after what is not done yet, on a
// goroutine of its own.
func (o *inTurn) do(work *sync.WaitGroup, slow bool, what func()) {
	o.mu.Lock()
	before := o.last
	if before != nil {
		select {
		case <-before:
			before, o.last = nil, nil
		default:
		}
	}
	if before == nil && !slow {
		o.mu.Unlock()
		what()
		return
	}
	done := make(chan struct{})
	o.last = done
	o.left++
	o.mu.Unlock()
	work.Go(func() {
		defer o.over(done)
		if before != nil {
			<-before
		}
		what()
	})
}

func (o *inTurn) over(done chan struct{}) {
	o.mu.Lock()
	o.left--
	o.mu.Unlock()
	close(done)
}
