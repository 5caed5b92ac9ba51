package call

// maxAgain bounds the starts that wait for a stream or a transcription to open.
const maxAgain = 16

// startAgain answers a start of what goes on: it is told when that is open, with its
// own context.
func (op *operation) startAgain(what Context, started func(Head) Event) {
	switch {
	case op.begun:
		op.conn.call.publish(started(op.headFor(what)))
	case len(op.again) < maxAgain:
		op.again = append(op.again, what)
	}
}

// tellAgain tells those starts what came of it.
func (op *operation) tellAgain(event func(Head) Event) {
	op.begun = true
	for _, what := range op.again {
		op.conn.call.publish(event(op.headFor(what)))
	}
	op.again = nil
}

// headFor is the head of an event that another request asks for: with its context,
// and where it wants events.
func (op *operation) headFor(what Context) Head {
	head := op.head()
	head.Operation.Context = what.Operation
	if what.CallbackURI != "" {
		head.Operation.CallbackURI = what.CallbackURI
	}
	return head
}
