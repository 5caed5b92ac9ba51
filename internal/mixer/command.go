package mixer

import "sync/atomic"

// command is what somebody wants done on a shard's thread.
type command struct {
	run  func(s *shard)
	next *command
}

// orders is the list of commands that wait for a shard. Many may push; the
// shard takes all of them with one atomic swap and so holds no mutex.
type orders struct {
	head atomic.Pointer[command]
	wake chan struct{} // one token: something has been pushed
}

// sealed heads a list that takes no more commands.
var sealed = new(command)

func newOrders() orders { return orders{wake: make(chan struct{}, 1)} }

// push adds a command. It returns false, and forgets the command, if the shard
// has stopped.
func (o *orders) push(run func(*shard)) bool {
	c := &command{run: run}
	for {
		c.next = o.head.Load()
		if c.next == sealed {
			return false
		}
		if o.head.CompareAndSwap(c.next, c) {
			break
		}
	}
	select {
	case o.wake <- struct{}{}:
	default: // a token is there already
	}
	return true
}

// take returns the waiting commands, oldest first.
func (o *orders) take() *command {
	if o.head.Load() == nil { // the usual case, without a locked instruction
		return nil
	}
	return reversed(o.head.Swap(nil))
}

// seal ends the list and returns what still waits, oldest first.
func (o *orders) seal() *command { return reversed(o.head.Swap(sealed)) }

func reversed(c *command) *command {
	var first *command
	for c != nil && c != sealed {
		c.next, first, c = first, c, c.next
	}
	return first
}
