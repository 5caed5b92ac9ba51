package speech

import "fmt"

// ErrorKind is why speech could not be made or understood.
type ErrorKind uint8

// The kinds of failure.
const (
	// Unconfigured: no provider is configured for what was asked, and none is
	// installed.
	Unconfigured ErrorKind = iota
	// Unreachable: the provider cannot be connected to, does not answer in time, or
	// has closed the connection.
	Unreachable
	// Rejected: the provider has answered with a status that says no: 400, 401,
	// 403, 408 or 429 of HTTP, or its protocol's word for one of them.
	Rejected
	// Broken: the provider has answered with something else than its protocol says,
	// or with an error of its own (5xx).
	Broken
	// Empty: there is nothing to speak.
	Empty
)

// Error is why speech could not be made or understood. Azure's subcodes follow from
// Kind and Status: 8567 unconfigured, 8564 unreachable, 8565 rejected, 8582 empty.
type Error struct {
	Kind     ErrorKind
	Provider string // its name in the configuration; "" before one was chosen
	Status   int    // the HTTP status, or the one that the protocol's word stands for; 0: none
	// Detail says what went wrong and what to do, in a sentence without secrets. Of
	// a provider's answer it has the first 200 characters.
	Detail string
	Cause  error // nil, or what was returned by the network
}

// Error names the provider and says what went wrong.
func (e *Error) Error() string {
	said := e.Detail
	if e.Cause != nil {
		said = fmt.Sprintf("%s: %v", said, e.Cause)
	}
	if e.Provider == "" {
		return said
	}
	return fmt.Sprintf("speech provider %s: %s", e.Provider, said)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
