package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// key is one key of the configuration as a field of keys declares it. The tags
// of the field:
//
//	yaml      name of the key
//	default   value if the key is absent; the values of a list have spaces between
//	absent    what holds if the key is absent, where no value says it
//	min, max  bounds of a number or a duration
//	of        allowed words, with spaces between
//	type      what a text or a list holds
//	unit      unit of a number
//	since     release that introduced the key; the first release if there is none
type key struct {
	path  string // such as trunks[0].ping
	tag   reflect.StructTag
	value reflect.Value // in the file
	given bool          // whether the file has it; an empty text is none
}

// key finds the declaration of a path, and its value in the file.
func (f *configFile) key(path string) key {
	value := reflect.ValueOf(&f.keys).Elem()
	var field reflect.StructField
	for part := range strings.SplitSeq(path, ".") {
		name, index, listed := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		value = pointed(value)
		field = fieldNamed(value.Type(), name)
		value = value.FieldByIndex(field.Index)
		if n, err := strconv.Atoi(index); listed && err == nil {
			value = value.Index(n)
		}
	}
	k := key{path: path, tag: field.Tag, value: pointed(value)}
	switch value.Kind() {
	case reflect.Pointer, reflect.Slice:
		k.given = !value.IsNil() // an empty list is a choice
	default:
		k.given = !value.IsZero()
	}
	return k
}

// text is the value in the file, "" if there is none.
func (k key) text() string {
	if !k.given {
		return ""
	}
	return fmt.Sprint(k.value.Interface())
}

// list is the value in the file, nil if there is none.
func (k key) list() (list []string) {
	if k.given {
		list = make([]string, k.value.Len())
	}
	for i := range list {
		list[i] = k.value.Index(i).String()
	}
	return list
}

// words are the values of a tag with several.
func (k key) words(tag string) []string { return strings.Fields(k.tag.Get(tag)) }

// pointed is what a pointer points to, the zero value for nil.
func pointed(value reflect.Value) reflect.Value {
	if value.Kind() != reflect.Pointer {
		return value
	}
	if value.IsNil() {
		return reflect.Zero(value.Type().Elem())
	}
	return value.Elem()
}

func fieldNamed(in reflect.Type, name string) reflect.StructField {
	for i := range in.NumField() {
		if field := in.Field(i); field.Tag.Get("yaml") == name {
			return field
		}
	}
	panic(fmt.Sprintf("config: %s declares no key %s", in, name))
}
