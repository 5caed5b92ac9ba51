package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/connlimit"
)

// limited serves a handler behind probes with a limit of connections, as a server does.
func limited(t *testing.T, limit *connlimit.Limit, tls bool, handler http.HandlerFunc) *httptest.Server {
	ours := func(http.ResponseWriter, *http.Request) bool { return true }
	probes := admin.Probes(func() error { return nil }, prometheus.NewRegistry(), ours, withinLimit(handler))
	server := httptest.NewUnstartedServer(closeReserve(probes))
	connlimit.Watch(server.Config)
	server.Listener = limit.Listener(server.Listener)
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

func TestProbesAreAnsweredWhereConnectionsAreTaken(t *testing.T) {
	limit := connlimit.New(connlimit.Config{Connections: 1, PerSource: 1, Exempt: netip.Addr.IsLoopback})
	entered, leave := make(chan struct{}), make(chan struct{})
	server := limited(t, limit, false, func(_ http.ResponseWriter, r *http.Request) {
		connlimit.NoteCredentials(r.Context())
		close(entered)
		<-leave
	})
	defer close(leave)
	go func() {
		if response, err := http.Get(server.URL + "/calling"); err == nil {
			response.Body.Close()
		}
	}()
	<-entered
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/calling": 503} {
		client := &http.Client{Transport: &http.Transport{}}
		response, err := client.Get(server.URL + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		response.Body.Close()
		if response.StatusCode != want || !response.Close {
			t.Errorf("%s has %d, want %d; the connection closes: %v", path, response.StatusCode, want, response.Close)
		}
	}
	if !limit.IsFull(time.Now()) {
		t.Error("the listener does not count as full")
	}
}

func TestHalfOpenConnectionsMakeRoom(t *testing.T) {
	for name, tls := range map[string]bool{"http": false, "https": true} {
		t.Run(name, func(t *testing.T) {
			limit := connlimit.New(connlimit.Config{Connections: 4, PerSource: 4, Exempt: netip.Addr.IsLoopback})
			server := limited(t, limit, tls, func(http.ResponseWriter, *http.Request) {})
			var first net.Conn
			for n := range 8 {
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if n == 0 {
					first = conn
				}
			}
			first.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := first.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the oldest connection lives: %v", err)
			}
			response, err := server.Client().Get(server.URL + "/calling")
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if got := limit.Counts(); got.Connections > 4 || got.Full != 0 || limit.IsFull(time.Now()) {
				t.Errorf("%+v", got)
			}
		})
	}
}
