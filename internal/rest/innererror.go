package rest

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
)

// Unprocessable lets err be answered with 422: the request can be read, and
// what it asks for cannot be.
func Unprocessable(err error) error {
	return &statusError{status: http.StatusUnprocessableEntity, cause: err}
}

// Inner adds what exactly is wrong, where an API has general codes and special
// ones: the error's innererror.
func Inner(code, message string, err error) error {
	return &innerError{Code: code, Message: fault.Shorten(message), cause: err}
}

// Detail gives an error, of a Field, the special code of an API that tells it in the
// error's details. The message is told there too, and not there alone: SDKs show people
// the error's own.
func Detail(code string, err error) error { return &detailError{code, err} }

type detailError struct {
	code  string
	cause error
}

func (e *detailError) Error() string { return e.cause.Error() }
func (e *detailError) Unwrap() error { return e.cause }

// wireDetail is an entry of an error's details.
type wireDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
}

type innerError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	cause   error
}

// Error holds both messages, for the log.
func (e *innerError) Error() string { return e.cause.Error() + " " + e.Message }
func (e *innerError) Unwrap() error { return e.cause }

// Literal lets the message of err be told letter for letter, as the real service tells it.
// All others are told as sentences.
func Literal(err error) error { return &literalError{err} }

type literalError struct{ cause error }

func (e *literalError) Error() string { return e.cause.Error() }
func (e *literalError) Unwrap() error { return e.cause }
