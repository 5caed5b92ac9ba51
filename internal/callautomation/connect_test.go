package callautomation

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
)

// crowded is a journal in which too much waits.
type crowded struct{}

func (crowded) Flush(context.Context) error { return nil }
func (crowded) Waiting(policy string) int64 {
	return map[string]int64{Policy: maxWaiting + 1}[policy]
}

// TestNobodyConnectsWhereTooManyCallbacksWait: an event would be added to them by each who
// connects to nothing.
func TestNobodyConnectsWhereTooManyCallbacksWait(t *testing.T) {
	publisher := &calltest.Publisher{}
	calls := call.NewRegistry(call.Config{
		Resource: "11111111-2222-4333-8444-555555555555", Numbers: calltest.Numbers{}, Announcer: calltest.NewAnnouncer(), Publisher: publisher,
	}, slog.New(slog.DiscardHandler))
	for _, journal := range []Journal{kept{}, crowded{}} {
		before := len(publisher.All())
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"callLocator":{"groupCallId":"33333333-2222-4333-8444-555555555555"},"callbackUri":"http://app.test/"}`))
		err := New(calls, journal, nil, nil).connect(httptest.NewRecorder(), r)
		full, told := journal == Journal(crowded{}), len(publisher.All()) > before
		if fault.Is(err, fault.KindThrottled) != full || (err == nil) == full || told == full {
			t.Errorf("%T: %v; an event is told: %t", journal, err, told)
		}
	}
}
