package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// lane is where an operation waits for its turn.
type lane uint8

const (
	besideLane lane = iota // nowhere: it starts at once and disturbs no other
	mainLane               // the connection's main media queue: one after the other
	aloneLane              // with single participants: it starts at once, or is refused while another goes on with one of them
)

// startNext lets the first operation of the main lane run.
func (c *Connection) startNext() {
	for _, op := range c.operations {
		if op.lane == mainLane {
			if op.state == waiting {
				op.start() // a canceled one ends at once
			}
			return
		}
	}
}

// maxQueued bounds the main lane: an application that plays in a loop of its own, and does
// not wait for the end, would fill the memory of all.
const maxQueued = 1000

// queue puts work at the end of the main lane; interrupting work cancels what runs
// and waits there.
func (c *Connection) queue(w work, interrupt bool) error {
	var before []*operation
	for _, op := range c.operations {
		if op.lane == mainLane {
			before = append(before, op)
		}
	}
	var interrupted []*operation
	if interrupt {
		interrupted = before
	} else if len(before) >= maxQueued { // what is canceled makes room soon
		return fault.Throttled(5*time.Second, "%d media operations of the connection wait already.", len(before)).WithCode("8516")
	}
	if err := c.roomToKeep(w, interrupted); err != nil {
		return err
	}
	for _, op := range interrupted {
		op.cancel()
	}
	w.lane = mainLane
	c.accept(w)
	c.startNext()
	return nil
}

// occupy starts work with single participants, unless another operation goes on
// with one of them; interrupting work cancels that one.
func (c *Connection) occupy(w work, interrupt bool) error {
	var busy []*operation
	for _, p := range w.with {
		op := p.occupied()
		if op != nil && !interrupt {
			return busyWith(p)
		}
		if op != nil {
			busy = append(busy, op)
		}
	}
	if err := c.roomToKeep(w, busy); err != nil {
		return err
	}
	for _, op := range busy {
		op.cancelMedia()
	}
	w.lane = aloneLane
	op := c.accept(w)
	op.start()
	c.call.tellPrompted(op)
	return nil
}

// busyWith is the refusal of what would go on with a participant at the same time as
// another media operation.
func busyWith(p *participant) error {
	return BusyWith.because("Another media operation is in progress with %s.", p.id)
}

// occupied is the media operation that goes on with a participant alone, whichever
// application's it is; nil where none does.
func (p *participant) occupied() *operation {
	for _, conn := range p.call.connections {
		for _, op := range conn.operations {
			if op.lane == aloneLane && slices.Contains(op.with, p) {
				return op
			}
		}
	}
	return nil
}

// begin starts work that nothing waits for.
func (c *Connection) begin(w work) *operation {
	w.lane = besideLane
	op := c.accept(w)
	op.start()
	return op
}
