package call

import (
	"log/slog"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
)

// A panic in a turn of a call leaves half done what it was about, and nobody knows what else is
// wrong with the call: it is broken. It ends as other calls do, with its events; what cannot end by
// itself any more is cut off. All other calls go on. What panics beside the turn has left the call
// as it was: it fails alone (contain).

// errBroken is why a broken call ends.
var errBroken = Reason{Kind: Failed, Text: "an error of the server ended the call"}

// lastWait is how long legs and work of a broken call may take to tell their end.
const lastWait = 90 * time.Second

// caught is deferred around what is done in a turn.
func (c *Call) caught() {
	cause, held := recover(), c.held
	c.held = nil
	if cause == nil {
		return
	}
	panics.Note(c.log, panics.Call, cause)
	for _, giveBack := range held {
		c.try(giveBack)
	}
	c.breakDown()
}

// runCommand runs a command in a turn. Of one that panics the call is broken.
func runCommand[T any](c *Call, command func() (T, error)) (answer T, err error) {
	err = errNotRun
	defer c.caught()
	return command()
}

// try does one step of the end of a broken call, and reports whether it came to its end.
func (c *Call) try(step func()) bool {
	return panics.Contain(c.log, panics.Call, step, "ending", "broken call") == nil
}

// breakDown ends the call, and cuts off what does not end by that.
func (c *Call) breakDown() {
	for _, e := range c.endpoints {
		if e.stage == arriving && e.port != nil && e.member == nil { // it did not get into the mix
			c.try(func() { closePort(e.port.Port) })
		}
	}
	c.try(func() { c.finish(errBroken, nil) })
	for _, r := range slices.Clone(c.rings) {
		c.try(func() { r.stop(errBroken) })
	}
	c.try(func() { c.endRecording(recordingEnd(errBroken), nil) })
	c.try(c.closeCaptions)
	for _, e := range slices.Clone(c.endpoints) {
		if !c.try(func() { e.breakOff() }) {
			e.stage = gone // its leg cannot even be ended: nothing comes of it any more
		}
	}
	for _, conn := range slices.Clone(c.connections) {
		conn.breakOff()
	}
	c.try(func() { c.tellOver(errBroken) })
	c.try(func() { c.publishEnd(errBroken, c.record.endedBy) })
	c.registry.unname(c)
	for _, r := range append(c.rings, c.decided...) {
		c.registry.forgetRing(r)
	}
	if c.mix != nil {
		c.try(c.mix.Close)
	}
	if !c.broken {
		c.broken = true
		c.after(lastWait, c.letGo)
	}
}

// breakOff ends an endpoint of a broken call. Ending a leg twice is ending it once.
func (e *endpoint) breakOff() {
	e.join = nil
	e.stopRinging()
	switch {
	case e.stage == gone:
	case e.place.isApplication():
		e.stage = gone
	default:
		e.stage = leaving
		if e.ending == nil {
			why := errBroken
			e.ending = &why
		}
		if e.leg != nil {
			e.leg.End(*e.ending)
		}
	}
}

// breakOff ends a connection to a broken call: its operations, which do not tell their ends
// themselves any more, and then itself.
func (c *Connection) breakOff() {
	c.call.try(func() { c.close(errBroken) })
	for _, op := range slices.Clone(c.operations) {
		c.call.try(func() { op.end(op.Kind.Cut(op.head(), errBroken)...) })
	}
	c.operations = nil
	if c.call.try(c.closeWhenIdle); c.state != Disconnected {
		c.state = Disconnected
		c.call.try(func() { c.call.publish(CallDisconnected{c.head(c.originOp), errBroken}) })
	}
	c.call.registry.closed(c)
	c.call.connections = slices.DeleteFunc(c.call.connections, func(other *Connection) bool { return other == c })
}

// letGo gives a broken call up although legs or work have not told their end.
func (c *Call) letGo() {
	left := 0
	for _, e := range c.endpoints {
		if e.leg != nil && e.stage != gone {
			e.stage = gone
			left++
		}
	}
	if left > 0 || c.kept > 0 {
		c.log.Warn("a broken call is given up before all of it has ended", slog.Int("legs", left), slog.Int("waits", c.kept))
	}
	c.kept = 0
}

// disown leaves legs that called us to who brought them: the call that they were to have is broken
// before it has begun.
func (c *Call) disown() {
	c.endpoints = slices.DeleteFunc(c.endpoints, func(e *endpoint) bool { return e.inbound })
}

// contain does something beside the call's turn, such as dialling. Where it panics, it has failed.
func (c *Call) contain(what string, do func() error) error {
	return panics.Try(c.log, panics.Operation, do, "operation", what)
}

// closeBeside closes what ends with the network, for which the call does not wait.
func (c *Call) closeBeside(end func()) {
	c.work.Go(func() { panics.Contain(c.log, panics.Operation, end, "operation", "close") })
}
