package export

import (
	"fmt"
	"testing"
	"time"
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
