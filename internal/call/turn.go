package call

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/stack"
)

// message is what is to be done in a call, or a report of a leg, which needs no function
// of its own.
type message struct {
	do     func()
	leg    *endpoint // whose report it is; nil where there is something to do
	report Report
}

// read reads a message. Of one that panics the call is broken.
func (c *Call) read(m message) {
	defer c.caught()
	if m.leg != nil {
		m.leg.read(m.report)
		return
	}
	m.do()
}

// post queues news and has it read. It never blocks, whatever lock its caller holds. It
// returns false, and the news is dropped, where the call is over.
func (c *Call) post(read func()) bool { return c.put(message{do: read}) }

// put queues a message. Who works on the call reads it before the turn is free; while
// nobody does, a goroutine is made for it.
func (c *Call) put(m message) bool {
	if !c.mail.Put(m) {
		return false
	}
	if c.turn.TryLock() {
		go func() {
			stack.Grow()
			c.workOff()
		}()
	}
	return true
}

// putHere is put for a goroutine that holds no lock and has time: it reads the message
// itself while nobody else works on the call, so that no other has to be woken.
func (c *Call) putHere(m message) bool {
	if !c.mail.Put(m) {
		return false
	}
	if c.turn.TryLock() {
		c.workOff()
	}
	return true
}

// workOff reads what has come and ends the turn.
func (c *Call) workOff() {
	defer c.endTurn()
	c.readMail()
}

// endTurn gives the turn back, after what has come meanwhile.
func (c *Call) endTurn() {
	for c.giveBack() {
		c.readMail()
	}
}

// readMail reads what has come, oldest first. turn is held.
func (c *Call) readMail() {
	for m := range c.mail.Take {
		c.read(m)
	}
}

// giveBack ends a turn. It returns true, and turn is held again, where a message came of
// which nobody else knows: who put it found turn held.
func (c *Call) giveBack() (again bool) {
	over := c.finished() && !c.shut
	if over {
		c.mail.Seal()
		c.readMail() // it finds a call that has ended
		c.shut = true
	}
	answering := c.answering
	c.answering = nil
	c.turn.Unlock()
	if answering != nil {
		answering.WorkHere()
	}
	if over {
		c.leave()
	}
	return c.mail.IsWaiting() && c.turn.TryLock()
}

// ask runs a command in its turn and returns its answer. The command either runs to
// its end, and ask returns what it returned, or does not run at all: the call is over,
// or ctx was done before. Its wait does not depend on ctx: who works on a call touches
// memory alone and never blocks, and a command that nobody waited for would still
// change the call. While nobody works on the call, who asks does, so that no other
// goroutine has to be woken.
func ask[T any](ctx context.Context, c *Call, command func() (T, error)) (answer T, err error) {
	if ctx.Err() != nil {
		return answer, context.Cause(ctx)
	}
	if c.turn.TryLock() {
		return runNow(c, command)
	}
	var got reply[T]
	got.there.Add(1)
	if !c.putHere(message{do: func() {
		defer got.there.Done()
		got.value, got.err = runCommand(c, command)
	}}) {
		return answer, errCallOver()
	}
	got.there.Wait()
	return got.value, got.err
}

// errNotRun answers a command that panicked.
var errNotRun = errors.New("call: the command did not run to its end")

// runNow runs a command on the goroutine that asks, which holds turn, after what came
// before it.
func runNow[T any](c *Call, command func() (T, error)) (answer T, err error) {
	defer c.endTurn()
	if c.shut {
		return answer, errCallOver()
	}
	c.readMail()
	return runCommand(c, command)
}

// reply is what a command will have returned.
type reply[T any] struct {
	value T
	err   error
	there sync.WaitGroup
}

// do is ask for a command that has nothing to return.
func (c *Call) do(ctx context.Context, command func() error) error {
	_, err := ask(ctx, c, func() (struct{}, error) { return struct{}{}, command() })
	return err
}

// after reads a message when a time has passed, unless the timer is stopped.
func (c *Call) after(d time.Duration, read func()) *time.Timer {
	return time.AfterFunc(d, func() { c.putHere(message{do: read}) })
}

// afterFor is after for a method of what the message is for: no value of it is made before.
func afterFor[T any](c *Call, d time.Duration, what *T, read func(*T)) *time.Timer {
	return time.AfterFunc(d, func() { c.putHere(message{do: func() { read(what) }}) })
}
