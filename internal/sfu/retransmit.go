package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Bounds of repetitions: so much of what a client is sent in a second, and not less than
// the floor.
const (
	repeatShare = 4 // a quarter
	repeatFloor = 32 << 10
)

// Feedback takes what a client says of what it receives (RFC 4585, 5104, transport-cc).
func (c *Client) Feedback(packets []rtcp.Packet, now time.Time) {
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.TransportLayerNack:
			c.repeat(p, now)
		case *rtcp.PictureLossIndication:
			c.pictureLost(p.MediaSSRC, now)
		case *rtcp.FullIntraRequest:
			for _, entry := range p.FIR {
				c.pictureLost(entry.SSRC, now)
			}
		case *rtcp.TransportLayerCC:
			c.acknowledged(p, now)
		}
	}
}

func (c *Client) sinkOf(ssrc uint32) *sink {
	for _, s := range c.sinks {
		if s.line.SSRC == ssrc {
			return s
		}
	}
	return nil
}

// pleaRate is how often a client gets a key frame of a line because it asks for one. Everybody
// else pays for it: browsers make key frames of all encodings, for all.
var pleaRate = ratelimit.Rate{PerSecond: 0.5, Burst: 4}

// pictureLost asks for a key frame of what is sent on a line.
func (c *Client) pictureLost(ssrc uint32, now time.Time) {
	c.mu.Lock()
	var layer *Layer
	if s := c.sinkOf(ssrc); s != nil && s.sends && s.pleas.Allow(now) {
		layer = s.current()
	}
	c.mu.Unlock()
	if layer != nil {
		layer.needKeyFrame(now)
	}
}

// repeat sends lost packets again, as RFC 4588 has it. No more are kept than ringPackets.
func (c *Client) repeat(nack *rtcp.TransportLayerNack, now time.Time) {
	left := ringPackets
	for _, pair := range nack.Nacks {
		for bit := -1; bit < 16 && left > 0; bit++ {
			if bit < 0 || pair.LostPackets>>bit&1 != 0 {
				c.again(nack.MediaSSRC, pair.PacketID+uint16(bit+1), true, now)
				left--
			}
		}
	}
}

// again lets a packet be sent again: bounded where the client asked for it.
func (c *Client) again(ssrc uint32, seq uint16, bounded bool, now time.Time) bool {
	c.mu.Lock()
	s := c.sinkOf(ssrc)
	if s == nil || !s.sends || c.away || c.held || s.line.RTX == 0 {
		c.mu.Unlock()
		return false
	}
	number := extend(seq, s.last.seq)
	of, source, ok := s.find(number)
	ok = ok && (!bounded || s.mayRepeat(number, now)) // before anything is copied
	c.mu.Unlock()
	if !ok {
		return false
	}
	o := outs.Get().(*out)
	p, ok := of.layer.copyTo(source, o.payload[2:])
	if !ok || of.leftOut(p.numbers) {
		outs.Put(o)
		return false
	}
	n := p.plus(of.offset)
	p.picture.vp8.write(p.payload, n.id, n.tl)
	binary.BigEndian.PutUint16(o.payload[:], seq)
	o.size = len(p.payload) + 2
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.sending.waiting == queuePackets || bounded && !c.permitRepeat(s, number, o.size, now) {
		outs.Put(o)
		return false
	}
	o.line, o.time, o.marker, o.repeated, o.queued = s, n.timestamp, p.marker, true, now
	o.kind = s.line.Types[of.layer.codec].RTX
	o.seq = s.nextRTX()
	c.put(o)
	return true
}

// nextRTX numbers repetitions, which have numbers of their own.
func (s *sink) nextRTX() uint16 {
	s.rtx++
	return s.rtx
}

// permitRepeat counts a repetition, if it is permitted. One that no bytes are left for is not
// one of those that a packet may have: a packet that is lost and was never repeated would
// cost a key picture.
func (c *Client) permitRepeat(s *sink, number int64, bytes int, now time.Time) bool {
	if !s.mayRepeat(number, now) {
		return false
	}
	if !c.spendRepeat(bytes, now) {
		s.repeats[number&(ringPackets-1)].last = now // it is not copied again at once
		return false
	}
	return s.countRepeat(number, now)
}

// spendRepeat bounds the bytes of repetitions.
func (c *Client) spendRepeat(bytes int, now time.Time) bool {
	q := &c.sending
	if now.Sub(q.repeatSince) > time.Second {
		q.repeatSince, q.repeatBytes = now, 0
	}
	if q.repeatBytes+bytes > max(q.estimate()/8/repeatShare, repeatFloor) {
		return false
	}
	q.repeatBytes += bytes
	return true
}
