package sfu

import (
	"sync"
	"time"
)

// Counts are what clients were sent and asked for, since the beginning.
type Counts struct {
	Packets, Bytes int64 // that were forwarded, without repetitions; payloads
	Repeated       int64 // packets that were sent again, because a client missed them or for a probe
	Dropped        int64 // that waited too long
	Changes        int64 // begins of an encoding, or of another stream, on a line
	Asked          int64 // packets that senders were asked for again
	KeyFrames      int64 // that senders were asked for
}

func (c *Counts) add(more Counts) {
	c.Packets, c.Bytes, c.Repeated, c.Dropped = c.Packets+more.Packets, c.Bytes+more.Bytes, c.Repeated+more.Repeated, c.Dropped+more.Dropped
	c.Changes, c.Asked, c.KeyFrames = c.Changes+more.Changes, c.Asked+more.Asked, c.KeyFrames+more.KeyFrames
}

// Now is what goes on at a moment.
type Now struct {
	Lines          map[Pause]int // that have a stream, by why nothing comes; "": something does
	Encodings      int           // that come of senders
	Estimates      int           // clients whose path is measured
	Lowest, Middle int           // of their estimates, in bits a second; Middle is the mean
}

// Meter sums up over clients. Its zero value is ready.
type Meter struct {
	mu      sync.Mutex // held around memory; before those of clients
	clients map[*Client]struct{}
	gone    Counts // of clients that are closed
}

// CountIn lets a meter count what the client does from now until it is closed. It is
// called once, before the client enters a room.
func (c *Client) CountIn(m *Meter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clients == nil {
		m.clients = make(map[*Client]struct{})
	}
	m.clients[c] = struct{}{}
	c.meter = m
}

// forget takes a closed client's counts over.
func (m *Meter) forget(c *Client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.clients[c]; known {
		delete(m.clients, c)
		m.gone.add(c.counted())
	}
}

// Read is what was counted, and what goes on now.
func (m *Meter) Read(now time.Time) (all Counts, at Now) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all, at.Lines = m.gone, make(map[Pause]int)
	for c := range m.clients {
		all.add(c.counted())
		c.measured(&at, now)
	}
	if at.Estimates > 0 {
		at.Middle /= at.Estimates
	}
	return all, at
}

// counted is what the client has counted.
func (c *Client) counted() Counts {
	c.mu.Lock()
	counts := c.counts
	c.mu.Unlock()
	counts.Asked, counts.KeyFrames = c.asked.Load(), c.keyFrames.Load()
	return counts
}

// measured adds what the client does now.
func (c *Client) measured(at *Now, now time.Time) {
	for _, s := range c.sources {
		for _, l := range s.list() {
			if l.lives(now) && s.open.Load() {
				at.Encodings++
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sends := false
	for _, s := range c.sinks {
		if s.stream != 0 {
			at.Lines[s.paused]++
			sends = true
		}
	}
	if rate := c.sending.estimate(); sends && c.sending.past != nil {
		if at.Estimates == 0 || rate < at.Lowest {
			at.Lowest = rate
		}
		at.Estimates, at.Middle = at.Estimates+1, at.Middle+rate
	}
}
