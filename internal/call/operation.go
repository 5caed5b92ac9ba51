package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
)

// operation is accepted work. Its goroutine does what takes time and ends by
// one letter, which carries the event that tells the end.
type operation struct {
	Operation
	conn    *Connection
	alone   *participant // with whom it goes on alone; nil for the main queue
	ctx     context.Context
	cancel  context.CancelFunc
	run     func(*operation) Event // on its own goroutine; returns the terminal event
	tones   chan Tone              // keys that its target presses, for a recognition
	target  *participant           // whose keys it wants
	heard   int                    // keys told of, by a continuous recognition
	aborted func(*operation) Event // the end of expected work where the connection ends first

	interrupted []*music // of hold, that is heard again when it ends
}

// tonesAhead bounds the keys that wait for a recognition to read them.
const tonesAhead = 64

// newOperation accepts work: from here on exactly one terminal event follows.
func (c *Connection) newOperation(kind OperationKind, context_ Context, run func(*operation) Event) *operation {
	op := &operation{
		Operation: Operation{ID: newID(), Kind: kind, Context: context_.Operation, CallbackURI: context_.CallbackURI},
		conn:      c, run: run,
	}
	op.ctx, op.cancel = context.WithCancel(context.Background())
	c.call.publish(OperationAccepted{op.head()})
	return op
}

// Context is what a request wants to find in the events of its operation.
type Context struct {
	Operation   string // operationContext
	CallbackURI string // operationCallbackUri
}

func (op *operation) head() Head { return op.conn.head(op.Operation) }

// start runs the operation.
func (op *operation) start() {
	call := op.conn.call
	call.work.Go(func() {
		end := op.run(op)
		call.post(func() { op.conn.done(op, end) })
	})
}

// enqueue puts an operation at the end of the main queue; an interrupting one
// cancels what runs and waits there.
func (c *Connection) enqueue(op *operation, interrupt bool) {
	if interrupt {
		for _, earlier := range c.queue {
			earlier.cancel()
		}
	}
	c.queue = append(c.queue, op)
	if len(c.queue) == 1 {
		op.start()
	}
}

// alongside starts an operation with one participant, unless another one goes
// on with it.
func (c *Connection) alongside(op func() *operation, with *participant, interrupt bool) error {
	if running := with.sub; running != nil {
		if !interrupt {
			return fault.Precondition("Another media operation is in progress with %s.", with.id).WithCode("8583")
		}
		running.cancel()
	}
	next := op()
	next.alone = with
	with.sub = next
	c.others = append(c.others, next)
	next.start()
	return nil
}

// done publishes the end of an operation and starts the next in the queue.
func (c *Connection) done(op *operation, end Event) {
	op.cancel()
	op.resumeMusic()
	c.call.publish(end)
	if op.alone != nil {
		if op.alone.sub == op {
			op.alone.sub = nil
		}
		c.others = without(c.others, op)
	} else {
		c.queue = without(c.queue, op)
		if len(c.queue) > 0 {
			c.queue[0].start() // a canceled one ends at once
		}
	}
	c.leaveWhenIdle()
}

func without(list []*operation, gone *operation) []*operation {
	for i, op := range list {
		if op == gone {
			return append(list[:i], list[i+1:]...)
		}
	}
	return list
}

// cancelMedia gives up every operation, running or waiting.
func (c *Connection) cancelMedia() {
	for _, op := range c.queue {
		op.cancel()
	}
	for _, op := range c.others {
		op.cancel()
	}
}

// cancelWith gives up what goes on with a participant who left.
func (c *Connection) cancelWith(p *participant) {
	for _, op := range append(append([]*operation(nil), c.queue...), c.others...) {
		if op.alone == p || op.target == p {
			op.cancel()
		}
	}
	if op := c.listening(p); op != nil {
		c.settle(op, op.aborted(op))
	}
}

// CancelAllMedia gives up every media operation of the connection; each ends
// with its own canceled event.
func (c *Connection) CancelAllMedia(ctx context.Context) error {
	return c.whenConnected(ctx, func() error {
		c.cancelMedia()
		return nil
	})
}

// heard passes a key on to every recognition that waits for keys of who pressed it.
func (c *Call) heard(from *participant, tone Tone) {
	c.log.Debug("tone heard", "participant", from.id)
	if c.echo != nil {
		c.passOn(from, tone)
	} else {
		c.passKey(from, tone)
	}
	for _, conn := range c.connections {
		conn.toneReceived(from, tone)
		for _, op := range append(append([]*operation(nil), conn.queue...), conn.others...) {
			if op.tones == nil || op.target != from {
				continue
			}
			select {
			case op.tones <- tone:
			default: // nobody presses so many keys
			}
		}
	}
}
