// Package memory sets how often Go collects garbage, and gives memory back to the
// system when load has gone. A server without load keeps little memory; a server
// under load spends no more processor time on collections than Go by itself.
package memory

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How often memory is collected, as GOGC says it. What lives as long as a call is
// made amid garbage, and keeps the pages that it lies on: with half the garbage
// between two collections a call takes a fifth less. At full speed that would cost
// set-ups a tenth of the processor, so a server in a hurry collects as Go would. A busy one
// of which little lives would still collect several times a second, for no memory to speak
// of: it collects after Config.Garbage at the earliest, or what it allocates in a second, if
// that is less (docs/decisions/0022).
//
// Sound that is kept, a mass of numbers that a collection need not look through, does not
// count as alive: it would only let the more garbage be made.
const (
	paceEvery = time.Second
	relaxed   = 50
	hurried   = 100
	hurry     = 32 << 20 // bytes allocated between two looks: some 350 calls with an application
	busy      = 4 << 20  // the same, where Config.Garbage applies
	rarest    = 10       // percent; less would collect without a pause
	// lavish bounds the percentage by which garbage may exceed what lives. What lives may
	// have grown when the next collection finds it, which is multiplied until the next look.
	lavish = 400
)

// defaultGarbage is Config.Garbage where it is zero.
const defaultGarbage = 20 << 20

// When memory is given back to the system. Go alone waits for its next
// collection, which a server that only plays sound does not reach for minutes,
// and then lets go of it slowly.
const (
	lookEvery = 5 // seconds
	// quietAllocs is how much a quiet server allocates between two looks, in bytes.
	quietAllocs = 8 << 20
	// worthwhile is the least that giving back must bring: it costs collections. Where
	// next to nothing goes on it is a part of what lives, which is what they look through.
	worthwhile  = 8 << 20
	stillAllocs = 1 << 20
	stillPart   = 16
	stillLeast  = 2 << 20
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

// Config says what the collector does not know.
type Config struct {
	// Garbage is how much is allocated, at least, between two collections while many calls
	// come, in bytes; 0: 20 MiB. While fewer come, it is what a second allocates.
	Garbage int64
	// Kept tells how many bytes of sound are kept; nil: none.
	Kept func() int64
}

// policy decides how often to collect, and when a burst of load is over.
type policy struct {
	garbage uint64 // Config.Garbage
	before  usage  // at the last look for a burst's end
	paced   uint64 // allocated at the last look at the pace
	left    uint64 // spare after the last giving back, which no collection can free
}

// percent is what GOGC is to be now. Kept is how much of what lives is sound.
func (t *policy) percent(now usage, kept uint64) int {
	recently := now.allocated - t.paced
	t.paced = now.allocated
	looked := now.live - min(kept, now.live) // what a collection looks through
	percent := uint64(relaxed)
	if recently >= hurry {
		percent = hurried
	}
	if recently >= busy {
		garbage := min(t.garbage, recently)
		percent = max(percent, min(lavish, 100*garbage/max(looked, 1)))
	}
	return int(max(rarest, percent*looked/max(now.live, 1)))
}

// due reports whether memory is to be given back now: nothing goes on, and there
// is much more of it than after the last time.
func (t *policy) due(now usage) bool {
	allocated := now.allocated - t.before.allocated
	t.before = now
	t.left = min(t.left, now.spare())
	brings := now.spare() - t.left
	still := allocated < stillAllocs && brings >= max(stillLeast, now.live/stillPart)
	return still || allocated < quietAllocs && brings >= worthwhile
}

// Run sets the pace of collections, unless GOGC is set, and gives memory back after each burst of load, until
// ctx ends.
func Run(ctx context.Context, log *slog.Logger, cfg Config) {
	if cfg.Kept == nil {
		cfg.Kept = func() int64 { return 0 }
	}
	t := policy{garbage: uint64(cmp.Or(cfg.Garbage, defaultGarbage))}
	t.run(ctx, log, cfg.Kept)
}

func (t *policy) run(ctx context.Context, log *slog.Logger, kept func() int64) {
	_, chosen := os.LookupEnv("GOGC")
	percent := hurried
	ticker := time.NewTicker(paceEvery)
	defer ticker.Stop()
	for look := 1; ; look++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		now := readUsage()
		if wanted := t.percent(now, uint64(max(kept(), 0))); far(wanted, percent) && !chosen {
			percent = wanted
			debug.SetGCPercent(percent) // it stops the world for microseconds
		}
		if look%lookEvery == 0 && t.due(now) {
			t.giveBack()
			log.Debug("memory was given back to the system", "spare_before", now.spare(), "spare_after", t.left)
		}
	}
}

// far reports whether a pace differs by more than a tenth from the present one: setting it
// stops the world, so that it does not follow each byte.
func far(wanted, present int) bool { return 10*max(wanted-present, present-wanted) > present }

// giveBack collects three times: each collection halves the stacks that goroutines
// have outgrown, and pools keep what they have for two.
func (t *policy) giveBack() {
	runtime.GC()
	runtime.GC()
	debug.FreeOSMemory()
	t.before = readUsage()
	t.left = t.before.spare()
}
