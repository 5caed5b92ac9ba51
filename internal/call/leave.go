package call

import (
	"sync"
	"sync/atomic"
)

// finished reports whether nothing is left to do in a call: it has ended, the last leg has
// reported its end and the last connection has told its application.
func (c *Call) finished() bool {
	if !c.ended || c.kept > 0 || len(c.connections) > 0 {
		return false
	}
	for _, e := range c.endpoints {
		if e.leg != nil && e.stage != gone {
			return false
		}
	}
	return true
}

// keep lets the call stay for a message that will come, even where it ends before. The
// message calls release, once.
func (c *Call) keep() (release func()) {
	c.kept++
	return func() { c.kept-- }
}

// leave forgets a call in which nothing more is done, once its slow work has stopped.
func (c *Call) leave() {
	if c.work.isDone() {
		c.unlist()
		return
	}
	go func() {
		c.work.wait()
		c.unlist()
	}()
}

func (c *Call) unlist() {
	c.try(c.publishDetail)
	c.registry.gone(c)
}

// slowWork is what is done beside a call, each on a goroutine of its own.
type slowWork struct {
	all  sync.WaitGroup
	left atomic.Int32
}

// Go does something beside the call.
func (w *slowWork) Go(what func()) {
	w.left.Add(1)
	w.all.Go(func() {
		defer w.left.Add(-1)
		what()
	})
}

// isDone reports whether all that was begun has stopped. Nothing must begin meanwhile.
func (w *slowWork) isDone() bool { return w.left.Load() == 0 }

func (w *slowWork) wait() { w.all.Wait() }
