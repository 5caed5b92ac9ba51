package insight

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// OTLP sends traces to an OpenTelemetry collector, by OTLP over HTTP with JSON: a call
// is a trace, whose id is the call's correlation id; its requests, operations, legs and
// attempts of webhooks are spans. A trace is sent when its call has settled. What the
// collector does not take at once is dropped and counted.
type OTLP struct {
	cfg     OTLPConfig
	queue   chan snapshot
	dropped atomic.Uint64
	failing *ratelimit.Bucket // of log lines
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// OTLPConfig is what an OTLP needs.
type OTLPConfig struct {
	URL           string // of the traces, such as http://127.0.0.1:4318/v1/traces
	Authorization string // header; "" is none
	Client        *http.Client
	Log           *slog.Logger
}

const (
	otlpRoom    = 1024 // calls that wait
	otlpBatch   = 64   // calls in one request
	otlpPause   = time.Second
	otlpTimeout = 10 * time.Second
)

// NewOTLP sends until Close.
func NewOTLP(cfg OTLPConfig) *OTLP {
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: otlpTimeout}
	}
	o := &OTLP{cfg: cfg, queue: make(chan snapshot, otlpRoom), failing: ratelimit.NewBucket(ratelimit.Every(time.Minute))}
	o.ctx, o.stop = context.WithCancel(context.Background())
	o.work.Go(o.run)
	return o
}

// Close sends what waits, as far as the collector takes it at once.
func (o *OTLP) Close() {
	close(o.queue)
	timer := time.AfterFunc(otlpTimeout, o.stop)
	defer timer.Stop()
	o.work.Wait()
	o.stop()
}

// Dropped counts the calls that were not sent.
func (o *OTLP) Dropped() uint64 { return o.dropped.Load() }

func (o *OTLP) put(s snapshot) {
	select {
	case o.queue <- s:
	default:
		o.dropped.Add(1)
	}
}

func (o *OTLP) run() {
	for first := range o.queue {
		batch := []snapshot{first}
		for more := true; more && len(batch) < otlpBatch; {
			select {
			case s, open := <-o.queue:
				if more = open; open {
					batch = append(batch, s)
				}
			default:
				more = false
			}
		}
		if err := o.send(batch); err != nil {
			o.dropped.Add(uint64(len(batch)))
			if o.failing.Allow(time.Now()) {
				o.cfg.Log.Warn("traces cannot be sent to the collector and are dropped", "url", history.MaskURL(o.cfg.URL), "error", err)
			}
			select {
			case <-time.After(otlpPause):
			case <-o.ctx.Done():
			}
		}
	}
}

func (o *OTLP) send(batch []snapshot) error {
	var spans []span
	for _, s := range batch {
		spans = append(spans, s.spans()...)
	}
	body, err := json.Marshal(otlpRequest(spans))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(o.ctx, http.MethodPost, o.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if o.cfg.Authorization != "" {
		request.Header.Set("Authorization", o.cfg.Authorization)
	}
	response, err := o.cfg.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection can be used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %s", response.Status)
	}
	return nil
}

// otlpRequest is an ExportTraceServiceRequest (opentelemetry-proto, collector/trace/v1).
func otlpRequest(spans []span) any {
	type object = map[string]any
	return object{"resourceSpans": []object{{
		"resource":   object{"attributes": []attribute{text("service.name", "switchhook")}},
		"scopeSpans": []object{{"scope": object{"name": "switchhook"}, "spans": spans}},
	}}}
}
