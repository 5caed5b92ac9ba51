package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// Report takes what the layer's sender says of its time. It may run beside Take.
func (l *Layer) Report(r *rtcp.SenderReport, now time.Time) {
	if r.SSRC != l.ssrc {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock.report(r, now)
}

// received is what the layer's sender is to be told, once a second. It runs under l.mu.
func (l *Layer) received(now time.Time) (report rtcp.ReceptionReport, due bool) {
	if report, due = l.reception.due(l.ssrc, l.highest, now); due {
		l.clock.answer(&report, now)
	}
	return report, due
}

// timestamp is that of pictures that come now, or would. Without a report of the sender,
// its packets count as taken when they come.
func (l *Layer) timestamp(now time.Time) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clock.known {
		return l.clock.at(now)
	}
	return l.latest.timestamp + uint32(max(now.UnixNano()-l.alive.Load(), 0)*clock/int64(time.Millisecond))
}

// report is what a client is told of a line.
type report struct {
	line   *Line
	layer  *Layer
	moved  uint32 // of timestamps
	packet rtcp.SenderReport
}

// report tells the client which time belongs to what it is sent, so that it can show
// pictures and sound of one moment at one moment (RFC 3550 §6.4.1). The sender's
// goroutine calls it.
func (c *Client) report(now time.Time) {
	var list []report
	c.mu.Lock()
	for _, s := range c.sinks {
		if s.sends && s.line.Report != nil && now.Sub(s.sent) < 2*reportEvery {
			list = append(list, report{line: &s.line, layer: s.current(), moved: s.now().offset.timestamp, packet: rtcp.SenderReport{
				SSRC: s.line.SSRC, NTPTime: toNTP(now), PacketCount: s.packets, OctetCount: s.octets,
			}})
		}
	}
	c.mu.Unlock()
	for i := range list {
		r := &list[i]
		r.packet.RTPTime = r.layer.timestamp(now) + r.moved
		r.line.Report(&r.packet)
	}
}
