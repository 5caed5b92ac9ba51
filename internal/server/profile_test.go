package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

func TestProfilesAreBehindTheirDoor(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	p := &parts{cfg: config.Config{Profile: free.Addr().String()}, log: slog.New(slog.NewTextHandler(io.Discard, nil)), broken: make(chan error, 1)}
	if err := p.openProfile(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + p.cfg.Profile + "/debug/pprof/goroutine?debug=1")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "goroutine profile:") {
		t.Errorf("%s %s", answer.Status, text)
	}
	for name, change := range map[string]func(*http.Request){
		"a page under a rebound name": func(r *http.Request) { r.Host = "rebound.example" },
		"a page of another site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.cfg.Profile+"/debug/pprof/goroutine?debug=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode < 400 {
			t.Errorf("%s: %s", name, answer.Status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := p.close(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + p.cfg.Profile + "/debug/pprof/"); err == nil {
		t.Error("a closed server still shows them")
	}
}
