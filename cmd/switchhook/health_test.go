package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/datadir"
)

// TestHealthIsAsked of the server of the data directory: its exit code is for probes, its text for people.
func TestHealthIsAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, "the server is stopping and takes no new calls\n")
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	if got := command(t, dir, "", "health"); got.code != 1 || !strings.Contains(got.err, "no server is running") {
		t.Errorf("without a server: %+v", got)
	}
	addresses := fmt.Sprintf(`{"http":%q}`, server.Listener.Addr())
	if err := os.WriteFile(filepath.Join(dir, datadir.AddressesFile), []byte(addresses), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t, dir, "", "health"); got.code != 0 || got.out+got.err != "" {
		t.Errorf("a server that runs: %+v", got)
	}
	if got := command(t, dir, "", "health", "--ready"); got.code != 1 || !strings.Contains(got.err, "503 Service Unavailable: the server is stopping") {
		t.Errorf("a server that takes no calls: %+v", got)
	}
}
