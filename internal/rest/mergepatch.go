package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/switchhook/switchhook/internal/fault"
)

// Patch is one member of a merge-patch (RFC 7396): left out, null or a value.
// The zero Patch was left out, and changes nothing.
type Patch[T any] struct {
	Sent  bool // the member is there
	Null  bool // it is null: what it names is to be removed
	Value T
}

// UnmarshalJSON reads a member that is there.
func (p *Patch[T]) UnmarshalJSON(text []byte) error {
	*p = Patch[T]{Sent: true}
	if string(bytes.TrimSpace(text)) == "null" {
		p.Null = true
		return nil
	}
	return json.Unmarshal(text, &p.Value)
}

// model is what a value is read from.
func (Patch[T]) model() reflect.Type { return reflect.TypeFor[T]() }

// Change applies the member to what is there now: left out keeps it, null
// gives the zero T, and a value replaces it.
func (p Patch[T]) Change(now T) T {
	if p.Sent {
		return p.Value // the zero T for null
	}
	return now
}

// Members is an object of a merge-patch whose names are data, such as trunks by
// their host, in the order in which the client wrote them. A name that comes
// twice counts as the second time says, as everywhere in JSON.
type Members[T any] []Member[T]

// Member is one named member of such an object.
type Member[T any] struct {
	Name string
	Patch[T]
}

// UnmarshalJSON reads an object; null is an empty one.
func (m *Members[T]) UnmarshalJSON(text []byte) error {
	*m = nil
	decoder := json.NewDecoder(bytes.NewReader(text))
	first, err := decoder.Token()
	if err != nil || first == nil {
		return err
	}
	if first != json.Delim('{') {
		return &json.UnmarshalTypeError{Value: tokenName(first), Type: reflect.TypeFor[map[string]T]()}
	}
	at := make(map[string]int)
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		member := Member[T]{Name: name.(string)} // in an object, names and values take turns
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := member.UnmarshalJSON(value); err != nil {
			return err
		}
		if i, twice := at[member.Name]; twice {
			(*m)[i] = member
			continue
		}
		at[member.Name] = len(*m)
		*m = append(*m, member)
	}
	return nil
}

// model is what an object is read from.
func (Members[T]) model() reflect.Type { return reflect.TypeFor[map[string]T]() }

// DecodePatch reads the request's body as a merge-patch into a T, whose fields
// are of type Patch where null must be told from absent. Unknown members are
// passed over. Unlike Decode it refuses, as fault.Invalid, a body that is empty
// or is not an object: RFC 7396 lets such a patch replace everything.
func DecodePatch[T any](r *http.Request) (T, error) {
	var none T
	body, err := bodyOf(r)
	if err != nil {
		return none, err
	}
	if body = bytes.TrimSpace(body); len(body) == 0 || string(body) == "null" {
		return none, fault.Invalid("the body must be an object with what is to change")
	}
	var value T
	if err := decodeJSON(body, &value); err != nil {
		return none, err
	}
	return value, nil
}
