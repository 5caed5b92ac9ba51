package memory

import (
	"context"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Room is what the memory of the process leaves free, where it is limited by GOMEMLIMIT or the control group.
// Beyond the limit the collector works without an end, and then the kernel kills the process, with all calls. So
// the server begins nothing while what is in use comes near to it. The zero Room has no limit.
type Room struct {
	limit uint64 // of Go's memory, in bytes; 0: there is none
	used  atomic.Uint64
	short atomic.Bool
	// Of Watch alone: when the log was told last that memory is short, and whether of now; the collections of this
	// process, and when there was one last.
	told      time.Time
	toldShort bool
	cycles    uint64
	collected time.Time
	pause     time.Duration
}

const (
	// roomEvery is how often the use is looked at.
	roomEvery = 250 * time.Millisecond
	// shortAt and amplyAt are the percentages of the limit from which memory is short, and below which it is no
	// longer.
	shortAt, amplyAt = 85, 80
	// tellEvery is the pause between two lines of the log that memory is short.
	tellEvery = time.Minute
	// collectEvery is how long memory that is short waits for a collection. A server that begins nothing makes no
	// garbage, so that Go would collect after two minutes, or never with GOGC=off, and nobody would know before
	// that the calls have ended. The pause is collectPart times as long as a collection takes, at least.
	collectEvery = 5 * time.Second
	collectPart  = 20
)

// Apply tells the collector the limit of the control group, unless GOMEMLIMIT is set, and finds the limit
// that applies. It comes before all else.
func (r *Room) Apply(log *slog.Logger) {
	applyLimit(log)
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		r.limit = uint64(limit)
	}
}

// Share bounds a store of bytes that is kept for its use alone: a fifth of the limit is the most.
func (r *Room) Share(most int64) int64 {
	if r.limit == 0 {
		return most
	}
	return min(most, int64(r.limit/5))
}

// Short reports whether memory is nearly used up, with what is in use and the limit, in bytes.
func (r *Room) Short() (used, limit uint64, short bool) {
	return r.used.Load(), r.limit, r.short.Load()
}

// Watch looks at the use until ctx ends.
func (r *Room) Watch(ctx context.Context, log *slog.Logger) {
	if r.limit == 0 {
		return
	}
	ticker := time.NewTicker(roomEvery)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			r.note(now, readInUse(), log)
			r.collect(now)
		case <-ctx.Done():
			return
		}
	}
}

// note judges what is in use now.
func (r *Room) note(now time.Time, used uint64, log *slog.Logger) {
	r.used.Store(used)
	before := r.short.Load()
	least := uint64(shortAt)
	if before {
		least = amplyAt
	}
	short := used > r.limit/100*least
	r.short.Store(short)
	switch {
	case short && !before && now.Sub(r.told) >= tellEvery:
		r.told, r.toldShort = now, true
		log.Warn("memory is nearly used up: no calls are taken, and nothing else is begun, until there is room", "used", used, "limit", r.limit)
	case before && !short && r.toldShort:
		r.toldShort = false
		log.Info("there is memory again: calls are taken", "used", used, "limit", r.limit, "after", now.Sub(r.told).Round(time.Millisecond))
	}
}

// collect finds out what is still in use, while memory is short and Go collects nothing by itself.
func (r *Room) collect(now time.Time) {
	if !r.short.Load() {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	switch cycles := sample[0].Value.Uint64(); {
	case cycles != r.cycles:
		r.cycles, r.collected = cycles, now
	case now.Sub(r.collected) >= max(collectEvery, r.pause):
		begin := time.Now()
		runtime.GC()
		r.pause = collectPart * time.Since(begin)
	}
}

// readInUse is what no collection can free, in bytes: what the last one found in use, and what is not heap.
func readInUse() uint64 {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	others := samples[1].Value.Uint64()
	for _, heap := range samples[2:] {
		others -= min(others, heap.Value.Uint64())
	}
	return samples[0].Value.Uint64() + others
}
