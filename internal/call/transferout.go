package call

import (
	"context"
	"sync"

	"github.com/switchhook/switchhook/internal/identifier"
)

// transferOut hands one of a group over: the target is called in a call of its
// own, and the transferee moves there when it has answered. The group and its
// application stay.
func (c *Connection) transferOut(t Transfer, in Invitation, transferee *participant) error {
	if transferee.isApplication() {
		in.giveBack()
		return NotTransferable.because("%s is an application's end of the call; applications cannot be transferred out of a group.", transferee.id)
	}
	if err := c.call.registry.Ready(); err != nil {
		in.giveBack()
		return err
	}
	op := c.beginTransfer(t)
	c.refer(op, t, in, transferee, func() error { return c.meetApart(op, t, in, transferee) })
	return nil
}

// meetApart calls the target in a call of its own and lets the transferee follow.
func (c *Connection) meetApart(op *operation, t Transfer, in Invitation, transferee *participant) error {
	who := transferee.id
	err := c.call.registry.begin(func(apart *Call) {
		apart.hold(in)
		answered := false // belongs to apart's turn
		apart.record.startedBy = who
		apart.over = func(why Reason) { // however it ends before the transferee has come
			c.call.post(func() { op.end(CallTransferFailed{op.head(), why}) })
		}
		apart.invite(in, apart.registry.transferPatience(t.Target), &join{
			up: func(*endpoint) {
				answered = true
				c.follow(op, t, who, apart)
			},
			down: func(_ *endpoint, why Reason) {
				apart.finish(why, nil)
			},
		})
		context.AfterFunc(op.ctx, func() { // the group ended meanwhile: nobody will come
			apart.post(func() {
				if !answered {
					apart.finish(Reason{Kind: Canceled, Text: "the call that was to be transferred ended"}, nil)
				}
			})
		})
	})
	if err != nil {
		in.giveBack()
	}
	return err
}

// follow lets the transferee go to the target, which has answered. It runs in a
// turn of the call apart.
func (c *Connection) follow(op *operation, t Transfer, who identifier.ID, apart *Call) {
	release := sync.OnceFunc(apart.keep()) // the transferee is on the way; a hand-over that panics may have begun
	into := &transit{to: apart, release: release, join: &join{
		up: func(*endpoint) {
			apart.over = nil // of the group, whose memory would live as long as this call
			apart.limitDuration()
		},
		down: func(_ *endpoint, why Reason) { apart.finish(why, nil) },
	}}
	gone := Reason{Kind: NotFound, Text: "the transferee left before the target answered"}
	apart.work.Go(func() {
		err := c.call.do(context.Background(), func() error {
			if _, err := c.call.named(who); err != nil {
				op.end(CallTransferFailed{op.head(), gone})
				return err
			}
			if !op.end(CallTransferAccepted{op.head(), t.Target, who}) { // the target has hung up meanwhile
				return errCallOver()
			}
			return c.call.handOver(who, into) // last: the group ends with the last to leave it
		})
		if err != nil {
			apart.post(func() {
				release()
				apart.finish(gone, nil)
			})
		}
	})
}
