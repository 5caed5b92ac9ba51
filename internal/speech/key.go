package speech

import "log/slog"

// Key is a credential of a provider. It does not print.
type Key string

const hidden = "***"

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// MarshalText hides the key.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }
