package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/switchhook/switchhook/internal/identifier"
)

// answer is the ResponseWriter that handlers get. It sets the headers, and refuses
// a success with a status that the route does not declare.
type answer struct {
	http.ResponseWriter
	exchange *exchange
	status   int    // 0 until the header is written
	sent     int64  // bytes of the body
	replaced bool   // the handler's own answer was replaced by an error
	ownPace  bool   // its handler sets the time for each part
	kept     []byte // its beginning, for Config.Watch
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader sends the header.
func (a *answer) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status != 0 {
		return
	}
	route := a.exchange.route
	if route != nil && status < 300 && !slices.Contains(route.success, status) {
		a.refuse(fmt.Errorf("the handler answered %d, which %s %s does not declare", status, route.method, route.pattern))
		return
	}
	a.status = status
	h := a.Header()
	if h.Get(headerChainID) == "" {
		a.exchange.ids[2] = identifier.NewGUID()
		h[headerChainID] = a.exchange.ids[2:]
	}
	if route != nil && route.reportsResult && status < 300 {
		h.Set(headerRepeatabilityResult, "accepted")
	}
	a.bePatient()
	a.ResponseWriter.WriteHeader(status)
}

// refuse replaces an answer that SDKs treat as an exception.
func (a *answer) refuse(err error) {
	a.replaced = true
	h := a.Header()
	h.Del("Content-Type")
	h.Del("Content-Length")
	a.exchange.failure = err
	a.exchange.log().Error("handler answered with a status that its route does not declare", "failure", err)
	writeFault(a.ResponseWriter, a, a.exchange.faults.of(err), a.exchange.id)
}

// Write sends a part of the body.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.replaced {
		return len(p), nil
	}
	a.keepAnswer(p)
	for n := 0; ; {
		if a.sent > 0 { // else its time has just begun
			a.bePatient()
		}
		part, err := a.ResponseWriter.Write(p[n:min(len(p), n+answerPart)])
		n, a.sent = n+part, a.sent+int64(part)
		if err != nil || n == len(p) {
			return n, err
		}
	}
}

// WriteJSON answers with a status and a value as JSON. A value that cannot be
// encoded is an error and nothing is written.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	body := bodies.Get().(*bytes.Buffer)
	defer keepBody(body)
	body.Reset()
	if err := encodeTo(body, value); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	text := bytes.TrimSuffix(body.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text))) // its end is known where it is flushed (Afterwards)
	w.WriteHeader(status)
	_, err := w.Write(text)
	return notGone(err)
}

// bodies are for answers while they are written.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// mostKept is the size, in bytes, of the largest of them that is used again.
const mostKept = 64 << 10

func keepBody(b *bytes.Buffer) {
	if b.Cap() <= mostKept {
		bodies.Put(b)
	}
}

// appender is a value that is written without reflection, as its MarshalJSON writes it.
type appender interface {
	AppendJSON([]byte) ([]byte, error)
}

func encodeTo(body *bytes.Buffer, value any) error {
	if v, ok := value.(appender); ok {
		text, err := v.AppendJSON(body.AvailableBuffer())
		body.Write(text)
		return err
	}
	encoder := json.NewEncoder(body)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// notGone drops the error of a client that left before its answer was written.
func notGone(err error) error {
	if err == nil || errors.Is(err, http.ErrBodyNotAllowed) {
		return nil
	}
	return &goneError{err}
}

// goneError is the failure to write to a client that has closed its connection.
type goneError struct{ cause error }

func (e *goneError) Error() string { return "client closed the connection: " + e.cause.Error() }
func (e *goneError) Unwrap() error { return e.cause }
