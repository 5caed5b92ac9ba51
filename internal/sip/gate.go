package sip

import (
	"bytes"
	"hash/maphash"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// overloadRetry is how many seconds refused callers are told to wait: what ACS
// tells them, which sends an SBC to its next server.
const overloadRetry = "1"

// gate turns new calls away while there is too much to do. Over UDP it does so
// on the reader, before anything is kept of the call: a server that spends its
// time on refusing has none left for calls (RFC 3261 §8.2.7, RFC 6357). What
// belongs to calls that go on, and every other method, passes.
type gate struct {
	server *Server
	admission
	decided  decisions
	probed   atomic.Int64 // when a probe last left, in ns of Unix time
	warns    limiter
	since    atomic.Uint64 // refusals since the last warning
	used     time.Duration // processor time at the end of the last window
	measured time.Time
}

func newGate(s *Server) *gate {
	g := &gate{server: s, warns: limiter{rate: 1 / warnEvery.Seconds(), burst: 1}}
	g.decided.seed = maphash.MakeSeed()
	g.admission.measure = g.load
	g.used, g.measured = processorTime(), time.Now()
	return g
}

// load measures the processors and asks the other parts of the server. The
// admission's lock is held.
func (g *gate) load(now time.Time, delay time.Duration) load {
	l := load{strain: float64(delay) / float64(bearable)}
	used := processorTime()
	if took := now.Sub(g.measured); took > 0 {
		l.cpu = float64(used-g.used) / float64(took) / float64(runtime.NumCPU())
	}
	g.used, g.measured = used, now
	if strain := g.server.cfg.Strain; strain != nil {
		l.strain = max(l.strain, strain())
	}
	return l
}

// Load tells how much there is to do.
func (s *Server) Load() Load { return s.gate.state(time.Now()) }

// arrived notes how long a datagram lay in the kernel. A clock that was set
// makes nonsense of it.
func (g *gate) arrived(now time.Time, delay time.Duration) {
	if delay >= 0 && delay < time.Minute {
		g.waited(now, delay)
	}
}

// probeEvery is how often a new call is followed by a probe.
const probeEvery = 5 * time.Millisecond

// probe sees how long work waits for a processor: it goes the way of the
// message that is about to be handled.
func (g *gate) probe() {
	began := time.Now()
	last := g.probed.Load()
	if began.UnixNano()-last < int64(probeEvery) || !g.probed.CompareAndSwap(last, began.UnixNano()) {
		return
	}
	go func() {
		now := time.Now()
		g.waited(now, now.Sub(began))
	}()
}

// screen looks at a datagram of somebody who may call. It returns false where
// nothing more is to be done about it.
func (g *gate) screen(data []byte, from net.Addr) bool {
	switch {
	case bytes.HasPrefix(data, []byte("INVITE ")):
	case bytes.HasPrefix(data, []byte("ACK ")):
		m, ok := peek(data)
		return !ok || !g.server.tags.shed(m.toTag)
	default:
		return true
	}
	m, ok := peek(data)
	if !ok || m.toTag != "" { // of a call, or nothing for a glance
		return true
	}
	now := time.Now()
	key := g.decided.key(m)
	admitted, known := g.decided.before(key, now)
	if !known {
		admitted = g.admit(now)
		g.decided.note(key, admitted)
	}
	if !admitted {
		if !known {
			g.refused()
		}
		refusal, to := m.refusal(g.server, addressOf(from))
		g.server.udp.WriteTo(refusal, net.UDPAddrFromAddrPort(to))
	}
	return admitted
}

// shuts asks the same for a call that came over a stream: there is no cheaper
// way than through its transaction.
func (g *gate) shuts(request *sip.Request, tx *sip.ServerTx) bool {
	if !request.IsInvite() || request.Transport() == "UDP" || g.admit(time.Now()) {
		return false
	}
	g.refused()
	g.server.respond(request, tx, sip.StatusServiceUnavailable, "Service Unavailable", sip.NewHeader("Retry-After", overloadRetry))
	return true
}

// refused counts a refusal and says so at a bounded rate.
func (g *gate) refused() {
	g.server.refusals.overload.Add(1)
	g.since.Add(1)
	if g.warns.allow() {
		load := g.state(time.Now())
		g.server.log.Warn("new calls are refused: there is too much to do", "since_last_warning", g.since.Swap(0),
			"calls_a_second", strconv.FormatFloat(load.Rate, 'f', 0, 64), "strain", strconv.FormatFloat(load.Strain, 'f', 2, 64), "cpu", strconv.FormatFloat(load.CPU, 'f', 2, 64))
	}
}

// decisions remember for a few seconds what was decided about an INVITE, so
// that a repeated one gets the same answer: an admitted call must not be refused
// because its 100 was lost, nor a refused one come in after all.
type decisions struct {
	seed maphash.Seed

	mu       sync.Mutex
	now, old map[uint64]bool
	turned   time.Time
}

const (
	// A caller without an answer repeats after 0.5, 1.5, 3.5 and 7.5 s; by then it has one.
	decisionTime = 4 * time.Second
	maxDecisions = 1 << 15
)

// key is an INVITE's transaction.
func (d *decisions) key(m glimpse) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	h.Write(m.vias[0])
	h.Write(m.callID)
	h.Write(m.cseq)
	return h.Sum64()
}

func (d *decisions) before(key uint64, now time.Time) (admitted, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.turned) > decisionTime || len(d.now) >= maxDecisions {
		if d.old = d.now; now.Sub(d.turned) > 2*decisionTime {
			d.old = nil
		}
		d.now, d.turned = make(map[uint64]bool), now
	}
	if admitted, known = d.now[key]; !known {
		admitted, known = d.old[key]
	}
	return admitted, known
}

func (d *decisions) note(key uint64, admitted bool) {
	d.mu.Lock()
	d.now[key] = admitted
	d.mu.Unlock()
}
