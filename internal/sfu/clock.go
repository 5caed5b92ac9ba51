package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// clockPeriod is how long the least delay of a client's reports counts: clocks drift.
const clockPeriod = 10 * time.Second

// mediaClock says which timestamp of a layer belongs to a moment of ours. Its sender says
// which belongs to a moment of its own clock (RFC 3550 §6.4.1), which is as far behind
// ours as the fastest of its reports took.
type mediaClock struct {
	known     bool
	middle    uint32    // of the last report's time, for the answer
	came      time.Time // the last report
	time      int64     // of the sender, in ns
	timestamp uint32
	behind    [2]int64 // its clock behind ours, at least, in this and the last period
	since     time.Time
}

// report takes what the sender says.
func (m *mediaClock) report(r *rtcp.SenderReport, now time.Time) {
	m.middle, m.came = uint32(r.NTPTime>>16), now
	m.time, m.timestamp = fromNTP(r.NTPTime), r.RTPTime
	behind := now.UnixNano() - m.time
	switch {
	case !m.known:
		m.behind, m.since = [2]int64{behind, behind}, now
	case now.Sub(m.since) > clockPeriod:
		m.behind, m.since = [2]int64{behind, m.behind[0]}, now
	}
	m.behind[0] = min(m.behind[0], behind)
	m.known = true
}

// at is the timestamp of pictures that are taken at a moment of ours.
func (m *mediaClock) at(now time.Time) uint32 {
	passed := now.UnixNano() - min(m.behind[0], m.behind[1]) - m.time
	return m.timestamp + uint32(passed*clock/int64(time.Millisecond))
}

// answer completes what the sender is told of its packets, so that it knows how long they
// take.
func (m *mediaClock) answer(r *rtcp.ReceptionReport, now time.Time) {
	if m.known {
		r.LastSenderReport = m.middle
		r.Delay = uint32(now.Sub(m.came) * 65536 / time.Second)
	}
}

// secondsTo1970 is how much earlier NTP's time begins.
const secondsTo1970 = 2_208_988_800

func toNTP(at time.Time) uint64 {
	return uint64(at.Unix()+secondsTo1970)<<32 | uint64(at.Nanosecond())<<32/uint64(time.Second)
}

func fromNTP(t uint64) int64 {
	return (int64(t>>32)-secondsTo1970)*int64(time.Second) + int64((t&0xffffffff)*uint64(time.Second)>>32)
}
