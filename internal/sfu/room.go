package sfu

import (
	"slices"
	"sync"
	"time"
)

// stepEvery is how often a room looks at who gets what; changes make it look at once.
const stepEvery = 200 * time.Millisecond

// Room joins the clients of a call. While one of them sends pictures, a goroutine decides
// who gets what.
type Room struct {
	woken chan struct{}
	work  sync.WaitGroup

	mu       sync.Mutex // held around memory; it comes before those of clients and layers
	clients  []*Client
	speakers []string // owners, who speaks most first
	running  bool
}

// NewRoom makes a room without clients. It ends with them.
func NewRoom() *Room { return &Room{woken: make(chan struct{}, 1)} }

func (r *Room) enter(c *Client) {
	r.mu.Lock()
	r.clients = append(r.clients, c)
	c.room.Store(r)
	if !r.running {
		r.running = true
		r.work.Go(r.run)
	}
	r.mu.Unlock()
	r.wake()
}

func (r *Room) leave(c *Client) {
	r.mu.Lock()
	r.clients = slices.DeleteFunc(r.clients, func(one *Client) bool { return one == c })
	c.mu.Lock()
	for _, s := range c.sinks {
		s.give(0, nil, time.Time{})
	}
	c.mu.Unlock()
	r.register()
	r.mu.Unlock()
	r.wake()
}

// SetSpeakers says who speaks, who speaks most first.
func (r *Room) SetSpeakers(owners []string) {
	r.mu.Lock()
	changed := !slices.Equal(r.speakers, owners)
	r.speakers = slices.Clone(owners)
	r.mu.Unlock()
	if changed {
		r.wake()
	}
}

func (r *Room) wake() {
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// run decides until nobody is in the room. While nobody sends pictures it only waits.
func (r *Room) run() {
	ticker := time.NewTicker(stepEvery)
	defer ticker.Stop()
	for {
		tick := ticker.C
		switch r.step(time.Now()) {
		case deserted:
			return
		case quiet:
			tick = nil
		}
		select {
		case <-r.woken:
		case <-tick:
		}
	}
}

// activity is what goes on in a room.
type activity uint8

const (
	deserted activity = iota
	quiet             // nobody sends pictures, or has until a moment ago
	busy
)

// step decides who gets what, and tells those whom it concerns.
func (r *Room) step(now time.Time) activity {
	r.mu.Lock()
	if len(r.clients) == 0 {
		r.running = false
		r.mu.Unlock()
		return deserted
	}
	streams := make(map[int]*Source)
	for _, c := range r.clients {
		for _, s := range c.sources {
			if s.open.Load() {
				streams[int(s.id.Load())] = s
			}
		}
	}
	demands := make(demands)
	var news []func()
	for _, c := range r.clients {
		if tell := c.plan(streams, r.speakers, demands, now); tell != nil {
			news = append(news, tell)
		}
	}
	keys := r.register()
	for _, c := range r.clients {
		if tell := c.demanded(demands, now); tell != nil {
			news = append(news, tell)
		}
	}
	r.mu.Unlock()
	for _, l := range keys {
		l.askKeyFrame(now)
	}
	for _, tell := range news {
		tell()
	}
	if len(streams) == 0 {
		return quiet
	}
	return busy
}

// register gives each layer the sinks that are to have its packets, and returns the
// layers of which somebody needs a key frame. It runs under r.mu.
func (r *Room) register() (keys []*Layer) {
	who := make(map[*Layer][]*sink)
	for _, c := range r.clients {
		c.mu.Lock()
		for _, s := range c.sinks {
			if s.waits() {
				who[s.target] = append(who[s.target], s)
				s.target.wants.Store(true)
			}
			if s.sends {
				who[s.current()] = append(who[s.current()], s)
			}
		}
		c.mu.Unlock()
	}
	for _, c := range r.clients {
		for _, source := range c.sources {
			for _, l := range source.list() {
				l.setSinks(who[l])
				if l.wants.Load() {
					keys = append(keys, l)
				}
			}
		}
	}
	return keys
}

func (l *Layer) setSinks(list []*sink) {
	if before := l.sinks.Load(); before == nil && list == nil || before != nil && slices.Equal(*before, list) {
		return
	}
	l.sinks.Store(&list)
}
