package eventgrid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The event types that a Communication Services resource raises for calling.
const (
	typeIncomingCall               = "Microsoft.Communication.IncomingCall"
	typeCallStarted                = "Microsoft.Communication.CallStarted"
	typeCallEnded                  = "Microsoft.Communication.CallEnded"
	typeCallParticipantAdded       = "Microsoft.Communication.CallParticipantAdded"
	typeCallParticipantRemoved     = "Microsoft.Communication.CallParticipantRemoved"
	typeRecordingFileStatusUpdated = "Microsoft.Communication.RecordingFileStatusUpdated"
)

// EventTypes lists every event type that a subscription may include.
var EventTypes = []string{
	typeIncomingCall,
	typeCallStarted,
	typeCallEnded,
	typeCallParticipantAdded,
	typeCallParticipantRemoved,
	typeRecordingFileStatusUpdated,
}

const (
	dataVersion     = "1.0"
	metadataVersion = "1"
	specVersion     = "1.0" // of CloudEvents
)

// event is something that happened, before a schema gives it a form.
type event struct {
	id      string
	kind    string // one of EventTypes
	subject string
	at      time.Time
	call    string // the call it belongs to: events of one call arrive in order
	data    any    // the documented data, as its JSON says
}

// eventGridEvent is the Event Grid schema, members in the order of Azure's
// samples.
type eventGridEvent struct {
	ID              string `json:"id"`
	Topic           string `json:"topic"`
	Subject         string `json:"subject"`
	Data            any    `json:"data"`
	EventType       string `json:"eventType"`
	DataVersion     string `json:"dataVersion"`
	MetadataVersion string `json:"metadataVersion"`
	EventTime       string `json:"eventTime"`
}

// inEventGridSchema returns the body that delivers e: an array, even of one.
func (e event) inEventGridSchema(topic string) ([]byte, error) {
	body, err := encode([]eventGridEvent{{
		ID:              e.id,
		Topic:           topic,
		Subject:         e.subject,
		Data:            e.data,
		EventType:       e.kind,
		DataVersion:     dataVersion,
		MetadataVersion: metadataVersion,
		EventTime:       timestamp(e.at),
	}})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.kind, err)
	}
	return body, nil
}

// encode writes JSON without escaping <, > and &, which display names contain.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// timestamp writes a time as the service does: UTC, with seven decimals.
func timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.0000000Z")
}

// knownTypes names the event types in a sentence.
func knownTypes() string { return strings.Join(EventTypes, ", ") }
