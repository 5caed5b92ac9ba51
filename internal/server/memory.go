package server

import (
	"context"
	"log/slog"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// When memory is given back to the system. Go alone waits for its next
// collection, which a server that only plays sound does not reach for minutes,
// and then lets go of it slowly.
const (
	lookEvery = 5 * time.Second
	// quietAllocs is how much a quiet server allocates between two looks, in bytes.
	quietAllocs = 8 << 20
	// worthwhile is the least that giving back must bring: it costs a collection.
	worthwhile = 8 << 20
)

// usage is what the runtime says of memory, in bytes.
type usage struct {
	allocated uint64 // since the start, freed or not
	live      uint64 // found in use by the last collection
	objects   uint64 // in use, or not collected yet
	idle      uint64 // held for later
}

// spare is what could be given back, at most.
func (u usage) spare() uint64 { return u.idle + max(u.objects, u.live) - u.live }

func readUsage() usage {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
	}
	metrics.Read(samples)
	var u usage
	for i, field := range []*uint64{&u.allocated, &u.live, &u.objects, &u.idle} {
		*field = samples[i].Value.Uint64()
	}
	u.idle += samples[4].Value.Uint64()
	return u
}

// thrift decides when a burst is over.
type thrift struct {
	before usage  // at the last look
	left   uint64 // spare after the last giving back, which no collection can free
}

// due reports whether memory is to be given back now: nothing goes on, and there
// is much more of it than after the last time.
func (t *thrift) due(now usage) bool {
	quiet := now.allocated-t.before.allocated < quietAllocs
	t.before = now
	t.left = min(t.left, now.spare())
	return quiet && now.spare()-t.left >= worthwhile
}

// run gives memory back after each burst, until ctx ends.
func (t *thrift) run(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		if now := readUsage(); t.due(now) {
			t.giveBack()
			log.Debug("memory given back", "spare_before", now.spare(), "spare_after", t.left)
		}
	}
}

// giveBack collects three times: each collection halves the stacks that goroutines
// have outgrown, and pools keep what they have for two.
func (t *thrift) giveBack() {
	runtime.GC()
	runtime.GC()
	debug.FreeOSMemory()
	t.before = readUsage()
	t.left = t.before.spare()
}
