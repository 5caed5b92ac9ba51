package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

func TestEngineOnBackboneDeliversAndEmptiesTheJournal(t *testing.T) {
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { posts.Add(1) }))
	defer server.Close()
	dir := t.TempDir()
	b := openBackbone(t, dir)
	e := New(Config{Policies: policies()}, journal.OnBackbone(b), slog.New(slog.DiscardHandler))
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
	b.Close()
	if n := posts.Load(); n != 500 {
		t.Errorf("%d posts", n)
	}

	e = New(Config{Policies: policies()}, journal.OnBackbone(openBackbone(t, dir)), slog.New(slog.DiscardHandler))
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
