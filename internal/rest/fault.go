package rest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

// faultTable maps kinds of failure to the status and error code of one of Azure's APIs.
type faultTable struct {
	kinds     [fault.KindBusy + 1]statusCode
	statuses  map[string]int // codes whose status is not their kind's
	badBearer string         // code of a refused bearer token
	namesPath bool           // an error about no field has the path as its target
}

type statusCode struct {
	status int
	code   string
}

// callingFaults are Call Automation's: its codes are the subcodes of events.
var callingFaults = faultTable{
	kinds: [...]statusCode{
		fault.KindInternal:     {http.StatusInternalServerError, "9999"},
		fault.KindInvalid:      {http.StatusBadRequest, "8523"},
		fault.KindUnauthorized: {http.StatusUnauthorized, "7509"},
		fault.KindForbidden:    {http.StatusForbidden, "7504"},
		fault.KindNotFound:     {http.StatusNotFound, "8522"},
		fault.KindUnsupported:  {http.StatusMethodNotAllowed, "8520"},
		fault.KindConflict:     {http.StatusConflict, "8519"},
		fault.KindPrecondition: {http.StatusBadRequest, "8585"},
		fault.KindTooLarge:     {http.StatusRequestEntityTooLarge, "8523"},
		fault.KindThrottled:    {http.StatusTooManyRequests, "8516"},
		fault.KindBusy:         {http.StatusServiceUnavailable, "9001"},
	},
	statuses:  map[string]int{"8583": http.StatusPreconditionFailed},
	badBearer: "7501",
	namesPath: true,
}

// generalFaults are those of the other APIs.
var generalFaults = faultTable{
	kinds: [...]statusCode{
		fault.KindInternal:     {http.StatusInternalServerError, "InternalServerError"},
		fault.KindInvalid:      {http.StatusBadRequest, "ValidationError"},
		fault.KindUnauthorized: {http.StatusUnauthorized, "Denied"},
		fault.KindForbidden:    {http.StatusForbidden, "Forbidden"},
		fault.KindNotFound:     {http.StatusNotFound, "NotFound"},
		fault.KindUnsupported:  {http.StatusNotImplemented, "NotSupported"},
		fault.KindConflict:     {http.StatusConflict, "Conflict"},
		fault.KindPrecondition: {http.StatusPreconditionFailed, "PreconditionFailed"},
		fault.KindTooLarge:     {http.StatusRequestEntityTooLarge, "RequestTooLarge"},
		fault.KindThrottled:    {http.StatusTooManyRequests, "TooManyRequests"},
		fault.KindBusy:         {http.StatusServiceUnavailable, "ServiceUnavailable"},
	},
	badBearer: "Denied",
}

// roomFaults are the general ones, but for one code.
var roomFaults = func() faultTable {
	table := generalFaults
	table.kinds[fault.KindInvalid].code = "BadRequest"
	return table
}()

// faultsOf picks the table of the API that a path belongs to.
func faultsOf(path string) *faultTable {
	switch {
	case begins(path, "/calling"):
		return &callingFaults
	case begins(path, "/rooms"):
		return &roomFaults
	}
	return &generalFaults
}

func begins(path, prefix string) bool {
	return len(path) >= len(prefix) && strings.EqualFold(path[:len(prefix)], prefix)
}

// Field names the part of the request that an error is about: it becomes the
// error's target.
func Field(name string, err error) error { return &fieldError{name, err} }

type fieldError struct {
	name  string
	cause error
}

func (e *fieldError) Error() string { return e.cause.Error() }

func (e *fieldError) Unwrap() error { return e.cause }

// statusError has a status that no kind of failure has.
type statusError struct {
	status int
	cause  error
}

func (e *statusError) Error() string { return e.cause.Error() }

func (e *statusError) Unwrap() error { return e.cause }

// of returns the error response for err.
func (t *faultTable) of(err error) wireFault {
	var denial *auth.Denial
	if errors.As(err, &denial) {
		wire := wireFault{status: http.StatusUnauthorized, code: t.kinds[fault.KindUnauthorized].code, message: denial.Reason, challenge: "HMAC-SHA256"}
		if denial.Forbidden {
			forbidden := t.kinds[fault.KindForbidden]
			return wireFault{status: forbidden.status, code: forbidden.code, message: denial.Reason, challenge: `Bearer error="insufficient_scope"`}
		}
		if denial.Scheme == auth.SchemeBearer {
			wire.code, wire.challenge = t.badBearer, `Bearer error="invalid_token"`
		}
		return wire
	}
	f := fault.Of(err)
	known := t.kinds[fault.KindInternal]
	if int(f.Kind) < len(t.kinds) {
		known = t.kinds[f.Kind]
	}
	wire := wireFault{status: known.status, code: known.code, message: f.Message, retryAfter: f.RetryAfter}
	if f.Code != "" {
		wire.code = f.Code
		if status, ok := t.statuses[f.Code]; ok {
			wire.status = status
		}
	}
	if (f.Kind == fault.KindBusy || f.Kind == fault.KindThrottled) && wire.retryAfter <= 0 {
		wire.retryAfter = time.Second
	}
	var field *fieldError
	if errors.As(err, &field) {
		wire.target = field.name
	}
	errors.As(err, &wire.inner)
	var detail *detailError
	if errors.As(err, &detail) {
		wire.details = []string{detail.code}
	}
	var literal *literalError
	wire.literal = errors.As(err, &literal)
	var status *statusError
	if errors.As(err, &status) {
		wire.status = status.status
	}
	return wire
}
