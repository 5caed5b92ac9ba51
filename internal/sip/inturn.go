package sip

import "sync"

// inTurn does one thing after the other although some have to wait, which is not to hold
// up who asks for them.
type inTurn struct {
	mu   sync.Mutex
	last chan struct{} // closed when the last that waits is done
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
	o.mu.Unlock()
	work.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		what()
	})
}
