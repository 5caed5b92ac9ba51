package rooms

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// TestExpiredRoomsAreRemoved: two days later, and nobody is taken out of their calls
// before.
func TestExpiredRoomsAreRemoved(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	long := f.make(`{}`).ID
	short := f.make(fmt.Sprintf(`{"validUntil":"2026-11-20T14:00:00Z","participants":{%q:{"role":"Presenter"}}}`, john)).ID
	for _, test := range []struct {
		later   time.Duration
		removed int
		listed  int
	}{{time.Hour, 0, 1}, {24 * time.Hour, 0, 1}, {25 * time.Hour, 1, 0}, {time.Hour, 0, 0}} {
		f.now = f.now.Add(test.later)
		if removed, err := f.sweep(ctx); err != nil || removed != test.removed {
			t.Errorf("after %v: %d rooms were removed, %v", test.later, removed, err)
		}
		if roles, _, err := f.Roles(ctx, short); err != nil || len(roles) != test.listed {
			t.Errorf("after %v: its list is %v, %v", test.later, roles, err)
		}
	}
	f.send("GET", "/rooms/"+long, "", 200, nil)
}

// TestClockThatIsSetForwardRemovesNoRoomsAtOnce: an operator has six hours to set it right.
func TestClockThatIsSetForwardRemovesNoRoomsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		room := f.make(`{}`).ID
		var ahead atomic.Int64
		begun, start := f.now, time.Now()
		f.cfg.Now = func() time.Time { return begun.Add(time.Since(start) + time.Duration(ahead.Load())) }
		ctx, end := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() { defer close(ran); f.API.Run(ctx, slog.New(slog.DiscardHandler)) }()
		there := func() bool {
			synctest.Wait()
			_, err := f.rooms.Get(t.Context(), room)
			return err == nil
		}
		time.Sleep(time.Hour)
		ahead.Store(int64(4 * 365 * 24 * time.Hour))
		time.Sleep(6 * time.Hour) // at 6 hours it looks
		if !there() {
			t.Error("the room is gone at once")
		}
		time.Sleep(6 * time.Hour)
		if there() {
			t.Error("it is never removed")
		}
		end()
		<-ran
	})
}

// TestPagesOfExpiredRoomsAreShort: a page does not read all rooms to find some.
func TestPagesOfExpiredRoomsAreShort(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for range 2 * mostRead {
		if _, err := f.add(ctx, Room{Created: f.now, From: f.now, Until: f.now.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	f.now = f.now.Add(time.Hour)
	want, pages, listed := f.make(`{}`).ID, 0, 0
	for next := "/rooms?api-version=2025-03-13"; next != ""; pages++ {
		var page struct {
			Value    []shown
			NextLink string
		}
		f.send("GET", next, "", 200, &page)
		for _, room := range page.Value {
			if listed++; room.ID != want {
				t.Errorf("%s is listed", room.ID)
			}
		}
		next = relative(t, page.NextLink)
	}
	if pages < 2 || pages > 5 || listed != 1 {
		t.Errorf("%d rooms in %d pages", listed, pages)
	}
}

// BenchmarkPageOfRooms is a page of a hundred, of a thousand rooms and of ten thousand:
// what it costs does not depend on how many there are.
func BenchmarkPageOfRooms(b *testing.B) {
	for _, rooms := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(rooms), func(b *testing.B) {
			a, err := New(Config{Resource: resource, Store: store.InMemory()})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			now := time.Now()
			for range rooms {
				if _, err := a.add(b.Context(), Room{Created: now, From: now, Until: now.Add(time.Hour)}); err != nil {
					b.Fatal(err)
				}
			}
			page := rest.Handler(a.list)
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				if err := page(w, httptest.NewRequest("GET", "/rooms?maxpagesize=100&api-version=2025-03-13", nil)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
