package delivery

import (
	"context"
	"sync"
)

// attemptLife is the context of one attempt. The scheduler ends it. It is a part of its
// attempt, and its one watcher needs no memory (httpclient.Watched), where contexts of
// package context take seven objects.
type attemptLife struct {
	context.Context // context.Background: there are no values

	mu      sync.Mutex
	cause   error         // why it has ended; nil: it has not
	sent    bool          // there is a connection for its request
	done    chan struct{} // nil until somebody asks
	watcher func()
}

// end ends the attempt, unless it has ended. Nil is no particular cause.
func (l *attemptLife) end(cause error) {
	if cause == nil {
		cause = context.Canceled
	}
	l.mu.Lock()
	if l.cause != nil {
		l.mu.Unlock()
		return
	}
	l.cause = cause
	if l.done != nil {
		close(l.done)
	}
	tell := l.watcher
	l.watcher = nil
	l.mu.Unlock()
	if tell != nil {
		tell()
	}
}

// why is the cause of its end; nil: it has not ended.
func (l *attemptLife) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// Done implements context.Context.
func (l *attemptLife) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.cause != nil {
			close(l.done)
		}
	}
	return l.done
}

// Err implements context.Context.
func (l *attemptLife) Err() error {
	if l.why() != nil {
		return context.Canceled
	}
	return nil
}

// noteSent notes that there is a connection for the request.
func (l *attemptLife) noteSent() {
	l.mu.Lock()
	l.sent = true
	l.mu.Unlock()
}

// isSent reports whether the endpoint has, or is being sent, the request.
func (l *attemptLife) isSent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// Watch implements httpclient.Watched: there is a connection from now on.
func (l *attemptLife) Watch(end func()) {
	l.mu.Lock()
	l.sent = true
	ended := l.cause != nil
	if !ended {
		l.watcher = end
	}
	l.mu.Unlock()
	if ended {
		end()
	}
}

// Unwatch implements httpclient.Watched.
func (l *attemptLife) Unwatch() (inTime bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watcher = nil
	return l.cause == nil
}
