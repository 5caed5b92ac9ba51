package inbox

// Signal wakes one goroutine that has something to look at. Signals that come
// before it has looked are one. The goroutine receives from it: <-s.
type Signal chan struct{}

// NewSignal makes a signal that is not set.
func NewSignal() Signal { return make(Signal, 1) }

// Set wakes the goroutine, or lets it not fall asleep. It never blocks.
func (s Signal) Set() {
	select {
	case s <- struct{}{}:
	default: // it is set already
	}
}
