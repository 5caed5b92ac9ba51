package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A value is stored in an envelope, {"version":1,"value":…}, written as exactly
// that text. Version 0 is the bare value; none began like an envelope.
const (
	envelopeVersion = `{"version":`
	envelopeValue   = `,"value":`
	envelopeEnd     = `}`
)

// ErrNewer is that a newer build has stored a value, which is left alone.
var ErrNewer = errors.New("a newer build has stored it; use that build")

// Encode returns a value as it is stored.
func (s Schema[T]) Encode(value T) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil || len(s.upgrades) == 0 {
		return text, err
	}
	b := make([]byte, 0, len(envelopeVersion)+len(envelopeValue)+len(envelopeEnd)+4+len(text))
	b = strconv.AppendInt(append(b, envelopeVersion...), int64(len(s.upgrades)), 10)
	b = append(append(b, envelopeValue...), text...)
	return append(b, envelopeEnd...), nil
}

// Decode reads a value of this version or of an earlier one.
func (s Schema[T]) Decode(stored []byte) (T, error) {
	var value T
	version, text, err := openEnvelope(stored)
	if err != nil {
		return value, fmt.Errorf("stored damaged: %w", err)
	}
	if version > len(s.upgrades) {
		return value, fmt.Errorf("stored in version %d, and this build reads versions up to %d: %w", version, len(s.upgrades), ErrNewer)
	}
	for v, upgrade := range s.upgrades[version:] {
		if text, err = upgrade(text); err != nil {
			return value, fmt.Errorf("stored in version %d, and not upgraded to version %d: %w", version+v, version+v+1, err)
		}
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return value, fmt.Errorf("stored damaged: %w", err)
	}
	return value, nil
}

func openEnvelope(stored []byte) (version int, value []byte, err error) {
	rest, versioned := bytes.CutPrefix(stored, []byte(envelopeVersion))
	if !versioned {
		return 0, stored, nil
	}
	number, rest, whole := bytes.Cut(rest, []byte(envelopeValue))
	value, closed := bytes.CutSuffix(rest, []byte(envelopeEnd))
	version, err = strconv.Atoi(string(number))
	if !whole || !closed || err != nil || version < 1 {
		return 0, nil, errors.New("its envelope is incomplete")
	}
	return version, value, nil
}
