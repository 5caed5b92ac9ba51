package media

import (
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v4/packetio"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// What a client may send beyond what is forwarded. pion keeps each source that a packet
// names (SSRC), with what comes of it, until the connection ends, and takes megabytes for
// a report of 40 bytes that it then finds too short.
var (
	sourceRate   = ratelimit.Rate{PerSecond: .1, Burst: 32}  // that send RTP; a browser has nine
	reportedRate = ratelimit.Rate{PerSecond: .1, Burst: 256} // that reports are about; ours among them
	brokenRate   = ratelimit.Rate{PerSecond: .2, Burst: 16}  // reports that cannot be read
	// reportRate is of all reports, each counted for every source that it is about: a browser
	// sends some hundreds a second where it shows 25 pictures and many packets are lost. What
	// is beyond is dropped.
	reportRate = ratelimit.Rate{PerSecond: 1000, Burst: 2000}
)

// Bounds on what waits to be read, in bytes.
const (
	maxSourceWaits = 512 << 10 // of a source of RTP: half a second of the fastest
	maxReportWaits = 32 << 10  // of reports about a source
	maxTaken       = 1460      // of a packet: pion reads as many
	maxReporters   = 64        // that send reports, of a connection
)

// excess ends a connection whose client sends too much of what nobody reads.
type excess struct {
	log  *slog.Logger
	all  *waiting
	mine atomic.Int64 // bytes that wait, of this connection
	once sync.Once
	end  func() // runs in its own goroutine
	hear func(ssrc uint32, report []byte) bool

	sources, reported, broken, reports *ratelimit.Bucket

	mu        sync.Mutex
	reporters map[uint32]struct{}
	buffers   map[*buffer]struct{} // that are not closed
	closed    bool
}

func newExcess(log *slog.Logger, all *waiting, end func()) *excess {
	all.clients.Add(1)
	return &excess{
		log: log, all: all, end: end, reporters: make(map[uint32]struct{}), buffers: make(map[*buffer]struct{}),
		sources: ratelimit.NewBucket(sourceRate), reported: ratelimit.NewBucket(reportedRate), broken: ratelimit.NewBucket(brokenRate),
		reports: ratelimit.NewBucket(reportRate),
	}
}

// spend takes of what a client may, or ends the connection.
func (e *excess) spend(of *ratelimit.Bucket, what string) {
	if !of.Allow(time.Now()) {
		e.over(what)
	}
}

func (e *excess) over(what string) {
	e.once.Do(func() {
		e.log.Info("a client's media was ended", "reason", what)
		go e.end()
	})
}

// buffer implements webrtc.SettingEngine.BufferFactory: pion asks for one for each source.
func (e *excess) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	b := &buffer{Buffer: packetio.NewBuffer(), of: e, ssrc: ssrc, reports: kind == packetio.RTCPBufferPacket}
	if b.reports {
		b.SetLimitSize(maxReportWaits)
		e.spend(e.reported, "its reports are about too many sources")
	} else {
		b.SetLimitSize(maxSourceWaits)
		e.spend(e.sources, "it sends from too many sources")
	}
	if !e.keep(b) {
		_ = b.Buffer.Close() // never fails, and nothing waits in it
	}
	return b
}

// keep notes a buffer, unless the connection is over.
func (e *excess) keep(b *buffer) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.buffers[b] = struct{}{}
	}
	return !e.closed
}

func (e *excess) forget(b *buffer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.buffers, b)
}

// close closes the buffers that pion leaves open: those that it asked for while it closed
// the connection, of which nothing is read.
func (e *excess) close() {
	e.mu.Lock()
	if !e.closed {
		e.all.clients.Add(-1)
	}
	e.closed = true
	left := slices.Collect(maps.Keys(e.buffers))
	e.mu.Unlock()
	for _, b := range left {
		_ = b.Close() // never fails
	}
}

// from notes who sends reports.
func (e *excess) from(reporter uint32) {
	e.mu.Lock()
	e.reporters[reporter] = struct{}{}
	over := len(e.reporters) > maxReporters
	e.mu.Unlock()
	if over {
		e.over("too many sources send reports")
	}
}
