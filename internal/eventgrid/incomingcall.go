package eventgrid

import (
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// IncomingCall says that somebody calls an identity or a number of the
// resource, and that an application may answer, reject or redirect it.
type IncomingCall struct {
	To                  identifier.ID
	From                identifier.ID
	ServerCallID        string
	CallerDisplayName   string         // "" where the caller gave none
	CustomContext       *CustomContext // nil for a call that carries none
	IncomingCallContext string         // opaque to the application
	CorrelationID       string
	At                  time.Time // when it started to ring
}

// CustomContext is what the caller wants the callee to know.
type CustomContext struct {
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// IncomingCall publishes the event and returns how many subscriptions take it.
// It only queues: no answer of a webhook is waited for. None means that no
// application will ever hear of this call.
func (g *Grid) IncomingCall(in IncomingCall) (matched int) {
	return g.publish(in.event())
}

// incomingCallData has the members in the order that the service sends them.
type incomingCallData struct {
	To                  rest.GridIdentifier `json:"to"`
	From                rest.GridIdentifier `json:"from"`
	ServerCallID        string              `json:"serverCallId"`
	CallerDisplayName   string              `json:"callerDisplayName"`
	CustomContext       *customContextModel `json:"customContext,omitempty"`
	IncomingCallContext string              `json:"incomingCallContext"`
	CorrelationID       string              `json:"correlationId"`
}

type customContextModel struct {
	SIPHeaders  map[string]string `json:"sipHeaders"`
	VoIPHeaders map[string]string `json:"voipHeaders"`
}

// appendJSON appends what encode returns; a custom context, which has maps, goes
// through reflection.
func (d incomingCallData) appendJSON(b []byte) (_ []byte, err error) {
	if b, err = d.To.AppendJSON(append(b, `{"to":`...)); err != nil {
		return nil, err
	}
	if b, err = d.From.AppendJSON(append(b, `,"from":`...)); err != nil {
		return nil, err
	}
	b = appendMember(b, `,"serverCallId":`, d.ServerCallID)
	b = appendMember(b, `,"callerDisplayName":`, d.CallerDisplayName)
	if d.CustomContext != nil {
		text, err := encode(d.CustomContext)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"customContext":`...), text...)
	}
	b = appendMember(b, `,"incomingCallContext":`, d.IncomingCallContext)
	b = appendMember(b, `,"correlationId":`, d.CorrelationID)
	return append(b, '}'), nil
}

func (in IncomingCall) event() event {
	return event{
		id:      identifier.NewGUID(),
		kind:    typeIncomingCall,
		subject: "/caller/" + in.From.Raw() + "/recipient/" + in.To.Raw(),
		at:      in.At,
		call:    in.ServerCallID,
		data: incomingCallData{
			To:                  rest.GridIdentifier{ID: in.To},
			From:                rest.GridIdentifier{ID: in.From},
			ServerCallID:        in.ServerCallID,
			CallerDisplayName:   in.CallerDisplayName,
			CustomContext:       in.CustomContext.model(),
			IncomingCallContext: in.IncomingCallContext,
			CorrelationID:       in.CorrelationID,
		},
	}
}

// model writes both maps wherever there is a context, as the service does: the
// SDKs' models require them.
func (c *CustomContext) model() *customContextModel {
	if c == nil {
		return nil
	}
	m := &customContextModel{SIPHeaders: toldHeaders(c.SIPHeaders), VoIPHeaders: c.VoIPHeaders}
	if m.VoIPHeaders == nil {
		m.VoIPHeaders = map[string]string{}
	}
	return m
}

// User-To-User as SIP names it, and as the service's guide to custom context reads it from
// IncomingCall in every language ("Pass contextual data between calls").
const (
	userToUser        = "User-To-User"
	printedUserToUser = "user-To-User"
)

// toldHeaders has User-To-User by both names, since an SDK's map of headers tells upper case from
// lower case.
func toldHeaders(headers map[string]string) map[string]string {
	told := make(map[string]string, len(headers)+1)
	for key, value := range headers {
		if !strings.EqualFold(key, userToUser) {
			told[key] = value
			continue
		}
		told[userToUser], told[printedUserToUser] = value, value
	}
	return told
}
