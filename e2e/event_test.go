package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// event is something that reached an application.
type event struct {
	Event   string // ready, handshake, grid, callback or error
	URL     string // of ready
	Path    string // where it was posted
	Status  int    // what the application answered
	Headers map[string]string
	Known   bool // whether the SDK knows the Event Grid event as IncomingCall
	Raw     []envelope
	Parsed  json.RawMessage // as the SDK understood it
	Claims  claims          // of a callback's token
	Message string          // of error
}

// envelope has what Event Grid's schema and CloudEvents have in common here.
type envelope struct {
	ID, Subject, Time                                         string
	Topic, EventType, EventTime, DataVersion, MetadataVersion string
	Source, Type, SpecVersion, DataContentType                string
	Data                                                      data
}

// data is the data of all events together.
type data struct {
	// Event Grid
	To, From            identity
	IncomingCallContext string
	CallerDisplayName   string
	CustomContext       *struct{ SIPHeaders, VoIPHeaders map[string]string }
	ValidationCode      string
	ValidationURL       string
	Room                struct{ ID string }
	IsRoomsCall         bool
	StartedBy           struct{ Role string }
	// both
	ServerCallID, CorrelationID string
	// callbacks
	CallConnectionID, OperationContext string
	ResultInformation                  *result
	Participants                       []participant
	SequenceNumber                     *int
	RecognitionType                    string
	DtmfResult                         struct{ Tones []string }
	SpeechResult                       struct{ Speech string }
	ChoiceResult                       struct{ Label, RecognizedPhrase string }
	FailedPlaySourceIndex              *int
	Participant                        identity
	TransferTarget, Transferee         identity
	InvitationID, Tone, FromCall       string
	SequenceID                         int
	Version, PublicEventType           string

	// recordings
	RecordingID, State, RecordingKind                               string
	StartDateTime, RecordingStartTime                               time.Time
	RecordingDurationMs                                             int
	RecordingContentType, RecordingChannelType, RecordingFormatType string
	StorageType                                                     string
	SessionEndReason                                                string
	RecordingStorageInfo                                            struct{ RecordingChunks []recordedChunk }
}

// recordedChunk is one file of a recording.
type recordedChunk struct {
	DocumentID, EndReason                             string
	Index                                             int
	ContentLocation, MetadataLocation, DeleteLocation string
}

type identity struct {
	Kind, RawID       string
	PhoneNumber       struct{ Value string }
	CommunicationUser struct{ ID string }
}

type participant struct {
	Identifier        identity
	IsMuted, IsOnHold bool
}

type result struct {
	Code, SubCode int
	Message       string
	SIPDetails    *diagnostic
	Q850Details   *diagnostic
}

func (r *result) String() string {
	if r == nil {
		return "no result"
	}
	return fmt.Sprintf("%d/%d %q sip %v q850 %v", r.Code, r.SubCode, r.Message, r.SIPDetails, r.Q850Details)
}

type diagnostic struct {
	Code    int
	Message string
}

func (d *diagnostic) String() string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("%d %s", d.Code, d.Message)
}

type claims struct {
	Issuer    string `json:"iss"`
	Audience  any    `json:"aud"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
}

// data is what the event says; a line of the agent's own says nothing.
func (e event) data() data {
	if len(e.Raw) == 0 {
		return data{}
	}
	return e.Raw[0].Data
}

// kind is the last part of the event's type, such as CallConnected.
func (e event) kind() string {
	if len(e.Raw) == 0 {
		return e.Event
	}
	kind := e.Raw[0].Type + e.Raw[0].EventType // one of them is empty
	return kind[strings.LastIndex(kind, ".")+1:]
}

// all returns the events so far that match.
func (a *agent) all(match func(event) bool) []event {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []event
	for _, e := range a.events {
		if match(e) {
			found = append(found, e)
		}
	}
	return found
}

// wait returns the first event, past or to come, that matches.
func (a *agent) wait(what string, match func(event) bool) event {
	a.t.Helper()
	return a.waitFor(20*time.Second, what, match)
}

func (a *agent) waitFor(limit time.Duration, what string, match func(event) bool) event {
	a.t.Helper()
	ctx := within(a.t, limit)
	for seen := 0; ; {
		a.mu.Lock()
		events, changed := a.events, a.changed
		a.mu.Unlock()
		for ; seen < len(events); seen++ {
			if match(events[seen]) {
				return events[seen]
			}
		}
		select {
		case <-changed:
		case <-a.exited:
			a.t.Fatalf("%s: the application has ended: %s", what, &a.stderr)
		case <-ctx.Done():
			a.t.Fatalf("%s: %v; the application got:\n%s", what, context.Cause(ctx), a.story())
		}
	}
}

// incomingCall waits for the event of a call from somebody.
func (a *agent) incomingCall(from string) envelope {
	a.t.Helper()
	return a.wait("IncomingCall from "+from, func(e event) bool {
		return e.kind() == "IncomingCall" && e.data().From.RawID == from
	}).Raw[0]
}

// story tells all events for people.
func (a *agent) story() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var text strings.Builder
	for _, e := range a.events {
		d := e.data()
		fmt.Fprintf(&text, "  %s %s %d %s context %q %v %s\n", e.Path, e.kind(), e.Status, d.CallConnectionID, d.OperationContext, d.ResultInformation, e.Message)
	}
	return text.String()
}
