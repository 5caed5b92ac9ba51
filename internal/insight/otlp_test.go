package insight

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// traced is what a collector reads.
type traced struct {
	ResourceSpans []struct {
		ScopeSpans []struct{ Spans []span }
	}
}

func TestCallIsATrace(t *testing.T) {
	got := make(chan traced, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var read traced
		if err := json.Unmarshal(body, &read); err != nil || r.Header.Get("Authorization") != "Bearer x" {
			t.Errorf("%v in %s", err, body)
		}
		got <- read
	}))
	defer collector.Close()
	otlp := NewOTLP(OTLPConfig{URL: collector.URL + "/v1/traces", Authorization: "Bearer x", Log: slog.New(slog.DiscardHandler)})
	h := newHub(t, Config{OTLP: otlp})
	play := head()
	play.Operation = call.Operation{ID: "op", Kind: call.PlayOperation}
	legCame(h, &wireLeg{id: aCallID})
	h.Publish(call.OperationAccepted{Head: play})
	h.Publish(call.PlayStarted{Head: play})
	h.Publish(call.PlayFailed{Head: play, Cause: errors.New("the file answered 404")})
	h.Request(rest.Served{At: time.Now(), Took: time.Second, ID: "r", Chain: aCall, Method: "POST", Pattern: "/calling/callConnections/{callConnectionId}:play", Status: 202})
	message := &delivery.Message{ID: "e", Group: aConnection}
	parent := h.TraceParent(message, 1)
	h.Delivery(message, history.Attempt{ID: "e", Group: aConnection, Time: time.Now(), Latency: time.Second, Note: "PlayFailed", Number: 1, Status: 200, Result: history.Delivered})
	h.Leg(call.LegNews{CorrelationID: aCall, What: call.LegGone, Who: caller, Inbound: true})
	h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Began: time.Now(), Ended: time.Now()})
	h.Close()
	otlp.Close()
	spans := map[string]span{}
	read := <-got
	for _, s := range read.ResourceSpans[0].ScopeSpans[0].Spans {
		spans[s.Name] = s
		if s.TraceID != strings.ReplaceAll(aCall, "-", "") || len(s.SpanID) != 16 || s.Start > s.End || (s.Parent == "") != (s.Name == "call") {
			t.Errorf("span %+v", s)
		}
	}
	for _, name := range []string{"call", "play", "POST PlayFailed", "POST /calling/callConnections/{callConnectionId}:play", "leg " + caller.Raw()} {
		if _, has := spans[name]; !has {
			t.Errorf("no span %s in %v", name, spans)
		}
	}
	if s := spans["play"].Status; s == nil || s.Code != 2 || !strings.Contains(s.Message, "404") {
		t.Errorf("the failed operation has status %+v", s)
	}
	if want := "00-" + spans["call"].TraceID + "-" + spans["POST PlayFailed"].SpanID + "-01"; parent != want {
		t.Errorf("traceparent %s, want %s", parent, want)
	}
}

func TestCollectorThatFailsHoldsUpNothing(t *testing.T) {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer collector.Close()
	otlp := NewOTLP(OTLPConfig{URL: collector.URL, Log: slog.New(slog.DiscardHandler)})
	h := newHub(t, Config{OTLP: otlp})
	overCall(h, "one")
	h.Close()
	otlp.Close()
	if otlp.Dropped() != 1 {
		t.Errorf("%d calls were dropped", otlp.Dropped())
	}
}
