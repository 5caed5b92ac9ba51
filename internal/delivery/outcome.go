package delivery

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// Outcome is how an attempt ended, as its policy sees it.
type Outcome struct {
	Attempt    int           // attempts made so far, this one included; an unreachable destination's are not made, thus 0 is possible
	Status     int           // HTTP status, or what a Sender makes of its answer; 0 where there was no answer
	Err        error         // why there was none
	RetryAfter time.Duration // what the answer asked for
	Latency    time.Duration // from the start of the attempt to its end
	Age        time.Duration // since the message was posted
	// Ended tells that the Last message of the group is posted, SinceEnd ago.
	Ended    bool
	SinceEnd time.Duration
	Answer   []byte // first bytes of the answer's body
}

// saysNothing reports whether an attempt ended by our own doing, so that it
// tells neither good nor bad of its destination.
func (o Outcome) saysNothing() bool {
	return errors.Is(o.Err, ErrNotSent) || errors.Is(o.Err, errDeleted)
}

// tellTime adds what depends on the moment.
func (o *Outcome) tellTime(r *record, now time.Time) {
	o.Age = now.Sub(r.posted)
	if r.group != nil && r.group.last != nil {
		o.Ended, o.SinceEnd = true, now.Sub(r.group.ended)
	}
}

// Names of outcomes, as Event Grid writes them in lastDeliveryOutcome and in
// its failure log ("Message delivery and retry", "Diagnostic logs"). What fits
// none of the documented ones is a GenericError.
const (
	NameDelivered       = "Delivered"
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

// Name returns the documented name of a failure.
func (o Outcome) Name() string {
	var dns *net.DNSError
	var socket *net.OpError
	switch {
	case o.Status != 0:
		if name, known := nameOfStatus[o.Status]; known {
			return name
		}
		return NameGenericError
	case errors.Is(o.Err, ErrProbation):
		return NameProbation
	case errors.Is(o.Err, errDeleted):
		return NameCanceled
	case errors.Is(o.Err, ErrNotSent), errors.Is(o.Err, context.Canceled):
		return NameAborted
	case errors.Is(o.Err, ErrNotAnswered), errors.Is(o.Err, context.DeadlineExceeded), errors.Is(o.Err, os.ErrDeadlineExceeded):
		return NameTimedOut
	case errors.As(o.Err, &dns):
		return NameResolutionError
	case errors.As(o.Err, &socket), errors.Is(o.Err, io.EOF), errors.Is(o.Err, io.ErrUnexpectedEOF), errors.Is(o.Err, ErrUnavailable):
		return NameSocketError
	default:
		return NameGenericError
	}
}
