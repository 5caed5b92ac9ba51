package rest

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// misfit is the first value of a body whose JSON type is not the one that its
// field is read from. encoding/json tells whether there is one. What it says
// about the place depends on the release of Go (go.dev/issue/43126: since 1.27
// positions in arrays are part of the path, and an error of an UnmarshalJSON
// method has no path), so the place is found here.
type misfit struct {
	field string       // such as "targets[1].phoneNumber.value"
	want  reflect.Type // what the value is read into
	got   string       // such as "array", or "number 1.5" for one that is out of range
}

// fault says what the sender has to change.
func (m *misfit) fault() error {
	if m.field == "" {
		return fault.Invalid("the body must be %s, not %s", jsonName(m.want), clip(m.got))
	}
	return Field(m.field, fault.Invalid("%s must be %s, not %s", clip(m.field), jsonName(m.want), clip(m.got)))
}

// modelled is a type that reads its JSON itself, in the form of another type.
type modelled interface{ model() reflect.Type }

// search walks through a body and the type that it is read into.
type search struct {
	decoder *json.Decoder
	path    []string // names of members, and positions in arrays
	known   map[reflect.Type]map[string]member
}

// member is a field of a struct by its name in JSON.
type member struct {
	name string
	t    reflect.Type
}

// misfitIn finds the first misfit of a body that is valid JSON, nil for none.
func misfitIn(body []byte, t reflect.Type) *misfit {
	s := search{decoder: json.NewDecoder(bytes.NewReader(body)), known: make(map[reflect.Type]map[string]member)}
	s.decoder.UseNumber()
	return s.value(t)
}

// value judges the next value of the body.
func (s *search) value(t reflect.Type) *misfit {
	t = modelOf(t)
	if t.Kind() == reflect.Interface || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return s.skip() // anything fits, or its method alone can tell
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		t = reflect.TypeFor[string]()
	}
	token, err := s.decoder.Token()
	switch kind := t.Kind(); {
	case err != nil || token == nil: // null fits everywhere
		return nil
	case token == json.Delim('{') && kind == reflect.Struct, token == json.Delim('{') && kind == reflect.Map:
		return s.object(t)
	case token == json.Delim('[') && (kind == reflect.Slice || kind == reflect.Array):
		return s.array(t)
	case fits(token, t):
		return nil
	}
	got := tokenName(token)
	if number, is := token.(json.Number); is && isNumber(t) {
		got += " " + number.String()
	}
	return &misfit{s.where(), t, got}
}

func (s *search) object(t reflect.Type) *misfit {
	for s.decoder.More() {
		key, err := s.decoder.Token()
		if err != nil {
			return nil
		}
		into := member{name: key.(string)} // in an object, names and values take turns
		if t.Kind() == reflect.Map {
			into.t = t.Elem()
		} else {
			into = s.members(t)[folded(into.name)]
		}
		if into.t == nil {
			s.skip()
			continue
		}
		s.path = append(s.path, into.name)
		if found := s.value(into.t); found != nil {
			return found
		}
		s.path = s.path[:len(s.path)-1]
	}
	_, _ = s.decoder.Token() // the closing brace
	return nil
}

func (s *search) array(t reflect.Type) *misfit {
	for i := 0; s.decoder.More(); i++ {
		s.path = append(s.path, position(i))
		if found := s.value(t.Elem()); found != nil {
			return found
		}
		s.path = s.path[:len(s.path)-1]
	}
	_, _ = s.decoder.Token() // the closing bracket
	return nil
}

// position is a value's place in an array, as it is written in a path.
func position(i int) string { return "[" + strconv.Itoa(i) + "]" }

// where is the path of the value that is being looked at.
func (s *search) where() string {
	return strings.ReplaceAll(strings.Join(s.path, "."), ".[", "[")
}

func (s *search) skip() *misfit {
	var passed json.RawMessage
	_ = s.decoder.Decode(&passed) // the body is valid JSON
	return nil
}

// members lists a struct's fields, with those of embedded structs, as
// encoding/json finds them: a letter's case does not count.
func (s *search) members(t reflect.Type) map[string]member {
	if all, is := s.known[t]; is {
		return all
	}
	all := make(map[string]member)
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		into := modelOf(field.Type)
		switch {
		case field.Anonymous && name == "" && into.Kind() == reflect.Struct:
			for folded, inner := range s.members(into) {
				if _, outer := all[folded]; !outer {
					all[folded] = inner
				}
			}
			continue
		case !field.IsExported(), name == "-":
			continue
		case name == "":
			name = field.Name
		}
		all[folded(name)] = member{name, field.Type}
	}
	s.known[t] = all
	return all
}

// modelOf returns what a type is read from.
func modelOf(t reflect.Type) reflect.Type {
	for {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
			continue
		}
		m, is := reflect.Zero(t).Interface().(modelled)
		if !is {
			return t
		}
		t = m.model()
	}
}

func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }
