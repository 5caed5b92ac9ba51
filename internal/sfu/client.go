package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Types are payload types of a codec.
type Types struct{ Media, RTX uint8 }

// Client is a participant's device, as a sender and a receiver of pictures.
type Client struct {
	owner   string // by whom it is known when speakers are ranked
	follow  Follower
	sources [2]*Source // by kind
	room    atomic.Pointer[Room]
	ended   chan struct{}
	work    sync.WaitGroup
	tap     func(Tapped) bool // takes what would be sent; nil: it is sent
	waits   atomic.Int64      // how long the client's sound does, in ns

	meter            *Meter       // nil: nobody counts
	asked, keyFrames atomic.Int64 // of this client, as a sender

	told told // under the room's lock

	mu     sync.Mutex // held around memory
	closed bool
	held   bool // the client holds the call
	away   bool // its path is interrupted
	sinks  []*sink
	views  []View
	counts Counts // without what it was asked for
	sending
}

// NewClient makes a client that is in no room. Close it.
func NewClient(owner string, follow Follower) *Client {
	c := &Client{owner: owner, follow: follow, ended: make(chan struct{})}
	for kind := range c.sources {
		c.sources[kind] = &Source{client: c, kind: Kind(kind)}
	}
	c.sending.init()
	return c
}

// Source is the client's camera or screen.
func (c *Client) Source(kind Kind) *Source { return c.sources[kind] }

// SetLine adds a line, or replaces the one that has its mid: after a new negotiation
// pictures begin anew there.
func (c *Client) SetLine(line Line) {
	c.mu.Lock()
	i := slices.IndexFunc(c.sinks, func(s *sink) bool { return s.line.MID == line.MID })
	if i < 0 {
		c.sinks = append(c.sinks, newSink(c, line))
	} else {
		before := c.sinks[i]
		c.sinks[i] = newSink(c, line)
		c.sinks[i].stream = before.stream
	}
	if line.Transport == 0 {
		c.sending.rate = blindEstimate
	}
	c.mu.Unlock()
	c.changed()
}

// SetStreams says which of the sources may pass, and under which numbers others know
// them; 0: it may not.
func (c *Client) SetStreams(camera, screen int) {
	for kind, id := range [2]int{Camera: camera, Screen: screen} {
		s := c.sources[kind]
		s.id.Store(int64(id))
		s.open.Store(id != 0 && !c.isHeld())
	}
	c.changed()
}

func (c *Client) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// SetHeld says whether the client holds the call: then it neither sends nor receives.
func (c *Client) SetHeld(held bool) {
	c.mu.Lock()
	c.held = held
	c.mu.Unlock()
	for _, s := range c.sources {
		s.open.Store(s.id.Load() != 0 && !held)
	}
	c.changed()
}

// SetAway says whether the path to the client is interrupted. When it is there again, it
// may be another one: pictures begin with key frames, and what it carries is found anew.
func (c *Client) SetAway(away bool) {
	c.mu.Lock()
	if c.away && !away {
		c.sending.restart(time.Now())
	}
	c.away = away
	c.drop()
	c.mu.Unlock()
	c.changed()
}

// Want replaces what the client shows.
func (c *Client) Want(views []View) {
	c.mu.Lock()
	c.views = slices.Clone(views[:min(len(views), MaxViews)])
	c.mu.Unlock()
	c.changed()
}

// changed lets the room look at the client again.
func (c *Client) changed() {
	if room := c.room.Load(); room != nil {
		room.wake()
	}
}

// Close ends what the client sends and receives, and leaves the room.
func (c *Client) Close() {
	c.Leave()
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.ended)
	}
	c.mu.Unlock()
	c.work.Wait()
	if c.meter != nil {
		c.meter.forget(c)
	}
}

// Enter takes the client into a room, out of the one where it was.
func (c *Client) Enter(r *Room) {
	c.Leave()
	r.enter(c)
}

// Leave takes the client out of its room.
func (c *Client) Leave() {
	if room := c.room.Swap(nil); room != nil {
		room.leave(c)
	}
}

// Shown are the slots as the client was last told, and which of its layers are wanted.
func (c *Client) Shown() (slots []Slot, camera []string, screen bool) {
	if room := c.room.Load(); room != nil {
		room.mu.Lock()
		defer room.mu.Unlock()
	}
	return slices.Clone(c.told.slots), slices.Clone(c.told.camera), c.told.screen
}

// forward gives a packet to a sink.
func (c *Client) forward(s *sink, l *Layer, p *packet, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away || c.held || c.closed {
		return
	}
	switch {
	case !s.accepts(l, p, now):
	case c.tap != nil:
		c.tapped(s, l, p, now)
	default:
		c.enqueue(s, l, p, now)
	}
}
