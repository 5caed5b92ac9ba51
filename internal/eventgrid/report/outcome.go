package report

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/switchhook/switchhook/internal/delivery"
)

// Names of outcomes, as Event Grid writes them in lastDeliveryOutcome and in
// its failure log ("Message delivery and retry", "Diagnostic logs"). What fits
// none of the documented ones is a GenericError.
const (
	NameNotFound        = "NotFound"
	NameDisabled        = "Disabled"
	NameFull            = "Full"
	NameUnauthorized    = "Unauthorized"
	NameForbidden       = "Forbidden"
	NameBadRequest      = "BadRequest"
	NameTimedOut        = "TimedOut"
	NameBusy            = "Busy"
	NamePayloadTooLarge = "PayloadTooLarge"
	NameProbation       = "Probation"
	NameCanceled        = "Canceled"
	NameAborted         = "Aborted"
	NameSocketError     = "SocketError"
	NameResolutionError = "ResolutionError"
	NameGenericError    = "GenericError"
)

var nameOfStatus = map[int]string{
	http.StatusBadRequest:            NameBadRequest,
	http.StatusUnauthorized:          NameUnauthorized,
	http.StatusForbidden:             NameForbidden,
	http.StatusNotFound:              NameNotFound,
	http.StatusRequestTimeout:        NameTimedOut,
	http.StatusGone:                  NameDisabled,
	http.StatusRequestEntityTooLarge: NamePayloadTooLarge,
	http.StatusTooManyRequests:       NameBusy,
	http.StatusServiceUnavailable:    NameBusy,
	http.StatusGatewayTimeout:        NameTimedOut,
	http.StatusInsufficientStorage:   NameFull,
}

// Name is the documented name of a failed attempt's outcome.
func Name(o delivery.Outcome) string {
	if o.Status != 0 {
		if name, known := nameOfStatus[o.Status]; known {
			return name
		}
		return NameGenericError
	}
	return nameOfError(o)
}

func nameOfError(o delivery.Outcome) string {
	var dns *net.DNSError
	var socket *net.OpError
	switch {
	case errors.Is(o.Err, delivery.ErrDeleted):
		return NameCanceled
	case errors.Is(o.Err, delivery.ErrNotSent), errors.Is(o.Err, context.Canceled):
		return NameAborted
	case errors.Is(o.Err, delivery.ErrNotAnswered), errors.Is(o.Err, context.DeadlineExceeded), errors.Is(o.Err, os.ErrDeadlineExceeded):
		return NameTimedOut
	case errors.As(o.Err, &dns):
		return NameResolutionError
	case errors.As(o.Err, &socket), errors.Is(o.Err, io.EOF), errors.Is(o.Err, io.ErrUnexpectedEOF), errors.Is(o.Err, delivery.ErrUnavailable):
		return NameSocketError
	default:
		return NameGenericError
	}
}
