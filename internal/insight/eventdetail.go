package insight

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"syscall"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

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

// event is an event of a call as an item: what the API says of it, and rules look at.
type event struct {
	eventDetail
	diskFull bool // it was the cause
}

func (e *event) code(c *coder) {
	for _, text := range [...]*string{&e.Name, &e.Connection, &e.Operation, &e.OperationID, &e.Context, &e.Who, &e.Cause} {
		c.text(text)
	}
	c.texts(&e.Participants)
	c.flag(&e.diskFull)
	known := e.Reason != nil
	if c.flag(&known); !known {
		return
	}
	if c.reading {
		e.Reason = &ReasonView{}
	}
	c.text(&e.Reason.Kind)
	c.text(&e.Reason.Text)
	c.number(&e.Reason.SIP)
	c.number(&e.Reason.Q850)
}

// nameOf is an event's own name: the name of its type.
func nameOf(e call.Event) string { return reflect.TypeOf(e).Name() }

// eventOf is what is kept of an event.
func eventOf(e call.Event) event {
	head := e.Header()
	made := event{eventDetail: eventDetail{
		Connection: head.Connection, OperationID: head.Operation.ID, Context: clean(head.Operation.Context, maxLine), Who: head.Operation.Who.Raw(),
	}}
	if head.Operation.Kind != call.NoOperation {
		made.Operation = head.Operation.Kind.String()
	}
	switch e := e.(type) { // every call with an application has these
	case call.ConnectionOpened:
		made.Name = "ConnectionOpened"
	case call.CallConnected:
		made.Name = "CallConnected"
	case call.CallDisconnected:
		made.Name, made.Reason = "CallDisconnected", viewOf(e.Reason)
	case call.ParticipantsUpdated:
		made.Name, made.Participants = "ParticipantsUpdated", rawIDs(e.Participants)
	default:
		made.Name = nameOf(e)
		made.readMembers(reflect.ValueOf(e))
	}
	return made
}

func (e *event) more() any { return e.eventDetail }

func (e *event) line() (Kind, string, bool) {
	text := e.Name
	if e.Operation != "" && !strings.HasPrefix(strings.ToLower(e.Name), strings.ToLower(e.Operation)) {
		text += " (" + e.Operation + ")"
	}
	switch {
	case e.Cause != "":
		text += ": " + e.Cause
	case e.Reason != nil && e.Reason.Text != "":
		text += ": " + e.Reason.Text
	case e.Who != "":
		text += " " + e.Who
	}
	return KindEvent, text, e.failed()
}

// failed reports whether an event tells of a failure.
func (e *event) failed() bool {
	return strings.HasSuffix(e.Name, "Failed") || e.Cause != ""
}

// readMembers reads the members that several events have, by their types: a new event
// need not be known here.
func (e *event) readMembers(of reflect.Value) {
	for i := range of.NumField() {
		field := of.Field(i)
		if !field.CanInterface() {
			continue
		}
		switch member := field.Interface().(type) {
		case call.Reason:
			e.Reason = viewOf(member)
		case error:
			if member != nil {
				e.Cause = clean(member.Error(), maxLine)
				e.diskFull = errors.Is(member, syscall.ENOSPC)
			}
		case identifier.ID:
			if !member.IsZero() {
				e.Who = member.Raw()
			}
		case []call.Participant:
			e.Participants = rawIDs(member)
		case call.Presence:
			e.Who = member.Who.Raw()
		}
	}
}

func rawIDs(of []call.Participant) (ids []string) {
	for _, p := range of[:min(len(of), maxNames)] {
		ids = append(ids, p.ID.Raw())
	}
	return ids
}

// announced says that subscriptions were told of an incoming call.
type announced struct {
	from, to  string
	listeners int
}

func (a *announced) code(c *coder) {
	c.text(&a.from)
	c.text(&a.to)
	c.number(&a.listeners)
}

func (a *announced) more() any {
	return map[string]any{"name": incomingCall, "from": a.from, "to": a.to, "subscriptions": a.listeners}
}

func (a *announced) line() (Kind, string, bool) {
	to := fmt.Sprintf("%d event subscriptions", a.listeners)
	switch a.listeners {
	case 0:
		to = "nobody: no event subscription takes it"
	case 1:
		to = "one event subscription"
	}
	return KindCall, fmt.Sprintf("IncomingCall from %s to %s was announced to %s", a.from, a.to, to), a.listeners == 0
}

// incomingCall is the name of the announcement.
const incomingCall = "IncomingCall"

// callEnd is the end of a call.
type callEnd struct{ why call.Reason }

func (e *callEnd) code(c *coder) { codeReason(c, &e.why) }

func (e *callEnd) more() any { return map[string]any{"name": "CallEnded", "reason": viewOf(e.why)} }

func (e *callEnd) line() (Kind, string, bool) {
	return KindCall, "the call ended: " + endOf(e.why), false
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
