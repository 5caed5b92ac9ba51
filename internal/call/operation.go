package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/panics"
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
	size   int            // bytes that it keeps
	with   []*participant // whom it is about; in aloneLane, whom it occupies
	state  operationState
	ctx    context.Context
	cancel context.CancelFunc
	run    func(*operation) Event // on its own goroutine; returns the terminal event; nil: news of the call end it

	tones  chan Tone // keys that the participants press, for a recognition; nil: it wants none
	heard  int       // keys told of, by a continuous recognition
	paused []*holdMusic
	onHold bool      // it ends with the hold of a participant
	begun  bool      // of a stream or a transcription: it is open
	again  []Context // starts that came before it was
	after  func()    // gives back what it has taken, when it has ended; nil: nothing

	audience *audience // who alone hears its prompts; nil: they are for all, or there are none
	ear      *ear      // by which it hears a participant; nil: it hears nobody
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
	size int // bytes that it keeps until it ends
	run  func(*operation) Event
	// tones takes the keys that the participants press; nil: it wants none.
	tones  chan Tone
	after  func() // gives back what it has taken, when it has ended; nil: nothing
	onHold bool   // it ends with the hold of a participant

	audience *audience // who alone hears its prompts
	ear      *ear      // by which it hears a participant

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
		conn: c, lane: w.lane, size: w.size, with: w.with, run: w.run, tones: w.tones, after: w.after, onHold: w.onHold,
		audience: w.audience, ear: w.ear,
	}
	op.ctx, op.cancel = context.WithCancel(context.Background())
	c.keeps(op.size)
	c.operations = append(c.operations, op)
	if w.kind.Kept() {
		c.call.publish(OperationAccepted{op.head()})
	}
	return op
}

func (op *operation) head() Head { return op.conn.head(op.Operation) }

// reach lets what goes on with a participant alone include an endpoint of it that has come.
func (op *operation) reach(e *endpoint) {
	if !slices.Contains(op.with, e.who) {
		return
	}
	if op.audience != nil {
		op.audience.join(e)
	}
	if op.ear != nil {
		op.ear.join(e)
	}
}

// start lets an operation run. One that news of the call end has nothing to run.
func (op *operation) start() {
	op.state = running
	if op.run == nil {
		return
	}
	call := op.conn.call
	call.work.Go(func() {
		end := op.perform()
		call.post(func() { op.end(end) })
	})
}

// perform runs the operation. One that panics has failed; the call has not changed.
func (op *operation) perform() (end Event) {
	defer func() {
		if cause := recover(); cause != nil {
			panics.Note(op.conn.call.log, panics.Operation, cause, "operation", op.Kind.String())
			end = op.Kind.Cut(op.head(), errOperation)[0]
		}
	}()
	return op.run(op)
}

// errOperation is why an operation that panicked has failed.
var errOperation = Reason{Kind: Failed, Text: "an error of the server ended the operation"}

// end is the only way in which operations end: once, with their terminal event.
// Later ends are of work that was cut off, and tell nothing.
func (op *operation) end(events ...Event) bool {
	if op.state == ended {
		return false
	}
	c := op.conn
	op.state = ended
	op.cancel()
	c.keeps(-op.size)
	op.resumeMusic()
	if op.after != nil {
		op.after()
	}
	for _, e := range events {
		c.call.publish(e)
	}
	c.operations = slices.DeleteFunc(c.operations, func(other *operation) bool { return other == op })
	c.call.tellPrompted(op)
	if op.lane == mainLane {
		c.startNext()
	}
	c.closeWhenIdle()
	return true
}

// withdraw ends an operation whose end another event tells.
func (op *operation) withdraw() bool { return op.end() }
