package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// stopState is how far a Stop has come:
//
//	running → draining → idle → stopped
//	              └───────────────↑
//
// Draining, what is due before the deadline is still sent. Idle, nothing is.
// Stopped, no attempt starts any more.
type stopState byte

const (
	running stopState = iota
	draining
	idle
	stopped
)

// stopping is what the scheduler knows of a Stop.
type stopping struct {
	state    stopState
	deadline time.Time     // zero: none
	idle     chan struct{} // closed when it is idle
}

func (e *Engine) isStopped() bool { return e.stopping.state == stopped }

var errStopping = errors.New("the server is stopping")

// stopGrace is what the journal's last writing may take beyond Stop's context.
const stopGrace = 2 * time.Second

// Stop delivers for as long as ctx allows and something is due by then; the
// rest stays in the journal for the next process. It fails if something could
// not be journalled.
func (e *Engine) Stop(ctx context.Context) error {
	if !e.started.CompareAndSwap(true, false) {
		return nil
	}
	journalErr := e.journal.Flush(ctx)
	e.drain(ctx)
	e.inTurn(func() { // no other attempt begins
		for a := range e.sending {
			a.life.end(errStopping)
		}
	})
	e.work.Wait()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	release := context.AfterFunc(grace, func() { e.writing.end(errStopping) })
	e.undeliverable.close()
	e.handovers.Wait()
	e.inTurn(e.journal.RewriteStale)
	e.journal.Seal()
	e.writer.Wait()
	e.archiving.end(errStopping)
	e.archivists.Wait()
	release()
	e.endTurns()
	e.resuming.Wait()
	e.writing.end(nil)
	if lost := e.journal.Unwritten(); lost > 0 {
		e.log.Error("stopped with events that are not in the journal", "records", lost)
		return errors.Join(journalErr, fmt.Errorf("%d records are not in the journal", lost))
	}
	return e.journal.Close(grace)
}

// drain waits until nothing is due before ctx ends; after it no attempt starts.
func (e *Engine) drain(ctx context.Context) {
	s := stopping{state: draining, idle: make(chan struct{})}
	s.deadline, _ = ctx.Deadline()
	e.inTurn(func() { e.stopping = s })
	select {
	case <-s.idle:
	case <-ctx.Done():
	}
	e.inTurn(func() { e.stopping.state = stopped })
}

// checkStop tells Stop when nothing more can be delivered in time.
func (e *Engine) checkStop() {
	s := &e.stopping
	if s.state != draining || e.inFlight+e.inLanes+e.inQueues > 0 {
		return
	}
	if next, ok := e.retries.next(); ok && (s.deadline.IsZero() || next.Before(s.deadline)) {
		return
	}
	s.state = idle
	close(s.idle)
}
