package insight

import (
	"context"
	"errors"
)

// Update is news for a follower: an item of a call, or, without one, that what lists
// show of the call has changed.
type Update struct {
	Call   Summary `json:"call"` // with an item, without reason and problems
	Item   *Item   `json:"item,omitempty"`
	Missed int     `json:"missed,omitempty"` // updates that were dropped before this one, because the follower was too slow

	call *record
	seq  int
	item []byte // as it was written
}

// followerRoom is how many updates wait for a follower; more are dropped and counted.
const followerRoom = 1024

// maxFollowers bounds them.
const maxFollowers = 64

// errFollowers says that there are too many.
var errFollowers = errors.New("too many follow the calls already")

// ErrClosed says that the hub has ended.
var ErrClosed = errors.New("the server is stopping")

// Follower receives what happens from its beginning on.
type Follower struct {
	hub    *Hub
	news   chan Update
	only   func() string // the call whose items it wants; nil: of all calls
	missed int           // under the hub's lock
	ended  bool
}

// Follow begins to follow all calls. Close ends it.
func (h *Hub) Follow() (*Follower, error) { return h.follow(nil) }

// FollowOne follows what lists show of all calls, and the items of the one call that
// watched names at the time; "" is none. watched is asked under a lock: it reads memory.
func (h *Hub) FollowOne(watched func() string) (*Follower, error) { return h.follow(watched) }

func (h *Hub) follow(only func() string) (*Follower, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.followers) >= maxFollowers {
		return nil, errFollowers
	}
	f := &Follower{hub: h, only: only, news: make(chan Update, followerRoom)}
	h.followers[f] = struct{}{}
	h.following.Add(1)
	return f, nil
}

// Close ends the following.
func (f *Follower) Close() {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	f.end()
}

// end runs under the hub's lock.
func (f *Follower) end() {
	if !f.ended {
		f.ended = true
		delete(f.hub.followers, f)
		f.hub.following.Add(-1)
		close(f.news)
	}
}

// tell gives an update to every follower that has room. The caller holds mu.
func (h *Hub) tell(u Update) {
	for f := range h.followers {
		if f.only != nil && u.item != nil && f.only() != u.call.id {
			continue
		}
		u.Missed = f.missed
		select {
		case f.news <- u:
			f.missed = 0
		default:
			f.missed++
		}
	}
}

// Next waits for the next update. It is rendered here, on the follower's own goroutine.
func (f *Follower) Next(ctx context.Context) (Update, error) {
	select {
	case u, open := <-f.news:
		if !open {
			return Update{}, ErrClosed
		}
		return f.hub.rendered(u), nil
	case <-ctx.Done():
		return Update{}, context.Cause(ctx)
	}
}

func (h *Hub) rendered(u Update) Update {
	if u.item == nil {
		u.Call = h.summarize(u.call)
	} else {
		h.mu.Lock()
		s := u.call.snapshot()
		h.mu.Unlock()
		u.Call = s.outline()
		if read, err := entriesIn(nil, u.item); err == nil { // we have written it
			item := read[0].item(u.seq)
			u.Item = &item
		}
	}
	u.call, u.item = nil, nil
	return u
}
