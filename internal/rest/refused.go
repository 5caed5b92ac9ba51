package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/switchhook/switchhook/internal/fault"
)

// refusedIn finds the first value of a body that its type's own method refuses, such as an
// identifier, and names the field in the refusal; nil where no method refuses one. The body
// is valid JSON and has no misfit.
func refusedIn(body []byte, t reflect.Type) error {
	s := search{known: make(map[reflect.Type]map[string]member)}
	return s.refused(body, t)
}

// refused judges a value of the body.
func (s *search) refused(value json.RawMessage, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if own, reads := reflect.New(t).Interface().(json.Unmarshaler); reads {
		return s.named(own.UnmarshalJSON(value))
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.refusedMember(value, t)
	case reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			return nil
		}
		for i, one := range list {
			s.path = append(s.path, position(i))
			if err := s.refused(one, t.Elem()); err != nil {
				return err
			}
			s.path = s.path[:len(s.path)-1]
		}
	}
	return nil
}

// refusedMember goes through an object in the order in which it was written.
func (s *search) refusedMember(value json.RawMessage, t reflect.Type) error {
	decoder := json.NewDecoder(bytes.NewReader(value))
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return nil
	}
	for decoder.More() {
		key, err := decoder.Token()
		var one json.RawMessage
		if err != nil || decoder.Decode(&one) != nil {
			return nil
		}
		into := s.members(t)[folded(key.(string))] // in an object, names and values take turns
		if into.t == nil {
			continue
		}
		s.path = append(s.path, into.name)
		if err := s.refused(one, into.t); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
	}
	return nil
}

// named gives a refusal the path of what is refused.
func (s *search) named(err error) error {
	var why *fault.Error
	if !errors.As(err, &why) {
		return nil
	}
	field := s.where()
	if field == "" {
		return err
	}
	told := *why
	told.Message = clip(field) + ": " + why.Message
	return Field(field, &told)
}
