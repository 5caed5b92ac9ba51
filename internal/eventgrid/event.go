package eventgrid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/appendjson"
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

// inEventGridSchema returns the body that delivers e: an array, even of one, with
// members in the order of Azure's samples.
func (e event) inEventGridSchema(topic string) ([]byte, error) {
	return appendjson.Build(func(b []byte) ([]byte, error) {
		b = appendMember(b, `[{"id":`, e.id)
		b = appendMember(b, `,"topic":`, topic)
		b = appendMember(b, `,"subject":`, e.subject)
		b, err := e.appendData(append(b, `,"data":`...))
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.kind, err)
		}
		b = appendMember(b, `,"eventType":`, e.kind)
		b = appendMember(b, `,"dataVersion":`, dataVersion)
		b = appendMember(b, `,"metadataVersion":`, metadataVersion)
		b = appendTimestamp(append(b, `,"eventTime":"`...), e.at)
		return append(b, `"}]`...), nil
	})
}

func appendMember(b []byte, name, text string) []byte {
	return appendjson.PlainText(append(b, name...), text)
}

// appender is data that is written without reflection.
type appender interface {
	appendJSON([]byte) ([]byte, error)
}

// appendData appends the event's data as JSON.
func (e event) appendData(b []byte) ([]byte, error) {
	switch data := e.data.(type) {
	case json.RawMessage: // by encode
		return append(b, data...), nil
	case appender:
		return data.appendJSON(b)
	}
	text, err := encode(e.data)
	return append(b, text...), err
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
func timestamp(t time.Time) string { return string(appendTimestamp(nil, t)) }

func appendTimestamp(b []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(b, "2006-01-02T15:04:05.0000000Z")
}

// knownTypes names the event types in a sentence.
func knownTypes() string { return strings.Join(EventTypes, ", ") }
