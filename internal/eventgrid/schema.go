package eventgrid

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/fault"
)

// The schemas in which events are delivered, by ARM's names.
const (
	schemaEventGrid   = "EventGridSchema"
	schemaCloudEvents = "CloudEventSchemaV1_0"
)

// schema is the one that was asked for; subscriptions of the first version
// have none stored.
func (s Settings) schema() string {
	if s.Schema == "" {
		return schemaEventGrid
	}
	return s.Schema
}

func (r settingsRequest) putSchema(s *Settings, _ rules) error {
	if r.Schema == nil {
		return nil
	}
	for _, schema := range []string{schemaEventGrid, schemaCloudEvents} {
		if strings.EqualFold(*r.Schema, schema) {
			s.Schema = schema
			return nil
		}
	}
	return fault.Invalid("eventDeliverySchema is %q; it must be %s or %s", clip(*r.Schema, 40), schemaEventGrid, schemaCloudEvents)
}

// inCloudEventsSchema returns the body that delivers e: one object, no array.
// CloudEvents 1.0 in structured mode, members in the order of Event Grid's samples.
// What is absent has its default: JSON data.
func (e event) inCloudEventsSchema(source string) ([]byte, error) {
	return appendjson.Build(func(b []byte) ([]byte, error) {
		b = appendMember(b, `{"specversion":`, specVersion)
		b = appendMember(b, `,"type":`, e.kind)
		b = appendMember(b, `,"source":`, source)
		b = appendMember(b, `,"id":`, e.id)
		b = append(appendTimestamp(append(b, `,"time":"`...), e.at), '"')
		if e.subject != "" { // CloudEvents 1.0: a subject that is present is not empty
			b = appendMember(b, `,"subject":`, e.subject)
		}
		b, err := e.appendData(append(b, `,"data":`...))
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.kind, err)
		}
		return append(b, '}'), nil
	})
}
