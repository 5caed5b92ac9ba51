package sip

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/gate"
)

// TestProbeFollowsACallWithoutADatagramsTime: one probe each 5 ms, and none while the kernel
// says how long datagrams wait. What a clock that was set makes of that says nothing.
func TestProbeFollowsACallWithoutADatagramsTime(t *testing.T) {
	s := &Server{meter: newLoadMeter(nil)}
	s.gate = gate.New(gate.Config{Measure: s.meter.measure})
	now := time.Now()
	if !s.meter.mayProbe(now) || s.meter.mayProbe(now) || s.meter.mayProbe(now.Add(probeEvery-1)) {
		t.Error("there is not one probe each 5 ms")
	}
	now = now.Add(time.Second)
	s.arrived(now, time.Millisecond)
	if s.meter.mayProbe(now) || !s.meter.mayProbe(now.Add(probeEvery)) {
		t.Error("a datagram whose time is known is followed by a probe")
	}
	now = now.Add(time.Second)
	s.arrived(now, -time.Hour)
	if !s.meter.mayProbe(now) {
		t.Error("a datagram whose time is wrong is not followed by a probe")
	}
}
