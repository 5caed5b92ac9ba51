package sfu

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

// Bounds of what waits to be sent to a client.
const (
	queuePackets = 1024
	queueTime    = 500 * time.Millisecond // beyond, pictures begin anew at a key frame
)

// out is a packet that waits to be sent.
type out struct {
	line     *sink
	seq      uint16
	time     uint32
	marker   bool
	kind     uint8  // payload type
	number   uint16 // transport-wide
	repeated bool
	queued   time.Time
	size     int
	payload  [maxPacket]byte
}

var outs = sync.Pool{New: func() any { return new(out) }}

// sending is the queue of a client, and the pacer (token bucket) that empties it. It
// belongs to the client's lock.
type sending struct {
	queue   []*out // queuePackets, from the first on
	first   int
	waiting int
	running bool
	ready   chan struct{}

	repeatSince time.Time
	repeatBytes int
	bandwidth
}

func (q *sending) init() {
	q.ready = make(chan struct{}, 1)
	q.bandwidth.rate = firstEstimate
}

// drop empties the queue: the path is interrupted, or does not carry what there is.
func (c *Client) drop() {
	q := &c.sending
	for ; q.waiting > 0; q.waiting-- {
		outs.Put(q.queue[q.first])
		q.queue[q.first] = nil
		q.first = (q.first + 1) % queuePackets
		c.counts.Dropped++
	}
	for _, s := range c.sinks {
		s.stop()
	}
}

// enqueue rewrites a packet and lets it be sent.
func (c *Client) enqueue(s *sink, l *Layer, p *packet, now time.Time) {
	if s.leavesOut(p) {
		s.skip(p.numbers)
		return
	}
	n, ok := s.rewrite(p.numbers)
	if !ok {
		return
	}
	q := &c.sending
	if q.waiting == queuePackets || q.waiting > 0 && now.Sub(q.queue[q.first].queued) > queueTime {
		c.drop()
		return
	}
	s.sent = now
	o := outs.Get().(*out)
	o.line, o.seq, o.time, o.marker, o.repeated, o.queued = s, uint16(n.seq), n.timestamp, p.marker, false, now
	o.kind = s.line.Types[l.codec].Media
	o.size = copy(o.payload[:], p.payload)
	p.picture.vp8.write(o.payload[:o.size], n.id, n.tl)
	c.put(o)
}

// put appends to the queue, which has a place.
func (c *Client) put(o *out) {
	q := &c.sending
	if q.queue == nil {
		q.queue = make([]*out, queuePackets)
	}
	q.queue[(q.first+q.waiting)%queuePackets] = o
	q.waiting++
	if !q.running {
		q.running = true
		c.work.Go(c.send)
	}
	c.wakeSender()
}

func (c *Client) wakeSender() {
	select {
	case c.sending.ready <- struct{}{}:
	default:
	}
}

// next takes the first packet, if the pacer lets it go; else it says how long to wait.
func (c *Client) next(now time.Time) (o *out, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.sending
	if q.waiting == 0 {
		return nil, 0
	}
	o = q.queue[q.first]
	bytes := o.size + overhead
	if wait = q.pace.take(now, bytes, q.paceRate()); wait > 0 {
		return nil, wait
	}
	q.probe.sent += bytes
	q.probe.train -= bytes
	if o.line.line.Transport != 0 {
		o.number = q.number(bytes, now)
	}
	if o.repeated {
		c.counts.Repeated++
	} else {
		c.counts.Packets, c.counts.Bytes = c.counts.Packets+1, c.counts.Bytes+int64(o.size)
		o.line.packets, o.line.octets = o.line.packets+1, o.line.octets+uint32(o.size)
	}
	q.queue[q.first] = nil
	q.first = (q.first + 1) % queuePackets
	q.waiting--
	return o, 0
}

// overhead is what a packet has beside its payload, in bytes: RTP, SRTP, UDP, IP.
const overhead = 12 + 8 + 10 + 28

// send empties the queue until the client is closed. It alone calls the lines' Write.
func (c *Client) send() {
	var w writer
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var reported time.Time
	for {
		now := time.Now()
		if now.Sub(reported) >= reportEvery {
			reported = now
			c.report(now)
		}
		o, wait := c.next(now)
		if o != nil {
			w.write(o)
			outs.Put(o)
			continue
		}
		if wait == 0 {
			var padded bool
			if padded, wait = c.padding(now); padded {
				continue
			}
		}
		if wait > 0 {
			timer.Reset(max(wait, paceStep))
		}
		select {
		case <-c.ended:
			return
		case <-timer.C:
		case <-c.waker(wait):
		}
	}
}

// waker wakes who waits for packets; who waits for time needs none.
func (c *Client) waker(wait time.Duration) <-chan struct{} {
	if wait > 0 {
		return nil
	}
	return c.sending.ready
}

// writer has the header that is written again and again.
type writer struct {
	header    rtp.Header
	transport [2]byte
}

func (w *writer) write(o *out) {
	line := &o.line.line
	ssrc := line.SSRC
	if o.repeated {
		ssrc = line.RTX
	}
	extensions := w.header.Extensions[:0]
	w.header = rtp.Header{
		Version: 2, Marker: o.marker, PayloadType: o.kind, SequenceNumber: o.seq, Timestamp: o.time, SSRC: ssrc,
		Extensions: extensions,
	}
	if line.Transport != 0 {
		w.transport = [2]byte{byte(o.number >> 8), byte(o.number)}
		_ = w.header.SetExtension(line.Transport, w.transport[:]) // ids of one byte, two bytes long
	}
	_, _ = line.Write(&w.header, o.payload[:o.size]) // a path that is gone ends the client
}
