package webrtc

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// ReportEvery is how often clients are asked to say how their media go.
const ReportEvery = 5 * time.Second

// Bounds of a report.
const (
	maxReported     = 1 << 24
	maxReportedPair = 64 // bytes
)

// mediaReport takes what a client measured of its media, for who looks into the call.
func (l *leg) mediaReport(m *protocol.MediaReport, answer func(protocol.Message)) {
	for _, value := range []int{m.Received, m.Lost, m.JitterMs, m.BufferMs, m.ConcealedMs, m.RoundTripMs, m.SentKbps, m.ReceivedKbps} {
		if value < 0 || value > maxReported {
			answer(refusal(protocol.ReasonMalformed, 400, 0, "a figure is not within 0 to 16777216"))
			return
		}
	}
	if min(m.Spoken, m.Heard) < 0 || max(m.Spoken, m.Heard) > 100 || len(m.Pair) > maxReportedPair {
		answer(refusal(protocol.ReasonMalformed, 400, 0, "a level is not within 0 to 100, or pair has more than 64 bytes"))
		return
	}
	if l.mayReport(time.Now()) {
		ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
		l.tell.say(call.MediaMeasured{ClientMedia: call.ClientMedia{
			Received: m.Received, Lost: m.Lost, Jitter: ms(m.JitterMs), Buffer: ms(m.BufferMs), RoundTrip: ms(m.RoundTripMs), Concealed: ms(m.ConcealedMs),
			SentKbps: m.SentKbps, ReceivedKbps: m.ReceivedKbps, Spoken: m.Spoken, Heard: m.Heard, Pair: m.Pair,
		}})
	}
	answer(&protocol.OK{})
}

// mayReport bounds what a client adds to a timeline. A little early is no flood: clocks
// of browsers differ from ours.
func (l *leg) mayReport(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.client.server.cfg.Reports || l.phase != up || now.Sub(l.reported) < ReportEvery*4/5 {
		return false
	}
	l.reported = now
	return true
}
