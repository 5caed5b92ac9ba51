package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// webhook is an application that takes everything, up before the server is.
type webhook struct {
	address string
	mu      sync.Mutex
	got     []posted
}

// posted is a request that came to a webhook.
type posted struct {
	path string
	body []byte
}

func newWebhook(t *testing.T) *webhook {
	t.Helper()
	h := &webhook{address: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	listener, err := net.Listen("tcp", h.address)
	must(t, err)
	web := &http.Server{Handler: h}
	go web.Serve(listener)
	t.Cleanup(func() { web.Close() })
	return h
}

// ServeHTTP implements http.Handler.
func (h *webhook) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, posted{r.URL.Path, body})
}

// event decodes the first event.
func (r posted) event() (e struct {
	Type string
	Data map[string]any
}) {
	var all []json.RawMessage
	if json.Unmarshal(r.body, &all) == nil && len(all) > 0 {
		json.Unmarshal(all[0], &e)
	}
	return e
}

func (r posted) kind() string {
	kind := r.event().Type
	return kind[strings.LastIndex(kind, ".")+1:]
}

func (h *webhook) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.got)
}

func (h *webhook) after(n int) []posted {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got[n:])
}

func (h *webhook) wait(t *testing.T, what string, match func(posted) bool) (found posted) {
	t.Helper()
	eventually(t, 20*time.Second, what, func() bool {
		for _, r := range h.after(0) {
			if match(r) {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

// checkCut asks how a connection was ended: with the event of its open operation,
// and CallDisconnected last.
func (h *webhook) checkCut(t *testing.T, c cutConnection) {
	t.Helper()
	of := func(r posted) bool { return r.event().Data["callConnectionId"] == c.ID }
	end := h.wait(t, "CallDisconnected of "+cmp.Or(c.OperationContext, c.ID), func(r posted) bool { return of(r) && r.kind() == "CallDisconnected" })
	if !bytes.Contains(end.body, []byte(`"code":500`)) {
		t.Errorf("CallDisconnected is %s", end.body)
	}
	var told []string
	var last posted
	for _, r := range h.after(0) {
		if of(r) && r.kind() != "CallDisconnected" {
			told = append(told, r.kind())
			last = r
		}
	}
	if c.Event == "" {
		if slices.ContainsFunc(told, func(kind string) bool { return strings.HasSuffix(kind, "Failed") }) {
			t.Errorf("%s got %v besides its end", c.ID, told)
		}
		return
	}
	data := last.event().Data
	if context, _ := data["operationContext"].(string); last.kind() != c.Event || context != c.OperationContext {
		t.Errorf("%s got %v, the last for %v, want %s", c.OperationContext, told, data["operationContext"], c.Event)
	}
	for name, want := range c.Data {
		if !reflect.DeepEqual(data[name], want) {
			t.Errorf("%s of %s is %v, want %v", name, c.Event, data[name], want)
		}
	}
}
