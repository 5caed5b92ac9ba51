package eventgrid

import "encoding/json"

// publication is an event on its way to its subscriptions. Every form of it is
// made once, when the first of them needs it. Not safe for concurrent use.
type publication struct {
	event
	topic string
	asked question
	seen  *fields // nil until somebody asks
	array []byte  // in the Event Grid schema; nil until somebody takes it
	cloud []byte  // in the CloudEvents schema, likewise
	err   error   // why a form could not be made
}

func newPublication(e event, topic string) *publication {
	p := &publication{event: e, topic: topic}
	p.asked = questionOf(e, p.fields)
	return p
}

// encoded is the event's data as JSON.
func (p *publication) encoded() json.RawMessage {
	raw, done := p.data.(json.RawMessage)
	if !done {
		text, err := encode(p.data)
		if err != nil {
			p.err = err
			text = []byte("null")
		}
		raw = text
		p.data = raw
	}
	return raw
}

// fields is the event decoded for those who ask by keys.
func (p *publication) fields() *fields {
	if p.seen == nil {
		var err error
		if p.seen, err = fieldsOf(p.event, p.topic, p.encoded()); p.err == nil {
			p.err = err
		}
	}
	return p.seen
}

// body is what a schema delivers.
func (p *publication) body(schema string) ([]byte, error) {
	into, in := &p.array, p.inEventGridSchema
	if schema == schemaCloudEvents {
		into, in = &p.cloud, p.inCloudEventsSchema
	}
	if *into == nil && p.err == nil {
		*into, p.err = in(p.topic)
	}
	return *into, p.err
}
