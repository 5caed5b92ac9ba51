package export

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// TestDestinationThatFailsHasOneUpload, until one succeeds: three that hang would else take all places
// again and again.
func TestDestinationThatFailsHasOneUpload(t *testing.T) {
	f := newFixture(t, testPlaces(t.TempDir()))
	f.Close() // the turns are taken here
	now := time.Now()
	for i := range 2 * uploadsEach {
		for _, to := range []string{"a", "b"} {
			f.enqueue(turn{id: fmt.Sprint(to, i), to: to, due: now}, now)
		}
	}
	take := func() map[string][]turn {
		taken := map[string][]turn{}
		for t, ok, _ := f.next(now); ok; t, ok, _ = f.next(now) {
			taken[t.to] = append(taken[t.to], t)
		}
		return taken
	}
	first := take()
	for _, one := range first["a"] {
		f.leave(one, true)
		f.enqueue(one, now)
	}
	second := take()
	if len(first["a"]) != uploadsEach || len(first["b"]) != uploadsEach || len(second["a"]) != 1 || len(second["b"]) != 0 {
		t.Errorf("%d and %d at once, then %d and %d", len(first["a"]), len(first["b"]), len(second["a"]), len(second["b"]))
	}
	f.leave(second["a"][0], false)
	if third := take(); len(third["a"]) != uploadsEach {
		t.Errorf("%d at once after a success", len(third["a"]))
	}
}

// TestJobOfAClockThatWasAheadIsNotTriedForLonger than others: it counts as submitted at the start.
func TestJobOfAClockThatWasAheadIsNotTriedForLonger(t *testing.T) {
	f := newFixture(t, testPlaces(t.TempDir()))
	f.Close()
	job := Job{ID: "r1", Destination: "folder:///kept", Since: time.Now().Add(365 * 24 * time.Hour)}
	jobs, err := store.NewCollection(f.backend, stored)
	if err != nil {
		t.Fatal(err)
	}
	defer jobs.Close()
	if err := jobs.Put(t.Context(), job.ID, job); err != nil {
		t.Fatal(err)
	}
	f.refuse.Store(true)
	f.start(t)
	defer f.Close()
	if got, err := jobs.Get(t.Context(), job.ID); err != nil || got.Since.After(time.Now()) || f.Counts().Oldest.After(time.Now()) {
		t.Errorf("it is of %v, %v; the oldest of %v", got.Since, err, f.Counts().Oldest)
	}
}
