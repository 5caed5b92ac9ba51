package delivery

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func openBackbone(t testing.TB, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// onDisk is the store of a server, in a directory.
func onDisk(dir string) journal.Store {
	return journal.OnDisk(filepath.Join(dir, "journal"), nil, quiet())
}

func TestEngineDeliversAndEmptiesTheJournal(t *testing.T) {
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { posts.Add(1) }))
	defer server.Close()
	dir := t.TempDir()
	e := New(Config{Policies: policies()}, onDisk(dir), quiet())
	if _, err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.Hold("c", []byte("live"))
	for i := range 500 {
		e.Post(Message{Policy: "callback", Lane: fmt.Sprint(i % 10), URL: server.URL, Body: []byte("x")})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := e.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if n := posts.Load(); n != 500 {
		t.Errorf("%d posts", n)
	}

	e = New(Config{Policies: policies()}, onDisk(dir), quiet())
	holds, err := e.Start(t.Context())
	if err != nil || !slices.Equal(keysOf(holds), []string{"c=live"}) {
		t.Errorf("holds %v, %v", holds, err)
	}
	if n := e.open.Load(); n != 0 {
		t.Errorf("%d messages came back", n)
	}
	if err := e.Stop(ctx); err != nil {
		t.Error(err)
	}
}
