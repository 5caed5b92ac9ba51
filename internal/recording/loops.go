package recording

import (
	"time"
)

// keepListening makes samples of what was heard, of all recordings.
func (l *Library) keepListening() {
	for {
		select { // nothing is to be done before there is a recording
		case <-l.look:
		case <-l.life.Done():
			return
		}
		for going := l.list(); len(going) > 0; going = l.list() {
			for _, r := range going {
				if !r.silent && r.listener.listen() {
					r.silent = true
					r.give(step{end: true})
				}
			}
			wake(l.write)
			if !l.sleepOr(listenEvery, l.look) {
				return
			}
		}
	}
}

// keepWriting writes the samples, of all recordings.
func (l *Library) keepWriting() {
	for {
		select {
		case <-l.write:
		case <-l.life.Done():
			return
		}
		for _, r := range l.list() {
			if r.writer.write() {
				l.finishing.Go(func() { l.finish(r) })
			}
		}
		l.checkSpace()
	}
}

// finish completes a recording, while others are written. If the library is closed
// meanwhile, the next process completes it.
func (l *Library) finish(r *Recording) {
	if err := l.inTurn(l.enders, func() error { r.writer.finish(); return nil }); err != nil {
		return
	}
	l.announceSoon(r.writer.record)
	l.remove(r)
}

// checkSpace ends recordings before the disk is full.
func (l *Library) checkSpace() {
	going := l.list()
	if len(going) == 0 {
		return
	}
	if err := l.space(); err != nil {
		for _, r := range going {
			if !r.writer.done {
				r.writer.check(err)
			}
		}
	}
}

// lookSoon has the listening goroutine look at once.
func (l *Library) lookSoon() { wake(l.look) }

func wake(signal chan struct{}) {
	select {
	case signal <- struct{}{}:
	default: // a token is there already
	}
}

// sleep waits; false: the library is closed.
func (l *Library) sleep(d time.Duration) bool { return l.sleepOr(d, nil) }

// sleepOr waits for a signal, or for a time.
func (l *Library) sleepOr(d time.Duration, signal chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-signal:
	case <-l.life.Done():
		return false
	}
	return true
}
