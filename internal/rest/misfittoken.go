package rest

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// fits reports whether a value that is neither an object nor an array can be
// read into t.
func fits(token json.Token, t reflect.Type) bool {
	switch v := token.(type) {
	case string:
		return t.Kind() == reflect.String || t == reflect.TypeFor[[]byte]()
	case bool:
		return t.Kind() == reflect.Bool
	case json.Number:
		return numberFits(v.String(), t)
	}
	return false
}

func numberFits(text string, t reflect.Type) bool {
	var err error
	switch {
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		_, err = strconv.ParseFloat(text, t.Bits())
	case reflect.Int <= t.Kind() && t.Kind() <= reflect.Int64:
		_, err = strconv.ParseInt(text, 10, t.Bits())
	case reflect.Uint <= t.Kind() && t.Kind() <= reflect.Uintptr:
		_, err = strconv.ParseUint(text, 10, t.Bits())
	default:
		return false
	}
	return err == nil
}

func isNumber(t reflect.Type) bool { return reflect.Int <= t.Kind() && t.Kind() <= reflect.Float64 }

// tokenName says what JSON a token begins.
func tokenName(token json.Token) string {
	switch token {
	case json.Delim('{'):
		return "object"
	case json.Delim('['):
		return "array"
	}
	switch token.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	}
	return "number"
}
