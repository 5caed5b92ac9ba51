package callautomation

import (
	"reflect"

	"github.com/switchhook/switchhook/internal/call"
)

// typePrefix begins the type of every event.
const typePrefix = "Microsoft.Communication."

// occurrence is an event on its way to the wire: its name, the members that are
// its own, and how its common members are arranged.
type occurrence struct {
	name        string
	own         object
	result      resultInformation
	lifecycle   bool   // of a call's life: resultInformation comes first in new versions
	resultFirst bool   // resultInformation always comes first
	ends        string // id of another operation that it ends; "" = none
	last        bool   // nothing follows for the connection
	goesOn      bool   // it does not end the operation that events of its type end
	recording   string // recordingId of the recording that it is of; "": it is of a connection
}

// encoders turn events into what the wire says of them, one function in the file of
// each verb. Each answers for its own events and returns false for all others.
var encoders = []func(call.Event) (occurrence, bool){
	connectionEvents, participantEvents,
	createEvents, answerEvents, connectEvents,
	playEvents, recognizeEvents, sendTonesEvents, continuousEvents, holdEvents, streamingEvents, transcriptionEvents,
	recordingEvents,
	addEvents, removeEvents, transferEvents, moveEvents,
}

// describe turns an event of a call into what the wire says of it; false where
// applications do not hear of such events.
func describe(e call.Event) (occurrence, bool) {
	for _, encode := range encoders {
		if o, ok := encode(e); ok {
			return o, true
		}
	}
	return occurrence{}, false
}

// endsOperation has the types of the events that end an operation: those of the
// table in package call.
var endsOperation = func() map[reflect.Type]bool {
	ends := map[reflect.Type]bool{}
	for _, kind := range call.Operations() {
		for _, e := range kind.Ends() {
			ends[reflect.TypeOf(e)] = true
		}
	}
	return ends
}()

// releases are the promises that an event fulfils.
func (o occurrence) releases(e call.Event) (keys []string) {
	head := e.Header()
	if endsOperation[reflect.TypeOf(e)] && !o.goesOn || o.last {
		keys = append(keys, operationKey(head.Operation.ID))
	}
	if o.ends != "" {
		keys = append(keys, operationKey(o.ends))
	}
	if o.last {
		keys = append(keys, connectionKey(head.Connection))
	}
	return keys
}

// data arranges the members of an event in the order of the service.
func (o occurrence) data(head call.Head, source string) object {
	v := version(head.Control.Version)
	d := make(object, 0, len(o.own)+8)
	if v.hasEventSource() {
		d = d.add("eventSource", source)
	}
	d = d.addText("operationContext", head.Operation.Context)
	d = append(d, o.own...)
	result := func() {
		if v.hasResult(o.name) {
			d = d.add("resultInformation", o.result.in(v))
		}
	}
	if first := o.resultFirst || o.lifecycle && v.resultFirst(); first {
		result()
		d = d.add("version", v)
	} else {
		d = d.add("version", v)
		result()
	}
	return append(d, object{
		{"callConnectionId", head.Connection},
		{"serverCallId", head.ServerCallID},
		{"correlationId", head.CorrelationID},
		{"publicEventType", typePrefix + o.name},
	}...)
}

// in leaves out what a version does not know.
func (r resultInformation) in(v version) resultInformation {
	if !v.hasWireDetails() {
		r.SIP, r.Q850 = nil, nil
	}
	return r
}
