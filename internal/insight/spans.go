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

// spans makes the trace of a call that is over.
func (s snapshot) spans() []span {
	s.open()
	sum := s.summarize()
	trace, root := traceID(s.id), spanID("call", s.id)
	end := s.end
	for _, e := range s.entries {
		if e.at().After(end) {
			end = e.at()
		}
	}
	list := []span{s.span(trace, "", root, "call", spanInternal, s.begun, end, sum.Failed, sum.Reason,
		text("switchhook.from", sum.From), text("switchhook.to", sum.To), text("switchhook.end", sum.EndKind))}
	operations, legs := map[string]entry{}, map[string]entry{}
	for _, e := range s.entries {
		switch d := e.detail.(type) {
		case *request:
			list = append(list, s.span(trace, root, spanID("request", d.ID), d.Method+" "+d.Pattern, spanServer, d.At, d.At.Add(d.Took), d.Status >= 400, d.problem(),
				text("http.request.method", d.Method), text("http.route", d.Pattern), number64("http.response.status_code", d.Status)))
		case *attempt:
			if d.Number > 0 {
				list = append(list, s.span(trace, root, attemptSpan(d.ID, d.Group, d.Number), "POST "+shortType(d.Note), spanClient, d.Time.Add(-d.Latency), d.Time,
					d.Result != history.Delivered, outcomeOf(d.Attempt), text("url.full", d.URL), number64("http.response.status_code", d.Status), number64("switchhook.attempt", d.Number)))
			}
		case *event:
			id := d.OperationID
			if d.Name == operationAccepted {
				operations[id] = e
			} else if begun, open := operations[id]; open && endsOperation(d.Operation, d.Name) {
				delete(operations, id)
				_, line, failed := d.line()
				list = append(list, s.span(trace, root, spanID("operation", id), d.Operation, spanInternal, begun.at(), e.at(), failed, line, text("switchhook.operation.id", id)))
			}
		case *legNews:
			key := d.who + direction(d.inbound)
			switch d.what {
			case call.LegCame:
				legs[key] = e
			case call.LegGone:
				if begun, came := legs[key]; came {
					delete(legs, key)
					_, line, failed := d.line()
					list = append(list, s.span(trace, root, spanID("leg", s.id, key, fmt.Sprint(begun.nanos)), "leg "+d.who, spanInternal, begun.at(), e.at(), failed, line, text("switchhook.direction", direction(d.inbound))))
				}
			}
		}
	}
	return list
}

func (s snapshot) span(trace, parent, id, name string, kind int, start, end time.Time, failed bool, why string, attributes ...attribute) span {
	made := span{
		TraceID: trace, SpanID: id, Parent: parent, Name: clean(name, maxLine), Kind: kind,
		Start: strconv.FormatInt(start.UnixNano(), 10), End: strconv.FormatInt(max(start.UnixNano(), end.UnixNano()), 10),
		Attributes: append(attributes, text("switchhook.call", s.id)),
	}
	if failed {
		made.Status = &status{2, clean(why, maxLine)}
	}
	return made
}

// endsOperation reports whether an event ends operations of a kind.
func endsOperation(operation, event string) bool {
	kind, known := call.OperationNamed(operation)
	return known && slices.ContainsFunc(kind.Ends(), func(end call.Event) bool { return nameOf(end) == event })
}

var operationAccepted = nameOf(call.OperationAccepted{})
