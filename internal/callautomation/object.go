package callautomation

import (
	"encoding/json"
	"strconv"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/rest"
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
func (o object) MarshalJSON() ([]byte, error) { return o.append(nil) }

// AppendJSON appends what MarshalJSON returns.
func (o object) AppendJSON(b []byte) ([]byte, error) { return o.append(b) }

// append appends the object as encoding/json writes it.
func (o object) append(b []byte) (_ []byte, err error) {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendjson.Text(b, m.name), ':')
		if b, err = appendValue(b, m.value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendValue appends a value of a member: one of the types of events, or any other
// that encoding/json can write.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendjson.Text(b, v), nil
	case version:
		return appendjson.Text(b, string(v)), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case object:
		return v.append(b)
	case []object:
		return appendObjects(b, v)
	case resultInformation:
		return v.append(b), nil
	case []rest.Identifier:
		return appendList(b, v, func(b []byte, id rest.Identifier) ([]byte, error) { return id.AppendJSON(b) })
	case interface{ AppendJSON([]byte) ([]byte, error) }: // such as rest.Identifier
		return v.AppendJSON(b)
	}
	text, err := json.Marshal(value)
	return append(b, text...), err
}

func appendObjects(b []byte, list []object) ([]byte, error) {
	return appendList(b, list, func(b []byte, o object) ([]byte, error) { return o.append(b) })
}

func appendList[T any](b []byte, list []T, write func([]byte, T) ([]byte, error)) (_ []byte, err error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, value := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = write(b, value); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}
