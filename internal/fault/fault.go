// Package fault is the error type that all packages share: a failure has a kind and keeps its
// cause; each API has one table that maps kinds and codes to Azure's responses.
package fault

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Kind is what went wrong, before any protocol gives it a number.
type Kind uint8

// The kinds of failure.
const (
	KindInternal     Kind = iota // an error of the server itself
	KindInvalid                  // the request cannot be understood or is out of bounds
	KindUnauthorized             // the sender is not authenticated
	KindForbidden                // the sender is not authorized
	KindNotFound                 // what it names does not exist
	KindUnsupported              // what it asks is not offered here, or not in this configuration
	KindConflict                 // it conflicts with something in progress
	KindPrecondition             // the present state does not allow it
	KindTooLarge                 // it exceeds a size limit
	KindThrottled                // the sender exceeds a rate or a limit
	KindBusy                     // the server is overloaded or stopping
)

// Error is a failure with its kind, the API's own code where one is known
// (such as "8522"), and the cause.
type Error struct {
	Kind       Kind
	Code       string        // Azure's code or subcode; "" takes the API's default for the kind
	Message    string        // what the caller is told
	RetryAfter time.Duration // with KindThrottled and KindBusy
	Cause      error         // for the log; not shown to the caller
}

// Error returns the message, and the cause behind it.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WithCode returns a copy that carries the API's code.
func (e *Error) WithCode(code string) *Error { c := *e; c.Code = code; return &c }

// WithCause returns a copy that carries its cause.
func (e *Error) WithCause(cause error) *Error { c := *e; c.Cause = cause; return &c }

// Of returns the Error in err's chain, or one that wraps err: of a disk that is full, or an
// internal one.
func Of(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return NotStored(err)
	}
	return &Error{Kind: KindInternal, Message: "internal error", Cause: err}
}

// retryStoring is when somebody may try again whose change could not be stored.
const retryStoring = 5 * time.Second

// NotStored is a request whose change cannot be stored at the moment. The cause may be nil.
func NotStored(cause error) *Error {
	return Busy(retryStoring, "the server cannot store anything at the moment: its disk may be full").WithCause(cause)
}

// Is reports whether err is a failure of that kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err).Kind == kind }

func newError(kind Kind, format string, args []any) *Error {
	return &Error{Kind: kind, Message: Shorten(fmt.Sprintf(format, args...))}
}

// Invalid is a request that cannot be understood or is out of bounds.
func Invalid(format string, args ...any) *Error { return newError(KindInvalid, format, args) }

// Unauthorized is a request whose sender is not authenticated.
func Unauthorized(format string, args ...any) *Error { return newError(KindUnauthorized, format, args) }

// Forbidden is a request that its sender may not make.
func Forbidden(format string, args ...any) *Error { return newError(KindForbidden, format, args) }

// NotFound is a request that names something that does not exist.
func NotFound(format string, args ...any) *Error { return newError(KindNotFound, format, args) }

// Unsupported is a request for what this server does not offer.
func Unsupported(format string, args ...any) *Error { return newError(KindUnsupported, format, args) }

// Conflict is a request that conflicts with something in progress.
func Conflict(format string, args ...any) *Error { return newError(KindConflict, format, args) }

// Precondition is a request that the present state does not allow.
func Precondition(format string, args ...any) *Error { return newError(KindPrecondition, format, args) }

// TooLarge is a request that exceeds a size limit.
func TooLarge(format string, args ...any) *Error { return newError(KindTooLarge, format, args) }

// Throttled is a request above a rate or limit; the caller may try again after the
// given time.
func Throttled(after time.Duration, format string, args ...any) *Error {
	e := newError(KindThrottled, format, args)
	e.RetryAfter = after
	return e
}

// Busy is a request to an overloaded or stopping server.
func Busy(after time.Duration, format string, args ...any) *Error {
	e := newError(KindBusy, format, args)
	e.RetryAfter = after
	return e
}
