package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestAllYieldsEveryItemInOrder(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		c, ctx := collection(t, backend), t.Context()
		var want, got []string
		for i := range MaxPage + 3 { // more than one page
			id := fmt.Sprintf("%04d", MaxPage+3-i)
			must(t, c.Put(ctx, id, user{Name: id}))
			want = append(want, id)
		}
		slices.Sort(want)
		for item, err := range c.All(ctx) {
			must(t, err)
			if item.ID != item.Value.Name {
				t.Fatalf("%s has the value of %s", item.ID, item.Value.Name)
			}
			got = append(got, item.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %d items, want %d: %v", len(got), len(want), got)
		}
	})
}

func TestAllStopsWhereItsReaderStops(t *testing.T) {
	c, ctx := collection(t, InMemory()), t.Context()
	for _, id := range []string{"a", "b", "c"} {
		must(t, c.Put(ctx, id, user{}))
	}
	seen := 0
	for range c.All(ctx) {
		if seen++; seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("saw %d", seen)
	}
}

func TestWhatIsDeletedWhileAllReadsDoesNotDisturb(t *testing.T) {
	c, ctx := collection(t, InMemory()), t.Context()
	for i := range MaxPage + 10 {
		must(t, c.Put(ctx, fmt.Sprintf("%04d", i), user{}))
	}
	left := 0
	for item, err := range c.All(ctx) {
		must(t, err)
		must(t, c.Delete(ctx, item.ID))
		left++
	}
	if left != MaxPage+10 {
		t.Errorf("saw %d", left)
	}
}

func TestAnErrorIsTheLastThatAllYields(t *testing.T) {
	c := collection(t, onDisk(t, t.TempDir()))
	must(t, c.Put(t.Context(), "a", user{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	seen := 0
	for _, err := range c.All(ctx) {
		if seen++; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if seen != 1 {
		t.Errorf("it yielded %d times", seen)
	}
}
