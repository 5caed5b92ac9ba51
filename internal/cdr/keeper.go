package cdr

import (
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/call"
)

// Config says where records are kept and for how long. Zero values take the
// defaults that the comments name.
type Config struct {
	Dir     string           // made where it is missing
	Keep    time.Duration    // 30 days
	MaxSize int64            // bytes of all files; 1 GiB
	Now     func() time.Time // time.Now
	Metrics prometheus.Registerer
}

const (
	fileSize      = 64 << 20 // bytes until the next file is begun
	maxLine       = 4 << 20  // bytes of a record; a call's details are bounded
	queueSize     = 8192     // records that wait to be written
	flushInterval = 200 * time.Millisecond
	pruneInterval = time.Hour
)

// Keeper writes a detail record of each call that has ended. It implements call.Details.
type Keeper struct {
	cfg     Config
	log     *slog.Logger
	files   files
	records queue
	lost    atomic.Uint64
	metrics *metrics
	done    sync.WaitGroup
	closing chan struct{}
	flush   chan chan struct{}
}

// Open makes the folder and starts writing. Close ends it.
func Open(cfg Config, log *slog.Logger) (*Keeper, error) {
	if cfg.Keep == 0 {
		cfg.Keep = 30 * 24 * time.Hour
	}
	if cfg.MaxSize == 0 {
		cfg.MaxSize = 1 << 30
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, errors.Join(errors.New("make the folder of call records"), err)
	}
	k := &Keeper{
		cfg: cfg, log: log, files: files{dir: cfg.Dir},
		metrics: newMetrics(cfg.Metrics), closing: make(chan struct{}), flush: make(chan chan struct{}),
	}
	k.done.Go(k.run)
	return k, nil
}

// CallOver takes a record. It never waits: a disk that is far too slow costs
// records, not calls.
func (k *Keeper) CallOver(d call.Detail) {
	k.metrics.observe(d)
	if k.records.put(d) {
		return
	}
	if k.lost.Add(1) == 1 {
		k.log.Error("call records are lost: the disk does not keep up")
	}
	k.metrics.lost.Inc()
}

// Flush waits until what was taken so far has been written.
func (k *Keeper) Flush() {
	written := make(chan struct{})
	select {
	case k.flush <- written:
		<-written
	case <-k.closing:
	}
}

// Close writes what is left and ends.
func (k *Keeper) Close() {
	close(k.closing)
	k.done.Wait()
}

// run gathers records for a moment and writes them together.
func (k *Keeper) run() {
	defer k.files.close()
	write, prune := time.NewTicker(flushInterval), time.NewTicker(pruneInterval)
	defer write.Stop()
	defer prune.Stop()
	k.removeOld()
	var lines []byte
	for {
		select {
		case <-write.C:
			lines = k.writeAll(lines)
		case <-prune.C:
			k.removeOld()
		case written := <-k.flush:
			lines = k.writeAll(lines)
			close(written)
		case <-k.closing:
			k.writeAll(lines)
			return
		}
	}
}

// writeAll writes what waits now, and returns the buffer, empty.
func (k *Keeper) writeAll(lines []byte) []byte {
	list := k.records.take()
	var r Record // its lists serve for all
	for i := range list {
		if lines = appendLine(lines, &r, &list[i]); len(lines) > 1<<20 {
			lines = k.write(lines)
		}
	}
	k.records.giveBack(list)
	return k.write(lines)
}

func appendLine(lines []byte, r *Record, d *call.Detail) []byte {
	r.fill(d)
	longer, err := appendRecord(lines, r)
	if err != nil { // it holds nothing that JSON could refuse
		return lines
	}
	return append(longer, '\n')
}

// write returns the buffer, empty.
func (k *Keeper) write(lines []byte) []byte {
	if len(lines) == 0 {
		return lines
	}
	if err := k.files.append(lines, k.cfg.Now(), fileSize); err != nil {
		k.metrics.lost.Add(float64(countLines(lines)))
		k.log.Error("call records were not written", "error", err)
	}
	return lines[:0]
}

func countLines(lines []byte) (n int) {
	for _, b := range lines {
		if b == '\n' {
			n++
		}
	}
	return n
}

func (k *Keeper) removeOld() {
	if err := k.files.prune(k.cfg.Now(), k.cfg.Keep, k.cfg.MaxSize); err != nil {
		k.log.Warn("old call records were not removed", "error", err)
	}
}
