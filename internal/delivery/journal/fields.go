package journal

import (
	"encoding/binary"
	"errors"
)

// Records and messages are sequences of numbered fields, in the wire format of
// Protocol Buffers (https://protobuf.dev/programming-guides/encoding/): a tag of
// number and type, then a varint, or a length and bytes. Whoever owns a format
// lists its fields by name; a number is never given to another field. What is
// zero is left out, unknown fields are skipped, so that versions read each other.

const (
	typeVarint = 0
	typeBytes  = 2
)

// ErrDamaged is in the chain of the error about a page that cannot be read.
var ErrDamaged = errors.New("a page of the journal is damaged")

// AppendUint appends a number to an encoded message, unless it is 0.
func AppendUint(b []byte, field int, value uint64) []byte {
	if value == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(field)<<3|typeVarint)
	return binary.AppendUvarint(b, value)
}

// AppendText appends a text, unless it is empty.
func AppendText[T string | []byte](b []byte, field int, text T) []byte {
	if len(text) == 0 {
		return b
	}
	return AppendItem(b, field, text)
}

// AppendItem appends an element of a list, which is a field of its own, also
// where it is empty.
func AppendItem[T string | []byte](b []byte, field int, text T) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|typeBytes)
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// AppendPair appends an element of a map as the text "name:value".
func AppendPair(b []byte, field int, name, value string) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|typeBytes)
	b = binary.AppendUvarint(b, uint64(len(name)+1+len(value)))
	return append(append(append(b, name...), ':'), value...)
}

// Field is one field of an encoded message.
type Field struct {
	Number int
	Uint   uint64 // of a number
	Bytes  []byte // of a text; shares the message's memory
}

// Int is a number that must not exceed a bound.
func (f Field) Int(most int) int { return int(min(f.Uint, uint64(most))) }

// Fields goes through the fields of an encoded message, in their order:
//
//	for f := journal.Read(content); f.Next(); {
//		switch f.Number { … }
//	}
type Fields struct {
	Field
	rest []byte
	err  error
}

// Read begins with an encoded message.
func Read(encoded []byte) Fields { return Fields{rest: encoded} }

// Err is why there is no next field, nil at the end of the message.
func (f *Fields) Err() error { return f.err }

// Next goes to the next field and reports whether there is one.
func (f *Fields) Next() bool {
	if len(f.rest) == 0 {
		return false
	}
	tag, value := f.varint(), f.varint()
	f.Field = Field{Number: int(min(tag>>3, 1<<29))}
	switch {
	case f.err != nil:
	case tag&7 == typeVarint:
		f.Uint = value
	case tag&7 == typeBytes && value <= uint64(len(f.rest)):
		f.Bytes, f.rest = f.rest[:value:value], f.rest[value:]
	default:
		f.err = ErrDamaged // cut off, or of a type that no version has used
	}
	return f.err == nil
}

func (f *Fields) varint() uint64 {
	value, n := binary.Uvarint(f.rest)
	if n <= 0 {
		f.err = ErrDamaged
		return 0
	}
	f.rest = f.rest[n:]
	return value
}
