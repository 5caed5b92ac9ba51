package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/fault"
)

type user struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

var users, answers = Define[user]("test-users"), Define[user]("test-answers")

func onDisk(t testing.TB, dir string) Backend {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return OnBackbone(b)
}

func collection(t testing.TB, backend Backend, opts ...Option) *Collection[user] {
	t.Helper()
	c, err := NewCollection(backend, users, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// both runs a test on each backend.
func both(t *testing.T, test func(t *testing.T, backend Backend)) {
	t.Run("memory", func(t *testing.T) { test(t, InMemory()) })
	t.Run("backbone", func(t *testing.T) { test(t, onDisk(t, t.TempDir())) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ids(items []Item[user]) []string {
	var all []string
	for _, item := range items {
		all = append(all, item.ID)
	}
	return all
}

func TestAValueIsReadAsItWasWritten(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		id := "8:acs:a*b.c>d e/é_" // nothing that a subject could hold
		must(t, c.Create(ctx, id, user{Name: "ann"}))
		if got, err := c.Get(ctx, id); err != nil || got.Name != "ann" {
			t.Errorf("got %v, %v", got, err)
		}
		must(t, c.Put(ctx, id, user{Name: "bea"}))
		if got, err := c.Get(ctx, id); err != nil || got.Name != "bea" {
			t.Errorf("got %v, %v", got, err)
		}
		must(t, c.Delete(ctx, id))
		if _, err := c.Get(ctx, id); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("after deletion: %v", err)
		}
		must(t, c.Create(ctx, id, user{Name: "cid"}))
		if items, _, err := c.List(ctx, "", 10); err != nil || len(items) != 1 || items[0].Value.Name != "cid" {
			t.Errorf("got %v, %v", items, err)
		}
	})
}

func TestFailuresHaveTheirKind(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		must(t, c.Create(ctx, "here", user{}))
		_, missing := c.Get(ctx, "gone")
		_, _, badToken := c.List(ctx, "broken", 1) // base64 of something
		_, empty := c.Get(ctx, "")
		refused := errors.New("refused")
		for _, test := range []struct {
			name string
			err  error
			want fault.Kind
		}{
			{"get", missing, fault.KindNotFound},
			{"create twice", c.Create(ctx, "here", user{}), fault.KindConflict},
			{"update", c.Update(ctx, "gone", func(*user) error { return nil }), fault.KindNotFound},
			{"delete", c.Delete(ctx, "gone"), fault.KindNotFound},
			{"token", badToken, fault.KindInvalid},
			{"empty id", empty, fault.KindInvalid},
			{"long id", c.Put(ctx, strings.Repeat("x", MaxID+1), user{}), fault.KindInvalid},
		} {
			if !fault.Is(test.err, test.want) {
				t.Errorf("%s: %v", test.name, test.err)
			}
		}
		if !strings.Contains(missing.Error(), `there is no "gone" in `) {
			t.Errorf("who looks for it reads %v", missing)
		}
		if err := c.Update(ctx, "here", func(*user) error { return refused }); err != refused {
			t.Errorf("update's own error became %v", err)
		}
	})
}

func TestConcurrentUpdatesLoseNothing(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		must(t, c.Create(ctx, "counter", user{}))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 10 {
					if err := c.Update(ctx, "counter", func(u *user) error { u.Count++; return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got, err := c.Get(ctx, "counter"); err != nil || got.Count != 40 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestOnlyOneCreateWins(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		var all sync.WaitGroup
		wins := make(chan int, 8)
		for i := range 8 {
			all.Go(func() {
				if err := c.Create(ctx, "one", user{Count: i}); err == nil {
					wins <- i
				} else if !fault.Is(err, fault.KindConflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(wins) != 1 {
			t.Fatalf("%d creations won", len(wins))
		}
		if got, _ := c.Get(ctx, "one"); got.Count != <-wins {
			t.Errorf("a loser's value was kept: %v", got)
		}
	})
}

func TestPagesFollowTheOrderOfIds(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		for _, id := range []string{"e", "a", "d", "b", "c"} {
			must(t, c.Put(ctx, id, user{Name: id}))
		}
		first, token, err := c.List(ctx, "", 2)
		if err != nil || !slices.Equal(ids(first), []string{"a", "b"}) || token == "" {
			t.Fatalf("first page %v, %q, %v", ids(first), token, err)
		}
		must(t, c.Delete(ctx, "b")) // the token names it; the next page must not notice
		must(t, c.Delete(ctx, "c"))
		second, token, err := c.List(ctx, token, 2)
		if err != nil || !slices.Equal(ids(second), []string{"d", "e"}) || token != "" {
			t.Errorf("second page %v, %q, %v", ids(second), token, err)
		}
	})
}

func TestValuesAreThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	must(t, err)
	c := collection(t, OnBackbone(b))
	for i := range 20 {
		must(t, c.Put(t.Context(), fmt.Sprintf("u%02d", i), user{Count: i}))
	}
	must(t, c.Delete(t.Context(), "u07"))
	c.Close()
	b.Close()

	c = collection(t, onDisk(t, dir))
	items, _, err := c.List(t.Context(), "", 100)
	if err != nil || len(items) != 19 || items[7].ID != "u08" || items[7].Value.Count != 8 {
		t.Errorf("got %v, %v", ids(items), err)
	}
}

func TestTwoCollectionsOfOneBucketSeeEachOther(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		one, other, ctx := collection(t, backend), collection(t, backend), t.Context()
		must(t, one.Put(ctx, "a", user{}))
		must(t, one.Put(ctx, "b", user{}))
		must(t, other.Delete(ctx, "a"))
		must(t, other.Put(ctx, "c", user{}))
		for _, c := range []*Collection[user]{one, other} {
			eventually(t, func() bool {
				items, _, err := c.List(ctx, "", 10)
				must(t, err)
				return slices.Equal(ids(items), []string{"b", "c"})
			})
		}
	})
}

// eventually waits for news that travel through the backbone.
func eventually(t *testing.T, true_ func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !true_() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it never came true")
		}
	}
}

func TestValuesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := NewCollection(InMemory(), answers, WithTTL(time.Hour))
		must(t, err)
		ctx := t.Context()
		must(t, c.Create(ctx, "a", user{Count: 1}))
		time.Sleep(59 * time.Minute)
		if _, err := c.Get(ctx, "a"); err != nil {
			t.Errorf("gone too early: %v", err)
		}
		must(t, c.Create(ctx, "b", user{}))
		time.Sleep(2 * time.Minute)
		if _, err := c.Get(ctx, "a"); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("still there: %v", err)
		}
		if items, _, err := c.List(ctx, "", 10); err != nil || !slices.Equal(ids(items), []string{"b"}) {
			t.Errorf("listed %v, %v", ids(items), err)
		}
		must(t, c.Create(ctx, "a", user{Count: 2}))
		if got, err := c.Get(ctx, "a"); err != nil || got.Count != 2 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestExpiredValuesAreSweptByTheNextWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := InMemory()
		c, err := NewCollection(backend, answers, WithTTL(time.Hour))
		must(t, err)
		for i := range 100 {
			must(t, c.Put(t.Context(), fmt.Sprint(i), user{}))
		}
		time.Sleep(2 * time.Hour)
		must(t, c.Put(t.Context(), "new", user{}))
		if n := len(backend.(*memory).buckets["test-answers"].values); n != 1 {
			t.Errorf("%d values are kept", n)
		}
		if len(c.index.keys) != 1 || len(c.index.writes) != 1 {
			t.Errorf("the index keeps %d keys, %d ages", len(c.index.keys), len(c.index.writes))
		}
	})
}

func TestTheOldestMakesRoom(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend, WithLimit(3), WithTTL(time.Hour)), t.Context()
		for _, id := range []string{"c", "b", "a"} {
			must(t, c.Put(ctx, id, user{}))
		}
		must(t, c.Put(ctx, "c", user{})) // is the youngest again
		must(t, c.Put(ctx, "d", user{}))
		items, _, err := c.List(ctx, "", 10)
		if err != nil || !slices.Equal(ids(items), []string{"a", "c", "d"}) {
			t.Errorf("kept %v, %v", ids(items), err)
		}
		if _, err := c.Get(ctx, "b"); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("the oldest: %v", err)
		}
	})
}

func TestTheOldestMakeRoomForBytes(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend, WithBytes(1100)), t.Context()
		long := user{Name: strings.Repeat("x", 300)}
		for _, id := range []string{"c", "b", "a"} {
			must(t, c.Put(ctx, id, long))
		}
		must(t, c.Put(ctx, "c", long)) // in the place of what it was, and the youngest again
		must(t, c.Put(ctx, "d", long))
		items, _, err := c.List(ctx, "", 10)
		if err != nil || !slices.Equal(ids(items), []string{"a", "c", "d"}) {
			t.Errorf("kept %v, %v", ids(items), err)
		}
		for _, id := range []string{"a", "c", "d"} {
			must(t, c.Delete(ctx, id))
		}
		eventually(t, func() bool {
			c.index.mu.Lock()
			defer c.index.mu.Unlock()
			return c.index.bytes == 0
		})
	})
}

func TestDeletedKeysLeaveTheIndex(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		for i := range 50 {
			id := fmt.Sprint(i)
			must(t, c.Create(ctx, id, user{}))
			must(t, c.Delete(ctx, id))
		}
		eventually(t, func() bool {
			c.index.mu.Lock()
			defer c.index.mu.Unlock()
			return len(c.index.keys) == 0 && len(c.index.order.chunks) == 0
		})
	})
}
