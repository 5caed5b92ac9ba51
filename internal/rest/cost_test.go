package rest

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/store"
)

type playRequest struct {
	Context string `json:"operationContext"`
	Sources []struct {
		URI  string `json:"uri"`
		Kind string `json:"kind"`
	} `json:"playSources"`
}

// signedPlay is a function that serves a signed request, with an id under which it may be
// repeated or without.
func signedPlay(t testing.TB, repeatable bool) func() {
	t.Helper()
	f := newFixture(t, func(c *Config) { c.Log, c.Now = slog.New(slog.DiscardHandler), time.Now })
	f.now = time.Now()
	play := func(w http.ResponseWriter, r *http.Request) error {
		if got, err := Decode[playRequest](r); err != nil || len(got.Sources) != 1 {
			return fmt.Errorf("%+v: %w", got, err)
		}
		SetChainID(w, "chain")
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	f.Handle("POST", "/calling/callConnections/{callConnectionId}:play", play, Success(202), Repeatable(newRepeatability(t, store.InMemory())))
	body := []byte(`{"operationContext":"x","playSources":[{"kind":"file","uri":"https://app.example/a.wav"}]}`)
	in := bytes.NewReader(body)
	r := httptest.NewRequest("POST", "/calling/callConnections/cc1:play?api-version=2026-03-12", in)
	if err := authtest.Sign(r, body, f.key.Base64(), f.now); err != nil {
		t.Fatal(err)
	}
	w := &discarded{header: http.Header{}}
	reader := io.NopCloser(in)
	return func() {
		in.Reset(body)
		r.Body = reader
		if repeatable {
			r.Header[headerRepeatabilityID] = []string{uuid.NewString()}
			r.Header[headerRepeatabilitySent] = []string{f.now.UTC().Format(http.TimeFormat)}
		}
		clear(w.header)
		if f.ServeHTTP(w, r); w.status != 202 {
			t.Fatal(w.status)
		}
	}
}

// BenchmarkServe serves requests as SDKs send them.
func BenchmarkServe(b *testing.B) {
	for name, repeatable := range map[string]bool{"plain": false, "repeatable": true} {
		b.Run(name, func(b *testing.B) {
			serve := signedPlay(b, repeatable)
			b.ReportAllocs()
			for b.Loop() {
				serve()
			}
		})
	}
}

// TestSignedRequestAllocatesLittle: beside what the handler takes (3 objects of JSON), its ids,
// its parameters, its body and what the handler sees of it. With the race detector, pools
// forget.
func TestSignedRequestAllocatesLittle(t *testing.T) {
	serve := signedPlay(t, false)
	most := 16.0 + poolAllocations
	if strings.HasPrefix(runtime.Version(), "go1.26") {
		most += 6 // of encoding/json, which allocates less since
	}
	if n := testing.AllocsPerRun(100, serve); n > most {
		t.Errorf("%.0f objects a request", n)
	}
}

// discarded is a ResponseWriter that keeps the status alone.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header              { return d.header }
func (d *discarded) SetWriteDeadline(time.Time) error { return nil }
func (d *discarded) Write(p []byte) (int, error)      { return len(p), nil }
func (d *discarded) WriteHeader(status int)           { d.status = status }

// FuzzOnlyParameter compares the value of an only parameter with that of net/url.
func FuzzOnlyParameter(f *testing.F) {
	for _, seed := range []string{"api-version=2026-03-12", "API-Version=x", "api-version=a=b", "api-version=%41", "api-version=a+b", "api-version=a;b", "api-version=a&x=y", "api-version", "api-version=", "x=api-version", "%61pi-version=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := onlyParameter(query, "api-version")
		if got == "" {
			return
		}
		values, err := url.ParseQuery(query)
		if err != nil || len(values) != 1 {
			t.Fatalf("%q: %v, %v", query, values, err)
		}
		for name, list := range values {
			if !strings.EqualFold(name, "api-version") || len(list) != 1 || list[0] != got {
				t.Errorf("%q: %q, want %v", query, got, values)
			}
		}
	})
}
