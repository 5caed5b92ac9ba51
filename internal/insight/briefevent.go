package insight

import "github.com/switchhook/switchhook/internal/call"

// briefEvent is one of the events that every call with an application has, without what
// all events of a call repeat: its names, and the application's hold on it.
type briefEvent struct {
	kind       briefKind
	connection string
	operation  *call.Operation // nil: it belongs to none
	why        *call.Reason    // of CallDisconnected
	roster     []call.Participant
	sequence   int // of the roster
}

type briefKind uint8

const (
	connectionOpened briefKind = iota
	callConnected
	callDisconnected
	participantsUpdated
)

// briefly returns what is kept of an event; false for one that is kept as it is.
func (r *record) briefly(e call.Event) (b briefEvent, ok bool) {
	var head call.Head
	switch e := e.(type) {
	case call.ConnectionOpened:
		head, b.kind = e.Head, connectionOpened
	case call.CallConnected:
		head, b.kind = e.Head, callConnected
	case call.CallDisconnected:
		why := e.Reason
		head, b.kind, b.why = e.Head, callDisconnected, &why
	case call.ParticipantsUpdated:
		head, b.kind, b.roster, b.sequence = e.Head, participantsUpdated, e.Participants, e.Sequence
	default:
		return b, false
	}
	b.connection = head.Connection
	if head.Operation != (call.Operation{}) {
		if r.operation == nil || *r.operation != head.Operation {
			operation := head.Operation
			r.operation = &operation
		}
		b.operation = r.operation
	}
	return b, true
}

// Sizes of what a brief event refers to, in bytes.
var (
	reasonSize      = sizeOf[call.Reason]()
	participantSize = sizeOf[call.Participant]()
	operationSize   = sizeOf[call.Operation]() / 3 // several events share one
)

// size is without the item itself, which lies in its record's memory.
func (b briefEvent) size() int {
	size := roomOf(cap(b.roster) * participantSize)
	if b.why != nil {
		size += reasonSize
	}
	if b.operation != nil {
		size += operationSize
	}
	return size
}

// whole is the event, as far as it is kept.
func (b briefEvent) whole() event {
	head := call.Head{Connection: b.connection}
	if b.operation != nil {
		head.Operation = *b.operation
	}
	switch b.kind {
	case connectionOpened:
		return event{call.ConnectionOpened{Head: head}}
	case callConnected:
		return event{call.CallConnected{Head: head}}
	case callDisconnected:
		return event{call.CallDisconnected{Head: head, Reason: *b.why}}
	}
	return event{call.ParticipantsUpdated{Head: head, Participants: b.roster, Sequence: b.sequence}}
}

func (b briefEvent) render() (Kind, string, bool, any) { return b.whole().render() }

// eventOf is the event that an item is; false for one that is none.
func eventOf(d detail) (event, bool) {
	switch d := d.(type) {
	case *briefEvent:
		return d.whole(), true
	case event:
		return d, true
	}
	return event{}, false
}
