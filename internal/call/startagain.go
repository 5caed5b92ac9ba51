package call

// maxAgain bounds the starts that wait for a stream or a transcription to open.
const maxAgain = 16

// startAgain answers a start of what goes on: it is told when that is open, with its
// own context.
func (op *operation) startAgain(what Context, started func(Head) Event) {
	switch {
	case op.begun:
		op.conn.call.publish(started(op.headAgain(what)))
	case len(op.again) < maxAgain:
		op.again = append(op.again, what)
	}
}

// tellAgain tells those starts what came of it, unless it has ended meanwhile: nothing of a
// connection may follow its last event.
func (op *operation) tellAgain(event func(Head) Event) {
	if op.state == ended {
		return
	}
	op.begun = true
	for _, what := range op.again {
		op.conn.call.publish(event(op.headAgain(what)))
	}
	op.again = nil
}

// headAgain is the head of an event of a start that came later: with its context,
// also if it has none, and where it wants events.
func (op *operation) headAgain(what Context) Head {
	head := op.headFor(what)
	head.Operation.Context = what.Operation
	return head
}

// headFor is the head of an event that another request asks for: with its context,
// and where it wants events. What it does not say is that of the start, as the service
// was recorded to tell of stops and updates.
func (op *operation) headFor(what Context) Head {
	head := op.head()
	if what.Operation != "" {
		head.Operation.Context = what.Operation
	}
	if what.CallbackURI != "" {
		head.Operation.CallbackURI = what.CallbackURI
	}
	return head
}
