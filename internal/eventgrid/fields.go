package eventgrid

import (
	"encoding/json"
	"strings"
)

// path is a key such as "data.to.phoneNumber.value", taken apart once.
type path struct {
	key   string
	steps []string
}

func pathOf(key string) path { return path{key: key, steps: strings.Split(key, ".")} }

// fields is an event as keys see it, decoded once for all who ask. Not safe for
// concurrent use: each publishing has its own.
type fields struct {
	attributes map[string]string // by names in small letters
	data       any
	found      map[string]*value // keys asked for so far
}

// fieldsOf decodes an event. It can be asked by the keys of both schemas, and by
// those of older editions (eventId, eventTypeVersion).
func fieldsOf(e event, topic string, data []byte) (*fields, error) {
	f := &fields{
		attributes: map[string]string{
			"id": e.id, "eventid": e.id,
			"topic": topic, "source": topic,
			"subject":   e.subject,
			"eventtype": e.kind, "type": e.kind,
			"dataversion": dataVersion, "eventtypeversion": dataVersion,
			"specversion": specVersion,
		},
		found: map[string]*value{},
	}
	return f, json.Unmarshal(data, &f.data)
}

// at returns what an event has under a key, of noneKind where it has null
// or lacks it.
func (f *fields) at(p *path) *value {
	if v := f.found[p.key]; v != nil {
		return v
	}
	v := &value{}
	if strings.EqualFold(p.steps[0], "data") {
		*v = valueOf(descend(f.data, p.steps[1:]))
	} else if len(p.steps) == 1 {
		if word, exists := f.attributes[strings.ToLower(p.steps[0])]; exists {
			*v = value{kind: textKind, text: word}
		}
	}
	f.found[p.key] = v
	return v
}

// descend follows names into objects. A name as it is written goes before one
// that differs by case.
func descend(from any, steps []string) any {
	for _, step := range steps {
		inside, ok := from.(map[string]any)
		if !ok {
			return nil
		}
		next, exists := inside[step]
		best := ""
		for name := range inside {
			if !exists && strings.EqualFold(name, step) && (best == "" || name < best) {
				best = name
			}
		}
		if !exists && best != "" {
			next = inside[best]
		}
		from = next
	}
	return from
}

type valueKind uint8

const (
	noneKind valueKind = iota // absent, or null
	textKind
	numberKind
	boolKind
	objectKind
	listKind
)

// value is what stands under a key.
type value struct {
	kind     valueKind
	text     string
	lower    string // text in small letters, once asked for
	number   float64
	truth    bool
	elements []value
}

func valueOf(v any) value {
	switch v := v.(type) {
	case string:
		return value{kind: textKind, text: v}
	case float64:
		return value{kind: numberKind, number: v}
	case bool:
		return value{kind: boolKind, truth: v}
	case map[string]any:
		return value{kind: objectKind}
	case []any:
		elements := make([]value, len(v))
		for i, each := range v {
			elements[i] = valueOf(each)
		}
		return value{kind: listKind, elements: elements}
	}
	return value{}
}

// folded is the text as it is compared.
func (v *value) folded() string {
	if v.lower == "" {
		v.lower = strings.ToLower(v.text)
	}
	return v.lower
}
