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

	"github.com/switchhook/switchhook/internal/fault"
)

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

// maxTarget is the length of a path, in bytes, that an error repeats at most.
const maxTarget = 1024

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
	if wire.target == "" && a.exchange.faults.namesPath && len(r.URL.Path) <= maxTarget {
		wire.target = r.URL.Path
	}
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
	wire.message, wire.target = fault.Shorten(wire.told()), fault.Shorten(wire.target)
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
