package main

import (
	"io"
	"sync"
	"time"
)

const (
	// maxLogWaiting is how many bytes of the log may wait to be taken.
	maxLogWaiting = 1 << 20
	// lastLogTime is how long the last lines may take.
	lastLogTime = 2 * time.Second
)

// logBuffer lets a server go on while whoever takes its log stands still, such as a terminal that is paused, or a
// service manager that waits for its disk. Lines wait; those for which there is no room are left out and counted.
type logBuffer struct {
	to   io.Writer
	tell func(leftOut int) // writes to it that lines were left out

	mu      sync.Mutex // held around memory
	waiting []byte
	leftOut int
	closed  bool

	wake chan struct{} // has room for one
	done chan struct{}
}

func newLogBuffer(to io.Writer, tell func(leftOut int)) *logBuffer {
	b := &logBuffer{to: to, tell: tell, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go b.run()
	return b
}

// Write takes a line, and never waits.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	if len(b.waiting)+len(line) > maxLogWaiting || b.closed {
		b.leftOut++
	} else {
		b.waiting = append(b.waiting, line...)
	}
	b.mu.Unlock()
	b.look()
	return len(line), nil
}

// Close returns when all lines were taken, or lastLogTime is over.
func (b *logBuffer) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.look()
	select {
	case <-b.done:
	case <-time.After(lastLogTime):
	}
}

// look lets run look again.
func (b *logBuffer) look() {
	select {
	case b.wake <- struct{}{}:
	default: // a token is there already
	}
}

// run writes what waits, all at once.
func (b *logBuffer) run() {
	defer close(b.done)
	var writing []byte
	for range b.wake {
		b.mu.Lock()
		b.waiting, writing = writing[:0], b.waiting
		leftOut, closed := b.leftOut, b.closed
		b.leftOut = 0
		b.mu.Unlock()
		if len(writing) > 0 {
			_, _ = b.to.Write(writing) // nobody can be told of a log that is not taken
		}
		if leftOut > 0 {
			b.tell(leftOut)
		}
		if closed {
			return
		}
	}
}
