package rest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
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

// wireFault is an error on its way to the client.
type wireFault struct {
	status     int
	code       string
	message    string
	literal    bool // the message is the real service's
	target     string
	inner      *innerError
	details    []string // codes that tell the same
	retryAfter time.Duration
	challenge  string
	bare       bool // without a body
}

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

// fail answers with an error, unless an answer is under way already.
func (a *answer) fail(r *http.Request, err error) {
	var gone *goneError
	if errors.As(err, &gone) || errors.Is(context.Cause(r.Context()), context.Canceled) {
		a.exchange.log().Debug("client closed the connection before the response", "failure", err)
		if a.status == 0 {
			a.status = statusClientLeft
		}
		return
	}
	wire := a.exchange.faults.of(err)
	if wire.status >= http.StatusInternalServerError && wire.status != http.StatusNotImplemented && (wire.status != http.StatusServiceUnavailable || fault.Of(err).Cause != nil) {
		a.exchange.log().Error("request failed", "method", r.Method, "path", clip(r.URL.Path), "failure", err)
	}
	a.exchange.failure = err
	if a.status == 0 {
		wire.bare = a.exchange.route != nil && a.exchange.route.bareRefusals && (wire.status == http.StatusUnauthorized || wire.status == http.StatusForbidden)
		writeFault(a, a, wire, a.exchange.id)
	}
}

// statusClientLeft is the status in the log and the metrics of a request whose
// client closed the connection first (nginx uses the same number).
const statusClientLeft = 499

type wireError struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Target  string `json:"target,omitempty"`

		Details []wireDetail `json:"details,omitempty"`
		Inner   *innerError  `json:"innererror,omitempty"`
	} `json:"error"`
}

// told is the message as a sentence, which begins with a field's name as the field is called,
// unless the message is the real service's.
func (wire *wireFault) told() string {
	switch told := fault.Sentence(wire.message); {
	case wire.literal:
		return wire.message
	case wire.target != "" && strings.HasPrefix(wire.message, wire.target):
		return wire.message[:1] + told[1:]
	default:
		return told
	}
}

// writeFault sends an error in Azure's shape to w and notes it in a.
func writeFault(w http.ResponseWriter, a *answer, wire wireFault, requestID string) {
	if wire.status == http.StatusInternalServerError {
		wire.message += "; see the server's log for request id " + requestID
	}
	var body wireError
	wire.message = wire.told()
	body.Error.Code, body.Error.Message, body.Error.Target = wire.code, wire.message, wire.target
	for _, code := range wire.details {
		body.Error.Details = append(body.Error.Details, wireDetail{code, wire.message, wire.target})
	}
	body.Error.Inner = wire.inner
	text, err := json.Marshal(body)
	if err != nil { // not with three strings
		text = nil
	}
	h := w.Header()
	if wire.bare {
		text = nil
	} else {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	h.Set(headerErrorCode, wire.code)
	if wire.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wire.retryAfter.Seconds()))))
	}
	if wire.challenge != "" {
		h.Set("WWW-Authenticate", wire.challenge)
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(wire.status)
	a.status = wire.status
	w.Write(text)
}
