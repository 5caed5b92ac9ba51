package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// transferOut hands one of a group over: the target is called in a call of its
// own, and the transferee moves there when it has answered. The group and its
// application stay.
func (c *Connection) transferOut(t Transfer, in Invitation, transferee *participant) error {
	if transferee.isApplication() {
		in.giveBack()
		return fault.Invalid("%s is an application's end of the call; applications cannot be transferred out of a group.", transferee.id).WithCode("8523")
	}
	if err := c.call.registry.Ready(); err != nil {
		in.giveBack()
		return err
	}
	op := c.expectTransfer(t)
	c.refer(op, t, in, transferee, func() error { return c.meetApart(op, t, in, transferee) })
	return nil
}

// meetApart calls the target in a call of its own and lets the transferee follow.
func (c *Connection) meetApart(op *operation, t Transfer, in Invitation, transferee *participant) error {
	apart, err := c.call.registry.start()
	if err != nil {
		in.giveBack()
		return err
	}
	who := transferee.id
	answered := false // of apart's goroutine
	apart.post(func() {
		apart.record.startedBy = who
		apart.invite(in, apart.registry.transferPatience(t.Target), &joining{
			up: func(*participant) {
				answered = true
				c.follow(op, t, who, apart)
			},
			down: func(_ *participant, why Reason) {
				apart.finish(why, nil)
				c.call.post(func() { c.settle(op, CallTransferFailed{op.head(), why}) })
			},
		})
	})
	context.AfterFunc(op.ctx, func() { // the group ended meanwhile: nobody will come
		apart.post(func() {
			if !answered {
				apart.finish(Reason{Kind: Canceled, Text: "the call that was to be transferred ended"}, nil)
			}
		})
	})
	return nil
}

// follow lets the transferee go to the target, which has answered. It runs on
// the goroutine of the call apart.
func (c *Connection) follow(op *operation, t Transfer, who identifier.ID, apart *Call) {
	apart.dialling++ // the transferee is on the way
	into := &transit{to: apart, join: &joining{
		up:   func(*participant) { apart.bounded() },
		down: func(_ *participant, why Reason) { apart.finish(why, nil) },
	}}
	gone := Reason{Kind: NotFound, Text: "the transferee left before the target answered"}
	apart.work.Go(func() {
		err := c.call.do(context.Background(), func() error {
			if err := c.call.handOver(who, into); err != nil {
				c.settle(op, CallTransferFailed{op.head(), gone})
				return err
			}
			c.settle(op, CallTransferAccepted{op.head(), t.Target, who})
			return nil
		})
		if err != nil {
			apart.post(func() {
				apart.dialling--
				apart.finish(gone, nil)
			})
		}
	})
}
