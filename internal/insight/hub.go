package insight

import (
	"cmp"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Config says how much is kept. Zero values take the defaults that the comments name.
type Config struct {
	Dir    string        // folder of the archive; "": nothing survives the process
	Keep   time.Duration // 7 days
	Memory int64         // bytes of timelines in memory; 64 MiB
	Disk   int64         // bytes of the archive; 256 MiB
	Calls  int           // how many calls are known; 10,000
	// Unheard says why no event subscription took an IncomingCall: a sentence for each
	// subscription. It is asked beside the calls; nil: nobody knows.
	Unheard func(from, to string) []string
	HEP     *HEP  // sends every SIP message to a capture server; nil: none does
	OTLP    *OTLP // sends the trace of each call to a collector; nil: none does
	Rolling Rolling
	Doubts  *clockjump.Watch // of the clock: nothing is forgotten by its age meanwhile; nil: there are none
	Log     *slog.Logger
}

const (
	defaultKeep   = 7 * 24 * time.Hour
	defaultMemory = 64 << 20
	defaultDisk   = 256 << 20
	defaultCalls  = 10_000
)

// settleTime is how long after its end a call is still added to: late deliveries and
// repeated SIP messages belong to it (RFC 3261 §17.1.1.2, timer D: 32 s). Then it goes
// to the archive.
const settleTime = 35 * time.Second

// Hub takes what happens in calls and answers questions about it.
type Hub struct {
	cfg     Config
	log     *slog.Logger
	archive *archive // nil: there is none

	mu        sync.Mutex // held around memory
	byID      map[string]*record
	latest    *record            // that was asked for last: what happens in a call comes several at a time
	byName    map[string]*record // serverCallId, callConnectionId and recordingId
	dialogs   map[string]*dialog // by SIP's Call-ID
	order     order
	loose     []*dialog // dialogs of no call yet
	left      []*dialog // whose legs have gone
	ended     []*record // that wait for the archive
	packed    int       // of ended: that many from the first on are packed
	late      []*record // of calls that were packed, and have got news
	packNow   chan struct{}
	packTimer *time.Timer // tells it when calls wait that are not many
	taken     int64       // bytes of timelines
	coder     coder       // of the item that is being added
	item      []byte      // the same with its length
	packer    packer      // of the goroutine that archives
	spare     spareBlocks
	lost      uint64 // items that were not kept
	full      bool   // there is no room until a call ends

	following atomic.Int32
	followers map[*Follower]struct{}

	legs   map[measured]livingLeg
	rounds int // of measuring

	good, bad *ratelimit.Bucket // of whole timelines that are archived
	complain  *ratelimit.Bucket // of log lines about the archive
	refusals  map[Subject]*ratelimit.Bucket
	wholes    *ratelimit.Bucket // of calls that begin while others are refused
	limited   atomic.Pointer[func() bool]

	captures []*capture

	rolled       []*rolled // the first to come first
	rollingBytes int64

	stop chan struct{}
	work sync.WaitGroup
}

// New returns a hub that works. Close ends it.
func New(cfg Config) (*Hub, error) {
	cfg.Keep = cmp.Or(cfg.Keep, defaultKeep)
	cfg.Memory = cmp.Or(cfg.Memory, defaultMemory)
	cfg.Disk = cmp.Or(cfg.Disk, defaultDisk)
	cfg.Calls = cmp.Or(cfg.Calls, defaultCalls)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	h := &Hub{
		cfg: cfg, log: cfg.Log,
		byID: map[string]*record{}, byName: map[string]*record{}, dialogs: map[string]*dialog{},
		followers: map[*Follower]struct{}{}, legs: map[measured]livingLeg{},
		good: ratelimit.NewBucket(goodRate), bad: ratelimit.NewBucket(badRate), complain: ratelimit.NewBucket(ratelimit.Every(time.Minute)), stop: make(chan struct{}),
		refusals: map[Subject]*ratelimit.Bucket{}, packNow: make(chan struct{}, 1), wholes: ratelimit.NewBucket(wholeRate),
	}
	for _, subject := range []Subject{SubjectInvite, SubjectRequest, SubjectJoin} {
		h.refusals[subject] = ratelimit.NewBucket(refusedRate)
	}
	if cfg.Dir != "" {
		a, err := openArchive(cfg)
		if err != nil {
			return nil, err
		}
		h.archive = a
		for _, kept := range a.load(cfg.Calls) {
			h.enter(kept)
		}
	}
	h.packTimer = time.AfterFunc(time.Hour, h.tellPacker)
	h.work.Go(h.run)
	return h, nil
}

// Close archives every call that is over, and ends.
func (h *Hub) Close() {
	close(h.stop)
	h.work.Wait()
	h.packTimer.Stop()
	h.settle(time.Now(), true)
	h.mu.Lock()
	for f := range h.followers {
		f.end()
	}
	h.mu.Unlock()
	if h.archive != nil {
		h.archive.close()
	}
}

// run does what has to be done from time to time.
func (h *Hub) run() {
	second, measure, hour := time.NewTicker(time.Second), time.NewTicker(measureInterval), time.NewTicker(time.Hour)
	defer second.Stop()
	defer measure.Stop()
	defer hour.Stop()
	for {
		select {
		case <-h.packNow:
			h.packEnded(time.Now())
		case now := <-second.C:
			h.leaveForgotten()
			h.sweepDialogs(now)
			h.packEnded(now)
			h.packLate()
			h.settle(now, false)
			h.mu.Lock()
			h.endCaptures(now)
			h.endRolling(now)
			h.order.forgetAside(h.cfg.Calls, h.letGo)
			h.mu.Unlock()
		case now := <-measure.C:
			h.measure(now)
		case now := <-hour.C:
			h.forgetOld(now)
		case <-h.stop:
			return
		}
	}
}

// refusedShare is the part of the records that may be of what never became a call: one of so
// many. Strangers can be refused again and again, and drive no calls out.
const refusedShare = 10

// mostRefused is how many of so many records that is.
func mostRefused(of int) int { return max(1, of/refusedShare) }

// enter makes a record known. The caller holds mu, or is alone.
func (h *Hub) enter(r *record) {
	if r.subject != SubjectCall {
		if oldest := h.order.refused(mostRefused(h.cfg.Calls)); oldest != nil {
			h.order.remove(oldest)
			h.letGo(oldest)
		}
	}
	h.byID[r.id] = r
	h.order.add(r, h.cfg.Calls, h.letGo)
}
