package insight

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// event is an event of a call as an item. It keeps the event, which nobody changes.
type event struct{ call.Event }

// size takes an event's texts for those of its call, which all its events share.
func (e event) size() int {
	return sizeOf[event]() + roomOf(int(reflect.TypeOf(e.Event).Size()))
}

// eventDetail is what the API says of an event.
type eventDetail struct {
	Name         string      `json:"name"`
	Connection   string      `json:"callConnectionId,omitempty"`
	Operation    string      `json:"operation,omitempty"` // its kind
	OperationID  string      `json:"operationId,omitempty"`
	Context      string      `json:"operationContext,omitempty"`
	Who          string      `json:"participant,omitempty"`
	Participants []string    `json:"participants,omitempty"`
	Reason       *ReasonView `json:"reason,omitempty"`
	Cause        string      `json:"cause,omitempty"`
}

// ReasonView is why something ended, as the API says it.
type ReasonView struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
	SIP  int    `json:"sipCode,omitempty"`
	Q850 int    `json:"q850Cause,omitempty"`
}

func viewOf(why call.Reason) *ReasonView {
	return &ReasonView{Kind: why.Kind.String(), Text: clean(why.Text, maxLine), SIP: why.SIP.Code, Q850: why.Q850.Value}
}

// nameOf is an event's own name: the name of its type.
func nameOf(e call.Event) string { return reflect.TypeOf(e).Name() }

func (e event) render() (Kind, string, bool, any) {
	head, name := e.Header(), nameOf(e.Event)
	d := eventDetail{
		Name: name, Connection: head.Connection, OperationID: head.Operation.ID, Context: clean(head.Operation.Context, maxLine),
		Who: head.Operation.Who.Raw(),
	}
	if head.Operation.Kind != call.NoOperation {
		d.Operation = head.Operation.Kind.String()
	}
	d.readMembers(reflect.ValueOf(e.Event))
	text := name
	if d.Operation != "" && !strings.HasPrefix(strings.ToLower(name), strings.ToLower(d.Operation)) {
		text += " (" + d.Operation + ")"
	}
	switch {
	case d.Cause != "":
		text += ": " + d.Cause
	case d.Reason != nil && d.Reason.Text != "":
		text += ": " + d.Reason.Text
	case d.Who != "":
		text += " " + d.Who
	}
	return KindEvent, text, d.failed(), d
}

// failed reports whether an event tells of a failure.
func (d eventDetail) failed() bool {
	return strings.HasSuffix(d.Name, "Failed") || d.Cause != ""
}

// readMembers reads the members that several events have, by their types: a new event
// need not be known here.
func (d *eventDetail) readMembers(of reflect.Value) {
	for i := range of.NumField() {
		field := of.Field(i)
		if !field.CanInterface() {
			continue
		}
		switch member := field.Interface().(type) {
		case call.Reason:
			d.Reason = viewOf(member)
		case error:
			if member != nil {
				d.Cause = clean(member.Error(), maxLine)
			}
		case identifier.ID:
			if !member.IsZero() {
				d.Who = member.Raw()
			}
		case []call.Participant:
			for _, p := range member[:min(len(member), maxNames)] {
				d.Participants = append(d.Participants, p.ID.Raw())
			}
		case call.Presence:
			d.Who = member.Who.Raw()
		}
	}
}

// announced says that subscriptions were told of an incoming call.
type announced struct {
	from, to  string
	listeners int
}

func (announced) size() int { return announcedSize }

func (a announced) render() (Kind, string, bool, any) {
	text := fmt.Sprintf("IncomingCall from %s to %s was announced to %d event subscriptions", a.from, a.to, a.listeners)
	return KindCall, text, a.listeners == 0, map[string]any{"name": incomingCall, "from": a.from, "to": a.to, "subscriptions": a.listeners}
}

// incomingCall is the name of the announcement.
const incomingCall = "IncomingCall"

// callEnd is the end of a call.
type callEnd struct{ why call.Reason }

func (callEnd) size() int { return callEndSize }

func (c callEnd) render() (Kind, string, bool, any) {
	return KindCall, "the call ended: " + endOf(c.why), false, map[string]any{"name": "CallEnded", "reason": viewOf(c.why)}
}

// endOf is a reason in words, whatever it has.
func endOf(why call.Reason) string {
	switch {
	case why.Text != "":
		return why.Text
	case why.SIP.Code != 0:
		return fmt.Sprintf("%d %s", why.SIP.Code, why.SIP.Phrase)
	}
	return why.Kind.String()
}
