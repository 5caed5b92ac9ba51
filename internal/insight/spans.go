package insight

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// span is a span as OTLP writes it in JSON.
type span struct {
	TraceID    string      `json:"traceId"` // 32 hexadecimal digits
	SpanID     string      `json:"spanId"`  // 16
	Parent     string      `json:"parentSpanId,omitempty"`
	Name       string      `json:"name"`
	Kind       int         `json:"kind"` // 1: internal, 2: server, 3: client
	Start      string      `json:"startTimeUnixNano"`
	End        string      `json:"endTimeUnixNano"`
	Attributes []attribute `json:"attributes,omitempty"`
	Status     *status     `json:"status,omitempty"`
}

type attribute struct {
	Key   string         `json:"key"`
	Value map[string]any `json:"value"`
}

type status struct {
	Code    int    `json:"code"` // 2: error
	Message string `json:"message,omitempty"`
}

// Kinds of spans.
const (
	spanInternal = 1
	spanServer   = 2
	spanClient   = 3
)

func text(key, value string) attribute { return attribute{key, map[string]any{"stringValue": value}} }

func number64(key string, n int) attribute {
	return attribute{key, map[string]any{"intValue": strconv.Itoa(n)}}
}

// traceID is the trace of a call: its correlation id without hyphens. Ids that are no
// GUID are hashed.
func traceID(id string) string {
	plain := strings.ReplaceAll(strings.ToLower(id), "-", "")
	if decoded, err := hex.DecodeString(plain); err == nil && len(decoded) == 16 {
		return plain
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// spanID follows from what the span is of, so that a delivery can name it before it is
// sent.
func spanID(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// TraceParent is the header by which a webhook continues the trace of its call (W3C
// Trace Context); "" where the call is not known.
func (h *Hub) TraceParent(m *delivery.Message, attempt int) string {
	name := nameOfMessage(m)
	h.mu.Lock()
	r := h.byName[name]
	h.mu.Unlock()
	if r == nil {
		return ""
	}
	return "00-" + traceID(r.id) + "-" + attemptSpan(m.ID, m.Group, attempt) + "-01"
}

func attemptSpan(event, group string, attempt int) string {
	return spanID("attempt", event, group, strconv.Itoa(attempt))
}

// newSpan is a span without its place in the trace of a call.
func newSpan(id, name string, kind int, start, end time.Time, attributes ...attribute) span {
	return span{
		SpanID: id, Name: clean(name, maxLine), Kind: kind, Attributes: attributes,
		Start: strconv.FormatInt(start.UnixNano(), 10), End: strconv.FormatInt(max(start.UnixNano(), end.UnixNano()), 10),
	}
}

// withStatus is the span, with why it failed if it did.
func (s span) withStatus(failed bool, why string) span {
	if failed {
		s.Status = &status{2, clean(why, maxLine)}
	}
	return s
}

// spans makes the trace of a call that is over.
func (s snapshot) spans() []span {
	s.open()
	sum := s.summarize()
	end := s.end
	for _, e := range s.entries {
		if e.at().After(end) {
			end = e.at()
		}
	}
	root := newSpan(spanID("call", s.id), "call", spanInternal, s.begun, end,
		text("switchhook.from", sum.From), text("switchhook.to", sum.To), text("switchhook.end", sum.EndKind)).withStatus(sum.Failed, sum.Reason)
	list := s.partSpans()
	for i := range list {
		list[i].Parent = root.SpanID
	}
	list = slices.Insert(list, 0, root)
	for i := range list {
		list[i].TraceID = traceID(s.id)
		list[i].Attributes = append(list[i].Attributes, text("switchhook.call", s.id))
	}
	return list
}

// partSpans are the spans of requests, of attempts to deliver, and of operations and legs
// that are over.
func (s snapshot) partSpans() (list []span) {
	operations, legs := map[string]entry{}, map[string]entry{}
	for _, e := range s.entries {
		switch d := e.detail.(type) {
		case *request:
			list = append(list, d.span())
		case *attempt:
			if d.Number > 0 {
				list = append(list, d.span())
			}
		case *event:
			if d.Name == operationAccepted {
				operations[d.OperationID] = e
			} else if begun, open := operations[d.OperationID]; open && endsOperation(d.Operation, d.Name) {
				delete(operations, d.OperationID)
				list = append(list, d.span(begun.at(), e.at()))
			}
		case *legNews:
			key := d.who + direction(d.inbound)
			if begun, came := legs[key]; came && d.what == call.LegGone {
				delete(legs, key)
				list = append(list, d.span(spanID("leg", s.id, key, fmt.Sprint(begun.nanos)), begun.at(), e.at()))
			}
			if d.what == call.LegCame {
				legs[key] = e
			}
		}
	}
	return list
}

func (r *request) span() span {
	return newSpan(spanID("request", r.ID), r.Method+" "+r.Pattern, spanServer, r.At, r.At.Add(r.Took),
		text("http.request.method", r.Method), text("http.route", r.Pattern), number64("http.response.status_code", r.Status)).withStatus(r.Status >= 400, r.problem())
}

func (a *attempt) span() span {
	return newSpan(attemptSpan(a.ID, a.Group, a.Number), "POST "+shortType(a.Note), spanClient, a.Time.Add(-a.Latency), a.Time,
		text("url.full", a.URL), number64("http.response.status_code", a.Status), number64("switchhook.attempt", a.Number)).withStatus(a.Result != history.Delivered, outcomeOf(a.Attempt))
}

// span is the operation that the event ends.
func (e *event) span(start, end time.Time) span {
	_, line, failed := e.line()
	return newSpan(spanID("operation", e.OperationID), e.Operation, spanInternal, start, end, text("switchhook.operation.id", e.OperationID)).withStatus(failed, line)
}

// span is the leg that has gone.
func (l *legNews) span(id string, start, end time.Time) span {
	_, line, failed := l.line()
	return newSpan(id, "leg "+l.who, spanInternal, start, end, text("switchhook.direction", direction(l.inbound))).withStatus(failed, line)
}

// endsOperation reports whether an event ends operations of a kind.
func endsOperation(operation, event string) bool {
	kind, known := call.OperationNamed(operation)
	return known && slices.ContainsFunc(kind.Ends(), func(end call.Event) bool { return nameOf(end) == event })
}

var operationAccepted = nameOf(call.OperationAccepted{})
