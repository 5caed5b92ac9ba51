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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/httpclient"
)

const (
	apiVersion = "2026-03-12"
	promptURL  = "/prompt.wav"
)

// application answers every call, and does what a run asks for.
type application struct {
	endpoint string         // of the server, ending with a slash
	prompt   []byte         // a WAV file; what is not nil is played in a loop
	answers  map[string]any // what every answer says besides
	cacheID  string         // of the prompt
	quietly  bool           // nothing is played unless a run asks for it
	client   *http.Client
	hooks    *webhooks
	web      *http.Server // of the prompt
	url      string       // of web
	work     sync.WaitGroup

	downloads atomic.Int64 // of the prompt

	mu        sync.Mutex
	latencies times // from an event's time to its arrival here
	problems  []error
	watched   map[string]chan event // by kind, of events that a run waits for
	callers   map[string]string     // by connection, raw ids of who called
}

// startApplication serves webhooks and subscribes to the server's calls.
func startApplication(ctx context.Context, s *server, prompt []byte) (*application, error) {
	a := &application{prompt: prompt, cacheID: "prompt", answers: map[string]any{}, watched: map[string]chan event{}, callers: map[string]string{}}
	if err := a.connect(s.data); err != nil {
		return nil, err
	}
	hooks, err := serveWebhooks(map[string]func([]byte) []byte{"/events": a.incoming, "/callbacks": a.callback})
	if err != nil {
		return nil, err
	}
	a.hooks = hooks
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		hooks.close()
		return nil, err
	}
	a.url = "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+promptURL, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == "" { // not only asked whether it has changed
			a.downloads.Add(1)
		}
		w.Header().Set("ETag", `"prompt"`)
		http.ServeContent(w, r, "prompt.wav", time.Time{}, bytes.NewReader(a.prompt))
	})
	a.web = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	a.work.Go(func() { a.web.Serve(listener) })
	return a, s.subscribe(ctx, hooks.url("/events"))
}

// keptConnections is as many as the application ever has requests at once, so that no connection
// is closed which the next request needs: as the agents of Node.js and .NET do.
const keptConnections = 1024

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
	secure := &tls.Config{RootCAs: roots}
	a.client = &http.Client{Timeout: 30 * time.Second, Transport: authtest.Transport{Key: key, Base: httpclient.New(httpclient.Config{
		Dial: (&net.Dialer{}).DialContext, TLS: secure, Handshake: 10 * time.Second, Other: &http.Transport{TLSClientConfig: secure},
		MaxHeader: 64 << 10, MaxIdle: keptConnections, MaxTotal: keptConnections, Idle: time.Minute,
	})}}
	return nil
}

// close returns what went wrong.
func (a *application) close() error {
	a.web.Close()
	a.hooks.close()
	a.work.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.problems) > 0 {
		return fmt.Errorf("%d requests failed, the first: %w", len(a.problems), a.problems[0])
	}
	return nil
}

// play lets a call hear the prompt until it ends.
func (a *application) play(connection string) {
	a.playFile(connection, true)
}

// playFile lets a call hear the prompt, again and again or once.
func (a *application) playFile(connection string, loop bool) {
	a.try("calling/callConnections/"+connection+":play", map[string]any{
		"playSources": []any{map[string]any{"kind": "file", "playSourceCacheId": a.cacheID, "file": map[string]string{"uri": a.url + promptURL}}},
		"playOptions": map[string]bool{"loop": loop},
	})
}

// playText lets a call hear a text.
func (a *application) playText(connection, text string) {
	a.try("calling/callConnections/"+connection+":play", map[string]any{
		"playSources": []any{map[string]any{"kind": "text", "text": map[string]string{"text": text, "sourceLocale": "en-US"}}},
	})
}

// try is post for what runs beside a run; the run fails at its end.
func (a *application) try(path string, body any) {
	if _, err := a.post(path, body); err != nil {
		a.failed(err)
	}
}

// post sends a signed request and asks for success.
func (a *application) post(path string, body any) (answer []byte, err error) {
	return a.postAs(path, apiVersion, body)
}

// postAs does so with a version of the API.
func (a *application) postAs(path, version string, body any) (answer []byte, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	response, err := a.client.Post(a.endpoint+path+"?api-version="+version, "application/json", bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, _ = io.ReadAll(response.Body)
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s: %s %s", path, response.Status, answer)
	}
	return answer, nil
}

func (a *application) failed(err error) {
	a.mu.Lock()
	a.problems = append(a.problems, err)
	a.mu.Unlock()
}

// arrivals are the latencies of the events so far.
func (a *application) arrivals() times {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.latencies
}
