package transaction

import "errors"

// breaker is a transaction whose stream may close.
type breaker interface{ broken(error) }

// StreamClosed ends the transactions over a stream between two addresses, as its
// LocalAddr and RemoteAddr write them.
func (l *Layer) StreamClosed(local, remote string) {
	l.mu.Lock()
	var list []breaker
	for each := range l.streams[ends{local, remote}] {
		list = append(list, each)
	}
	l.mu.Unlock()
	if len(list) == 0 {
		return
	}
	go func() { // who closes a connection may hold locks
		for _, each := range list {
			each.broken(errClosed)
		}
	}()
}

var errClosed = errors.Join(ErrTransport, errors.New("the connection was closed"))

// hold enters a transaction over a stream, with the lock held. Who calls it takes a
// reference to the stream, without.
func (l *Layer) hold(at ends, by breaker) {
	if at == (ends{}) {
		return
	}
	if l.streams[at] == nil {
		l.streams[at] = make(map[breaker]struct{})
	}
	l.streams[at][by] = struct{}{}
}

// leave takes it out, with the lock held. Who calls it gives the reference back, without.
func (l *Layer) leave(at ends, by breaker) {
	delete(l.streams[at], by)
	if len(l.streams[at]) == 0 {
		delete(l.streams, at)
	}
}

// refer takes a reference to a stream.
func refer(s Stream) {
	if s != nil {
		s.Ref(1)
	}
}

// release gives the reference to a stream back.
func (l *Layer) release(s Stream) {
	if s == nil {
		return
	}
	if _, err := s.TryClose(); err != nil {
		l.cfg.Log.Debug("connection not closed", "error", err)
	}
}
