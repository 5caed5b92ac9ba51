package call

import (
	"context"
	"slices"
)

// giveUp cancels an operation: its goroutine tells its end; where it has none, the
// table does.
func (op *operation) giveUp(why Reason) {
	if op.run != nil {
		op.cancel()
		return
	}
	op.end(op.Kind.Cut(op.head(), why)...)
}

// cancelMedia cancels a media operation. Its participants are free at once; its end
// is told when its goroutine has stopped.
func (op *operation) cancelMedia() {
	if op.lane == aloneLane {
		op.with = nil
	}
	op.cancel()
}

// cancelMedia gives up every media operation, running or waiting.
func (c *Connection) cancelMedia() {
	for _, op := range slices.Clone(c.operations) {
		if op.lane != besideLane {
			op.cancelMedia()
		}
	}
}

// cutOperations ends all that goes on, because the connection ends.
func (c *Connection) cutOperations() {
	c.cancelMedia()
	for _, op := range slices.Clone(c.operations) {
		if op.lane == besideLane {
			op.giveUp(Reason{Kind: Canceled, Text: "the application left the call"})
		}
	}
}

// cancelWith gives up what goes on with a participant who left.
func (c *Connection) cancelWith(p *participant) {
	for _, op := range slices.Clone(c.operations) {
		if slices.Contains(op.with, p) {
			op.giveUp(Reason{Kind: EndedByPeer, Text: "the participant left the call"})
		}
	}
}

// cancelAnnouncements ends what was announced to a participant on hold, whose hold ends. They
// are told before that (the recordings of the service).
func (c *Call) cancelAnnouncements(p *participant) {
	for _, conn := range c.connections {
		for _, op := range slices.Clone(conn.operations) {
			if op.onHold && slices.Contains(op.with, p) {
				op.end(PlayCanceled{op.head()})
			}
		}
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
