package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// operation is accepted work:
//
//	waiting ──> running ──> ended
//	   └───────────────────────^
//
// It ends either by a message of its own goroutine (run), or by news of the call.
type operation struct {
	Operation
	conn   *Connection
	lane   lane
	with   []*participant // whom it is about; in aloneLane, whom it occupies
	state  operationState
	ctx    context.Context
	cancel context.CancelFunc
	run    func(*operation) Event // on its own goroutine; returns the terminal event; nil: news of the call end it

	tones  chan Tone // keys that the participants press, for a recognition; nil: it wants none
	heard  int       // keys told of, by a continuous recognition
	paused []*holdMusic
	begun  bool      // of a stream or a transcription: it is open
	again  []Context // starts that came before it was
	after  func()    // gives back what it has taken, when it has ended; nil: nothing
}

type operationState uint8

const (
	waiting operationState = iota // in the main lane, for its turn
	running
	ended
)

// tonesAhead bounds the keys that wait for a recognition to read them.
const tonesAhead = 64

// Context is what a request wants to find in the events of its operation.
type Context struct {
	Operation   string // operationContext
	CallbackURI string // operationCallbackUri
}

// work is what a command wants done.
type work struct {
	kind OperationKind
	lane lane
	with []*participant
	what Context
	run  func(*operation) Event
	// tones takes the keys that the participants press; nil: it wants none.
	tones chan Tone
	after func() // gives back what it has taken, when it has ended; nil: nothing

	who        identifier.ID // whom it is about
	invitation string        // that it calls off
	from       string        // callConnectionId of the call that somebody comes from
}

// accept takes work: from here on exactly one terminal event follows, if the table
// has any for it. In the main lane it takes its turn; elsewhere it begins at once.
func (c *Connection) accept(w work) *operation {
	if !slices.Contains(operations[w.kind].lanes, w.lane) {
		panic(fmt.Sprintf("operation %s has no lane %d", w.kind, w.lane))
	}
	op := &operation{
		Operation: Operation{
			ID: newID(), Kind: w.kind, Context: w.what.Operation, CallbackURI: w.what.CallbackURI,
			Who: w.who, Invitation: w.invitation, From: w.from,
		},
		conn: c, lane: w.lane, with: w.with, run: w.run, tones: w.tones, after: w.after,
	}
	op.ctx, op.cancel = context.WithCancel(context.Background())
	c.operations = append(c.operations, op)
	if w.kind.Kept() {
		c.call.publish(OperationAccepted{op.head()})
	}
	return op
}

func (op *operation) head() Head { return op.conn.head(op.Operation) }

// start lets an operation run. One that news of the call end has nothing to run.
func (op *operation) start() {
	op.state = running
	if op.run == nil {
		return
	}
	call := op.conn.call
	call.work.Go(func() {
		end := op.run(op)
		call.post(func() { op.end(end) })
	})
}

// end is the only way in which operations end: once, with their terminal event.
// Later ends are of work that was cut off, and tell nothing.
func (op *operation) end(events ...Event) bool {
	if op.state == ended {
		return false
	}
	c := op.conn
	op.state = ended
	op.cancel()
	op.resumeMusic()
	if op.after != nil {
		op.after()
	}
	for _, e := range events {
		c.call.publish(e)
	}
	c.operations = slices.DeleteFunc(c.operations, func(other *operation) bool { return other == op })
	if op.lane == mainLane {
		c.startNext()
	}
	c.closeWhenIdle()
	return true
}

// giveUp cancels an operation: its goroutine tells its end; where it has none, the
// table does.
func (op *operation) giveUp(why Reason) {
	if op.run != nil {
		op.cancel()
		return
	}
	op.end(op.Kind.Cut(op.head(), why)...)
}

// withdraw ends an operation whose end another event tells.
func (op *operation) withdraw() bool { return op.end() }

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

// queue puts work at the end of the main lane; interrupting work cancels what runs
// and waits there.
func (c *Connection) queue(w work, interrupt bool) *operation {
	if interrupt {
		for _, op := range c.operations {
			if op.lane == mainLane {
				op.cancel()
			}
		}
	}
	w.lane = mainLane
	op := c.accept(w)
	c.startNext()
	return op
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
	for _, op := range busy {
		op.cancelMedia()
	}
	w.lane = aloneLane
	c.accept(w).start()
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

// cancelMedia cancels a media operation. Its participants are free at once; its end
// is told when its goroutine has stopped.
func (op *operation) cancelMedia() {
	if op.lane == aloneLane {
		op.with = nil
	}
	op.cancel()
}

// begin starts work that nothing waits for.
func (c *Connection) begin(w work) *operation {
	w.lane = besideLane
	op := c.accept(w)
	op.start()
	return op
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

// CancelAllMedia gives up every media operation of the connection; each ends
// with its own canceled event.
func (c *Connection) CancelAllMedia(ctx context.Context) error {
	return c.whenConnected(ctx, func() error {
		c.cancelMedia()
		return nil
	})
}
