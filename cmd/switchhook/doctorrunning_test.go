package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
)

// TestDoctorTellsOfAServerThatTakesNoCalls, though its process lives and answers /healthz.
func TestDoctorTellsOfAServerThatTakesNoCalls(t *testing.T) {
	why := "the journal of deliveries cannot be written"
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == admin.OverviewPath {
			fmt.Fprintf(w, `{"notReady":%q}`, why)
			return
		}
		io.WriteString(w, `{"value":[{"name":"a","state":"online"}]}`)
	})
	if err := os.WriteFile(filepath.Join(dir, datadir.ConnectionStringFile), []byte(connection), 0o600); err != nil {
		t.Fatal(err)
	}
	found := serverFindings(t.Context(), config.Config{Data: dir})
	if len(found) != 2 || found[0].State != doctor.Fail || found[0].Remedy != why || found[1].State != doctor.OK {
		t.Errorf("a server that is not ready: %v", found)
	}
	why = "\x00" // which is no JSON
	if found := serverFindings(t.Context(), config.Config{Data: dir}); len(found) != 2 || found[0].State != doctor.Fail {
		t.Errorf("a server that does not say: %v", found)
	}
	why = ""
	if found := serverFindings(t.Context(), config.Config{Data: dir}); len(found) != 1 {
		t.Errorf("a server that is ready: %v", found)
	}
}

// TestDoctorAsksNothingElseOfAServerThatDoesNotAnswer: who hangs would be waited for again and again.
func TestDoctorAsksNothingElseOfAServerThatDoesNotAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("asked %s", r.URL)
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	dir := t.TempDir()
	addresses := fmt.Sprintf(`{"http":%q}`, server.Listener.Addr())
	for name, text := range map[string]string{datadir.AddressesFile: addresses, datadir.ConnectionStringFile: "endpoint=" + server.URL + "/;accesskey=" + auth.NewKey().Base64()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found := runningFindings(t.Context(), config.Config{Data: dir}, 1); len(found) != 1 || found[0].State != doctor.Fail {
		t.Errorf("found %v", found)
	}
}
