package appendjson

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Object is a JSON object that is being appended to a buffer, member by member. Names of
// members are constants of letters, which need no escape. Texts are those of Text.
type Object struct {
	b        []byte
	followed bool  // a member stands before the next
	err      error // the first value that has no form in JSON
}

// Open begins an object behind what the buffer holds.
func Open(b []byte) Object { return Object{b: append(b, '{')} }

// Close ends the object. The error is of the first value that has no form in JSON: a number
// that is not finite, a time whose year has not four digits, or what a writer of Value refused.
func (o *Object) Close() ([]byte, error) { return append(o.b, '}'), o.err }

func (o *Object) refuse(name string, why error) {
	if o.err == nil {
		o.err = fmt.Errorf("%s: %w", name, why)
	}
}

var (
	errNotFinite = errors.New("the number is not finite")
	errYear      = errors.New("the year has not four digits")
)

func (o *Object) name(name string) {
	if o.followed {
		o.b = append(o.b, ',')
	}
	o.followed = true
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// Text adds a text.
func (o *Object) Text(name, text string) {
	o.name(name)
	o.b = Text(o.b, text)
}

// Joined adds a text that comes in parts, each of which is valid UTF-8.
func (o *Object) Joined(name string, parts ...string) {
	o.name(name)
	o.b = append(o.b, '"')
	for _, part := range parts {
		o.b = inner(o.b, part)
	}
	o.b = append(o.b, '"')
}

// SomeText adds a text unless it is empty, as the option omitempty does.
func (o *Object) SomeText(name, text string) {
	if text != "" {
		o.Text(name, text)
	}
}

// Int adds a whole number.
func (o *Object) Int(name string, n int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

// SomeInt adds a whole number unless it is zero.
func (o *Object) SomeInt(name string, n int64) {
	if n != 0 {
		o.Int(name, n)
	}
}

// Uint adds a whole number without a sign.
func (o *Object) Uint(name string, n uint64) {
	o.name(name)
	o.b = strconv.AppendUint(o.b, n, 10)
}

// Float adds a number.
func (o *Object) Float(name string, f float64) {
	o.name(name)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		o.refuse(name, errNotFinite)
		return
	}
	o.b = appendFloat(o.b, f)
}

// SomeFloat adds a number unless it is zero.
func (o *Object) SomeFloat(name string, f float64) {
	if f != 0 {
		o.Float(name, f)
	}
}

// appendFloat writes a number as ECMAScript does (ECMA-262, Number::toString).
func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, f, format, -1, 64)
	if n := len(b); format == 'e' && n >= 4 && b[n-4] == 'e' && b[n-2] == '0' { // e-09 is e-9
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}

// Bool adds true or false.
func (o *Object) Bool(name string, is bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, is)
}

// True adds true, or nothing.
func (o *Object) True(name string, is bool) {
	if is {
		o.Bool(name, true)
	}
}

// Time adds a time as RFC 3339 writes it, in the zone that it has.
func (o *Object) Time(name string, at time.Time) {
	o.name(name)
	if year := at.Year(); year < 0 || year > 9999 {
		o.refuse(name, errYear)
		return
	}
	o.b = append(at.AppendFormat(append(o.b, '"'), time.RFC3339Nano), '"')
}

// TimeAs adds a time in a layout of letters and signs that need no escape.
func (o *Object) TimeAs(name, layout string, at time.Time) {
	o.name(name)
	o.b = append(at.AppendFormat(append(o.b, '"'), layout), '"')
}

// SomeTime adds a time unless it is zero, as the option omitzero does.
func (o *Object) SomeTime(name string, at time.Time) {
	if !at.IsZero() {
		o.Time(name, at)
	}
}

// Value adds a member that write appends: an object, a list, or any other value.
func (o *Object) Value(name string, write func([]byte) ([]byte, error)) {
	o.name(name)
	b, err := write(o.b)
	o.b = b
	if err != nil {
		o.refuse(name, err)
	}
}

// List appends a list of values, [] for none. The error is of the first that has no form in JSON.
func List[T any](b []byte, list []T, write func([]byte, *T) ([]byte, error)) (_ []byte, err error) {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var refused error
		if b, refused = write(b, &list[i]); err == nil {
			err = refused
		}
	}
	return append(b, ']'), err
}
