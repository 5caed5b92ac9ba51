package call

import (
	"context"
	"slices"
)

// expect accepts work whose end comes as news of the call rather than from a
// goroutine of its own. aborted makes its terminal event where the connection
// ends first.
func (c *Connection) expect(kind OperationKind, about string, what Context, aborted func(*operation) Event) *operation {
	op := &operation{
		Operation: Operation{ID: newID(), Kind: kind, Context: what.Operation, CallbackURI: what.CallbackURI, About: about},
		conn:      c, aborted: aborted,
	}
	op.ctx, op.cancel = context.WithCancel(context.Background())
	c.expected = append(c.expected, op)
	c.call.publish(OperationAccepted{op.head()})
	return op
}

// settle publishes the end of expected work, once.
func (c *Connection) settle(op *operation, end Event) {
	if c.withdraw(op) {
		c.call.publish(end)
		c.leaveWhenIdle()
	}
}

// withdraw forgets expected work; false where it has ended already. Some event
// must tell its end.
func (c *Connection) withdraw(op *operation) bool {
	at := slices.Index(c.expected, op)
	if at < 0 {
		return false
	}
	c.expected = slices.Delete(c.expected, at, at+1)
	op.cancel()
	return true
}

// abort ends all expected work, because the connection ends.
func (c *Connection) abort() {
	for len(c.expected) > 0 {
		op := c.expected[0]
		c.settle(op, op.aborted(op))
	}
}
