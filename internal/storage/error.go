package storage

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrNotFound is in the chain of an error about a file, or a container, that
// does not exist.
var ErrNotFound = errors.New("not found")

// Error is an answer other than success. Its text holds no credentials: what a
// service says of a request, which may repeat a signature, is left out.
type Error struct {
	Status int // in HTTP's sense, such as 404 and 507; of the folder too
	Cause  error
}

func (e *Error) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes every 404 an ErrNotFound.
func (e *Error) Is(target error) bool {
	return target == ErrNotFound && e.Status == http.StatusNotFound
}

func invalid(format string, args ...any) error {
	return &Error{http.StatusBadRequest, fmt.Errorf(format, args...)}
}
