package rest

import "net/http"

// Unprocessable lets err be answered with 422: the request can be read, and
// what it asks for cannot be.
func Unprocessable(err error) error {
	return &statusError{status: http.StatusUnprocessableEntity, cause: err}
}

// Inner adds what exactly is wrong, where an API has general codes and special
// ones: the error's innererror.
func Inner(code, message string, err error) error {
	return &innerError{Code: code, Message: message, cause: err}
}

type innerError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	cause   error
}

// Error holds both messages, for the log.
func (e *innerError) Error() string { return e.cause.Error() + " " + e.Message }
func (e *innerError) Unwrap() error { return e.cause }
