package webrtctest

import (
	"context"
	"fmt"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// Seen is what came on a line.
type Seen struct {
	Packets, KeyFrames int
	Pictures           int           // whose last packet came
	Width              int           // of the last key frame
	Gaps               int           // numbers that are missing, so far
	First, Last        time.Time     // pictures
	Longest            time.Duration // between two pictures, since Forget
	Turned             time.Time     // when pictures of another width began
}

// line counts what comes on it.
type line struct {
	Seen
	newest  uint16          // number that came
	missing map[uint16]bool // numbers before it
}

func newLine(first uint16) *line { return &line{newest: first, missing: map[uint16]bool{}} }

// see counts what comes on a line.
func (p *Peer) see(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := receiver.RTPTransceiver().Mid()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.mu.Lock()
		s := p.seen[mid]
		if s == nil {
			s = newLine(packet.SequenceNumber)
			p.seen[mid] = s
		}
		s.take(packet)
		p.mu.Unlock()
	}
}

// take counts a packet.
func (s *line) take(packet *rtp.Packet) {
	s.Packets++
	if packet.Marker {
		s.picture(time.Now())
	}
	s.number(packet.SequenceNumber)
	if width, key := sfutest.KeyWidth(packet.Payload); key {
		s.KeyFrames++
		if width != s.Width {
			s.Width, s.Turned = width, time.Now()
		}
	}
}

// number takes the number of a packet, which may be late: what was lost is sent again.
func (s *line) number(n uint16) {
	if int16(n-s.newest) > 0 {
		for s.newest++; s.newest != n; s.newest++ {
			s.missing[s.newest] = true
		}
	} else {
		delete(s.missing, n)
	}
	s.Gaps = len(s.missing)
}

// picture counts one whose last packet came.
func (s *Seen) picture(now time.Time) {
	s.Pictures++
	if s.First.IsZero() {
		s.First, s.Last = now, now
	}
	s.Longest = max(s.Longest, now.Sub(s.Last))
	s.Last = now
}

// Forget lets the longest time between two pictures count anew.
func (p *Peer) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.seen {
		s.Longest, s.Last = 0, time.Now()
	}
}

// Saw is what came on a line so far.
func (p *Peer) Saw(mid string) Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.seen[mid]; s != nil {
		return s.Seen
	}
	return Seen{}
}

// SawAll counts the packets that came on all lines.
func (p *Peer) SawAll() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.seen {
		n += s.Packets
	}
	return n
}

// WaitPictures waits until some more pictures of a width have come on a line.
func (p *Peer) WaitPictures(ctx context.Context, mid string, width int) error {
	before := p.Saw(mid)
	for {
		if now := p.Saw(mid); now.Pictures >= before.Pictures+5 && (width == 0 || now.Width == width) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no pictures of %d on line %s but %+v: %w", width, mid, p.Saw(mid), context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}
