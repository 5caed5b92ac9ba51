package callautomation

import (
	"reflect"

	"github.com/switchhook/switchhook/internal/appendjson"
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
	if o.last {
		keys = make([]string, 0, 2)
	}
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

// appendData appends the members of an event in the order of the service.
func (o occurrence) appendData(b []byte, head call.Head, source []string) ([]byte, error) {
	v := version(head.Control.Version)
	d := appendjson.Open(b)
	if v.hasEventSource(o.name) {
		d.Joined("eventSource", source...)
	}
	first := o.resultFirst || o.lifecycle && v.resultFirst()
	late := !first && v.contextAfterVersion()
	if !late {
		d.SomeText("operationContext", head.Operation.Context)
	}
	for _, m := range o.own {
		d.Value(m.name, func(b []byte) ([]byte, error) { return appendValue(b, m.value) })
	}
	if !first {
		d.Text("version", string(v))
	}
	if late {
		d.SomeText("operationContext", head.Operation.Context)
	}
	if v.hasResult(o.name) {
		d.Value("resultInformation", func(b []byte) ([]byte, error) { return o.result.in(v).append(b), nil })
	}
	if first {
		d.Text("version", string(v))
	}
	d.Text("callConnectionId", head.Connection)
	d.Text("serverCallId", head.ServerCallID)
	d.Text("correlationId", head.CorrelationID)
	d.Joined("publicEventType", typePrefix, o.name)
	return d.Close()
}

// in leaves out what a version does not know.
func (r resultInformation) in(v version) resultInformation {
	if !v.hasWireDetails() {
		r.SIP, r.Q850 = nil, nil
	}
	return r
}
