package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/auth/authtest"
)

const (
	apiVersion  = "api-version=2026-03-12"
	promptURL   = "/prompt.wav"
	readyLength = 256 // of the channel that tells of calls being up
)

// application answers every call. With a prompt it plays it, in a loop.
type application struct {
	endpoint string // of the server, ending with a slash
	prompt   []byte // a WAV file; nil plays nothing
	client   *http.Client
	web      *http.Server
	url      string
	work     sync.WaitGroup
	up       chan struct{} // one for each PlayStarted, or CallConnected without a prompt

	mu        sync.Mutex
	latencies []time.Duration // from an event's time to its arrival here
	problems  []error
}

// startApplication serves webhooks and subscribes to the server's calls.
func startApplication(ctx context.Context, s *server, prompt []byte) (*application, error) {
	a := &application{prompt: prompt, up: make(chan struct{}, readyLength)}
	if err := a.connect(s.data); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a.url = "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", a.incoming)
	mux.HandleFunc("POST /callbacks", a.callback)
	mux.HandleFunc("GET "+promptURL, func(w http.ResponseWriter, r *http.Request) { w.Write(a.prompt) })
	a.web = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	a.work.Go(func() { a.web.Serve(listener) })
	return a, s.subscribe(ctx, a.url+"/events")
}

// connect makes a client from the files that the server left for scripts.
func (a *application) connect(data string) error {
	text, err1 := os.ReadFile(filepath.Join(data, "connection-string"))
	authority, err2 := os.ReadFile(filepath.Join(data, "ca.pem"))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	endpoint, key, _ := strings.Cut(strings.TrimSpace(string(text)), ";accesskey=")
	a.endpoint = strings.TrimPrefix(endpoint, "endpoint=")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	a.client = &http.Client{Timeout: 30 * time.Second, Transport: authtest.Transport{Key: key, Base: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 64,
	}}}
	return nil
}

// close returns what went wrong.
func (a *application) close() error {
	a.web.Close()
	a.work.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.problems) > 0 {
		return fmt.Errorf("%d requests failed, the first: %w", len(a.problems), a.problems[0])
	}
	return nil
}

// incoming is the Event Grid webhook.
func (a *application) incoming(w http.ResponseWriter, r *http.Request) {
	var events []struct {
		EventTime time.Time
		Data      struct{ ValidationCode, IncomingCallContext string }
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) == 0 {
		a.failed(fmt.Errorf("event: %w", err))
		return
	}
	if code := events[0].Data.ValidationCode; code != "" {
		json.NewEncoder(w).Encode(map[string]string{"validationResponse": code})
		return
	}
	a.arrived(events[0].EventTime)
	a.work.Go(func() {
		a.post("calling/callConnections:answer", map[string]any{
			"incomingCallContext": events[0].Data.IncomingCallContext, "callbackUri": a.url + "/callbacks",
		})
	})
}

// callback takes Call Automation's events.
func (a *application) callback(w http.ResponseWriter, r *http.Request) {
	var events []struct {
		Type string
		Time time.Time
		Data struct{ CallConnectionID string }
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) == 0 {
		a.failed(fmt.Errorf("callback: %w", err))
		return
	}
	a.arrived(events[0].Time)
	kind := strings.TrimPrefix(events[0].Type, "Microsoft.Communication.")
	if kind == "CallConnected" && a.prompt != nil {
		a.work.Go(func() { a.play(events[0].Data.CallConnectionID) })
	}
	if kind == "PlayStarted" || kind == "CallConnected" && a.prompt == nil {
		select {
		case a.up <- struct{}{}:
		default: // nobody counts them in this run
		}
	}
}

func (a *application) play(connection string) {
	a.post("calling/callConnections/"+connection+":play", map[string]any{
		"playSources": []any{map[string]any{"kind": "file", "playSourceCacheId": "prompt", "file": map[string]string{"uri": a.url + promptURL}}},
		"playOptions": map[string]bool{"loop": true},
	})
}

// post sends a signed request and asks for success.
func (a *application) post(path string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		a.failed(err)
		return
	}
	response, err := a.client.Post(a.endpoint+path+"?"+apiVersion, "application/json", bytes.NewReader(text))
	if err != nil {
		a.failed(err)
		return
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	if response.StatusCode >= 300 {
		a.failed(fmt.Errorf("%s: %s %s", path, response.Status, answer))
	}
}

func (a *application) arrived(sent time.Time) {
	took := time.Since(sent)
	a.mu.Lock()
	a.latencies = append(a.latencies, took)
	a.mu.Unlock()
}

func (a *application) failed(err error) {
	a.mu.Lock()
	a.problems = append(a.problems, err)
	a.mu.Unlock()
}

// percentile is the latency that a share of the events did not exceed.
func (a *application) percentile(share float64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.latencies) == 0 {
		return 0
	}
	slices.Sort(a.latencies)
	return a.latencies[int(share*float64(len(a.latencies)-1))]
}
