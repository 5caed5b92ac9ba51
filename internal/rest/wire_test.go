package rest

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth/authtest"
)

// TestOverRealSockets sends signed requests through net/http's own client and
// server, over plain http and over TLS.
func TestOverRealSockets(t *testing.T) {
	for _, secure := range []bool{false, true} {
		f := newFixture(t)
		f.Handle("POST", "/calling/callConnections/{id}:play", func(w http.ResponseWriter, r *http.Request) error {
			SetChainID(w, r.PathValue("id"))
			return nil
		}, Success(202))
		f.Handle("GET", "/identities/{id}", func(w http.ResponseWriter, r *http.Request) error {
			return WriteJSON(w, 200, Origin(r)+" "+r.PathValue("id"))
		})
		server := httptest.NewUnstartedServer(f)
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		if secure {
			server.StartTLS()
		} else {
			server.Start()
		}
		client := &http.Client{Transport: authtest.Transport{Key: f.key.Base64(), Base: transport, Now: f.cfg.Now}}
		send := func(method, path, body string) (*http.Response, string) {
			t.Helper()
			request, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return response, string(text)
		}
		response, body := send("POST", "/calling/callConnections/a%3Ab:play?api-version=2026-03-12", `{"x":1}`)
		if response.StatusCode != 202 || body != "" || response.ContentLength != 0 || response.Header.Get("Content-Type") != "" || response.Header.Get("X-Microsoft-Skype-Chain-ID") != "a:b" || response.Header.Get("Date") == "" {
			t.Errorf("POST: %s %q %v", response.Status, body, response.Header)
		}
		if response, body = send("GET", "/identities/8%3Aacs%3Ar_u?api-version=2023-10-01", ""); body != `"`+server.URL+` 8:acs:r_u"` {
			t.Errorf("GET: %s %s", response.Status, body)
		}
		if response, body = send("HEAD", "/identities/8:acs:r_u?api-version=2023-10-01", ""); response.StatusCode != 200 || body != "" {
			t.Errorf("HEAD: %s %s", response.Status, body)
		}
		if response, body = send("POST", "/calling/callConnections/a:play?api-version=2026-03-12", strings.Repeat("x", DefaultMaxBody+1)); response.StatusCode != 413 {
			t.Errorf("large body: %s %s", response.Status, body)
		}
		transport.CloseIdleConnections()
		server.Close()
	}
}
