package main

import (
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/switchhook/switchhook/internal/resource"
)

// TestLocalhostNeedsNoHostsFile: commands reach a server on either loopback address, also by a connection string.
func TestLocalhostNeedsNoHostsFile(t *testing.T) {
	client, err := newAPI(resource.Connection{}, filepath.Join(t.TempDir(), "none"), "")
	if err != nil {
		t.Fatal(err)
	}
	dial := client.client.Transport.(*http.Transport).DialContext
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("this machine has no %s: %v", address, err)
			continue
		}
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := dial(t.Context(), "tcp", "localhost:"+port)
		if err != nil {
			t.Errorf("on %s: %v", listener.Addr(), err)
		} else if got := conn.RemoteAddr().String(); got != listener.Addr().String() {
			t.Errorf("connected to %s, not to %s", got, listener.Addr())
		}
		listener.Close()
		if _, err := dial(t.Context(), "tcp", "localhost:"+port); err == nil {
			t.Error("connected to nobody")
		}
	}
}
