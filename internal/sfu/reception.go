package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// reportEvery is how often who sends a layer is told what came of it, and who receives a
// line what time its pictures are of. RFC 3550 §6.2 would permit more.
const reportEvery = time.Second

// reception counts what comes of a layer (RFC 3550 appendices A.1, A.3 and A.8). A packet
// that came only as a repetition counts as lost, as RFC 4588 §6.3 has it.
type reception struct {
	any             bool
	first           int64 // number
	received        int64
	expectedBefore  int64 // at the last report
	receivedBefore  int64
	transit, jitter int64 // in ticks of the media's clock; jitter is 16 times as large
	reported        time.Time
}

// note takes the first copy of a packet.
func (r *reception) note(n numbers, repeated bool, now time.Time) {
	if !r.any {
		r.any, r.first, r.reported = true, n.seq, now
	}
	r.first = min(r.first, n.seq)
	if repeated {
		return
	}
	r.received++
	transit := ticks(now) - int64(n.timestamp)
	if r.received > 1 {
		d := int64(int32(transit - r.transit))
		r.jitter += max(d, -d) - (r.jitter+8)>>4
	}
	r.transit = transit
}

// ticks is a moment on a clock of 90 kHz.
func ticks(at time.Time) int64 { return at.UnixMicro() * clock / 1000 }

// due is the report of the last second, once a second.
func (r *reception) due(ssrc uint32, highest int64, now time.Time) (report rtcp.ReceptionReport, due bool) {
	if now.Sub(r.reported) < reportEvery {
		return report, false
	}
	r.reported = now
	expected := highest - r.first + 1
	lost := min(max(expected-r.received, -1<<23), 1<<23-1)
	report = rtcp.ReceptionReport{SSRC: ssrc, TotalLost: uint32(lost) & 0xffffff, LastSequenceNumber: uint32(highest - 1<<16), Jitter: uint32(r.jitter >> 4)}
	newly, came := expected-r.expectedBefore, r.received-r.receivedBefore
	r.expectedBefore, r.receivedBefore = expected, r.received
	if newly > 0 && newly > came {
		report.FractionLost = uint8(min((newly-came)<<8/newly, 255))
	}
	return report, true
}
