package callautomation

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members keep their order, as the service's do.
type object []member

type member struct {
	name  string
	value any
}

// add appends a member.
func (o object) add(name string, value any) object { return append(o, member{name, value}) }

// addText appends a member unless the text is empty.
func (o object) addText(name, text string) object {
	if text == "" {
		return o
	}
	return o.add(name, text)
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
