package storetest

import (
	"encoding/json"
	"reflect"
	"slices"
)

// unset names the members that are stored, and have their zero value wherever
// they occur in a value: whoever adds a member has to add it to the golden file.
func unset(value reflect.Value) []string {
	set := map[string]bool{}
	visit(value, set)
	var names []string
	for name, isSet := range set {
		if !isSet {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// visit notes for each member of a value, by type and name, whether it is set
// anywhere.
func visit(v reflect.Value, set map[string]bool) {
	switch {
	case !v.IsValid() || v.Type().Implements(marshaler):
	case v.Kind() == reflect.Pointer:
		visit(v.Elem(), set)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		for i := range v.Len() {
			visit(v.Index(i), set)
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			visit(v.MapIndex(key), set)
		}
	case v.Kind() == reflect.Struct:
		for field, member := range v.Fields() {
			if field.IsExported() && field.Tag.Get("json") != "-" {
				name := v.Type().String() + "." + field.Name
				set[name] = set[name] || !member.IsZero()
				visit(member, set)
			}
		}
	}
}
