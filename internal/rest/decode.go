package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/fault"
)

// maxDepth bounds how deep objects and arrays of a body may nest.
const maxDepth = 64

// Decode reads the request's body as JSON into a T. Unknown fields are passed
// over and null counts as absent, since older and newer clients differ so. An
// empty body gives the zero T. A wrong type, a text that is not UTF-8, too deep
// nesting or anything behind the value is fault.Invalid, with the field as its
// target where one is known.
func Decode[T any](r *http.Request) (T, error) {
	var value T
	body, err := bodyOf(r)
	if err != nil {
		return value, err
	}
	err = decodeJSON(body, &value)
	if err != nil { // what was read before the mistake is not to be used
		var none T
		return none, err
	}
	return value, nil
}

// bodyOf returns the body that the router has read, or reads it where a handler
// is called without one.
func bodyOf(r *http.Request) ([]byte, error) {
	if ex := exchangeOf(r.Context()); ex != nil {
		return ex.body, nil
	}
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, DefaultMaxBody))
	if err != nil {
		return nil, fault.Invalid("the body could not be read to its end").WithCause(err)
	}
	return body, nil
}

// byteOrderMark may stand before a text: editors and shells of Windows write it, and
// RFC 8259 §8.1 permits to pass over it.
var byteOrderMark = []byte("\uFEFF")

func decodeJSON(body []byte, into any) error {
	if body = bytes.TrimPrefix(body, byteOrderMark); len(body) == 0 {
		return nil
	}
	if !utf8.Valid(body) {
		return fault.Invalid("the body is not UTF-8")
	}
	if depthOf(body) > maxDepth {
		return fault.Invalid("the body nests deeper than %d levels", maxDepth)
	}
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	// Which of several mistakes encoding/json tells depends on the release of Go.
	// Here the text comes first, then types, then what a type's own method refuses.
	if err := syntaxOf(body); err != nil {
		return err
	}
	if m := misfitIn(body, reflect.TypeOf(into)); m != nil {
		return m.fault()
	}
	if err := refusedIn(body, reflect.TypeOf(into)); err != nil {
		return err
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	return fault.Invalid("the body cannot be read: %s", clip(err.Error()))
}

// jsonName says what JSON a Go type is read from.
func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Pointer:
		return jsonName(t.Elem())
	}
	return "an integer in range"
}

// depthOf counts the levels of objects and arrays, without judging the rest.
func depthOf(body []byte) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++ // the escaped byte is no quote
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
