package sip

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// Load is how much a server has to do, as its last tenth of a second with calls saw it.
type Load = gate.Load

// Load tells how much there is to do.
func (s *Server) Load() Load { return s.gate.Admission.Load(time.Now()) }

// loadMeter measures how much there is to do, for the gate's admission control:
// how long messages wait, what the process takes of the processors, and how much
// the other parts of the server suffer.
type loadMeter struct {
	strain func() float64 // of the other parts; nil is none

	began  time.Time    // the clock may be set
	probed atomic.Int64 // when a wait was last measured, in ns since then

	// The admission's lock guards these.
	used     time.Duration // processor time at the end of the last window
	measured time.Time
}

func newLoadMeter(strain func() float64) *loadMeter {
	now := time.Now()
	m := &loadMeter{strain: strain, began: now, used: processorTime(), measured: now}
	m.probed.Store(-int64(probeEvery)) // the first may be probed
	return m
}

// measure ends a window of the admission; delay is its messages' mean.
func (m *loadMeter) measure(now time.Time, delay time.Duration) gate.Sample {
	sample := gate.Sample{Delay: delay}
	used := processorTime()
	if took := now.Sub(m.measured); took > 0 {
		sample.CPU = float64(used-m.used) / float64(took) / float64(runtime.NumCPU())
	}
	m.used, m.measured = used, now
	if m.strain != nil {
		sample.Others = m.strain()
	}
	return sample
}

// arrived notes how long a datagram lay in the kernel, which is what a probe would find. What
// a clock that was set makes of it is not counted.
func (s *Server) arrived(now time.Time, delay time.Duration) {
	if delay >= 0 && delay < time.Minute {
		s.meter.probed.Store(int64(now.Sub(s.meter.began)))
		s.gate.Admission.NoteDelay(now, delay)
	}
}

// probeEvery is how long a new call is followed by no probe after a wait was measured.
const probeEvery = 5 * time.Millisecond

// mayProbe reports whether no wait was measured lately. Of those who ask at once, one may.
func (m *loadMeter) mayProbe(now time.Time) bool {
	last, at := m.probed.Load(), int64(now.Sub(m.began))
	return at-last >= int64(probeEvery) && m.probed.CompareAndSwap(last, at)
}

// probe measures how long work waits for a processor: it is scheduled as the message that
// is about to be handled. Datagrams with the kernel's time need none.
func (s *Server) probe() {
	began := time.Now()
	if !s.meter.mayProbe(began) {
		return
	}
	go func() {
		now := time.Now()
		s.gate.Admission.NoteDelay(now, now.Sub(began))
	}()
}

// overloaded refuses a call over a stream where the gate does not admit it: there
// is no cheaper way than through its transaction.
func (s *Server) overloaded(request *sip.Request, tx *transaction.Server) bool {
	if !request.IsInvite() || request.Transport() == "UDP" || (peers{s}).IsEmergency(header.User(&request.Recipient)) || s.gate.Admit(time.Now()) {
		return false
	}
	s.respond(request, tx, sip.StatusServiceUnavailable, "Service Unavailable", sip.NewHeader("Retry-After", gate.OverloadRetry))
	return true
}
