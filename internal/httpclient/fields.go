package httpclient

import "strings"

// Fields are the header fields of a request, each with one value, in the order in
// which they were first set, and as their names are written there. The zero value has
// none.
type Fields struct{ list []field }

type field struct{ name, value string }

// Set gives a field its value. Names are the same whatever their case: RFC 9110 §5.1.
func (f *Fields) Set(name, value string) {
	if at := f.index(name); at >= 0 {
		f.list[at].value = value
		return
	}
	f.list = append(f.list, field{name, value})
}

// Get returns a field's value, "" where there is no such field.
func (f *Fields) Get(name string) string {
	if at := f.index(name); at >= 0 {
		return f.list[at].value
	}
	return ""
}

// All is an iterator over the fields.
func (f *Fields) All(yield func(name, value string) bool) {
	for _, one := range f.list {
		if !yield(one.name, one.value) {
			return
		}
	}
}

// Reset removes all fields, and keeps their memory.
func (f *Fields) Reset() {
	clear(f.list)
	f.list = f.list[:0]
}

func (f *Fields) index(name string) int {
	for i := range f.list {
		if strings.EqualFold(f.list[i].name, name) {
			return i
		}
	}
	return -1
}

// areUsual reports whether the fields change neither framing nor route, and are what
// RFC 9110 §5 permits.
func (f *Fields) areUsual() bool {
	for _, one := range f.list {
		if !isUsual(one.name) || !isFieldValue(one.value) {
			return false
		}
	}
	return true
}

// appendTo appends the fields as they are sent.
func (f *Fields) appendTo(text []byte) []byte {
	for _, one := range f.list {
		text = append(append(text, one.name...), ": "...)
		text = append(append(text, strings.Trim(one.value, " \t")...), "\r\n"...)
	}
	return text
}
