package delivery

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// SchemeTail is the scheme of the tail as a destination: tail:///.
const SchemeTail = "tail"

// TailURL is the URL of messages for the tail.
const TailURL = SchemeTail + ":///"

// Sighting is an event as who follows the tail sees it.
type Sighting struct {
	Time         time.Time `json:"time"`
	Subscription string    `json:"eventSubscriptionName,omitempty"`
	ID           string    `json:"id"`
	Type         string    `json:"eventType"`
	Body         []byte    `json:"-"` // as it is delivered; not to be changed
	// Missed is how many came before this one while the follower was too slow.
	Missed int `json:"missed,omitempty"`
}

// Bounds of a tail.
const (
	maxFollowers = 32
	tailBuffer   = 256
)

// Tail shows events to whoever looks on, such as a developer's terminal. It
// keeps nothing, and never waits for a follower. The zero Tail is ready.
type Tail struct {
	mu        sync.Mutex
	followers map[*follower]struct{}
}

type follower struct {
	events chan Sighting
	missed int
}

// Follow returns the events from now on; the channel is closed when ctx ends.
// It fails with fault.Busy when too many follow already.
func (t *Tail) Follow(ctx context.Context) (<-chan Sighting, error) {
	f := &follower{events: make(chan Sighting, tailBuffer)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.followers) >= maxFollowers {
		return nil, fault.Busy(time.Second, "%d clients follow the events already", maxFollowers)
	}
	if t.followers == nil {
		t.followers = map[*follower]struct{}{}
	}
	t.followers[f] = struct{}{}
	context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.followers, f)
		close(f.events)
	})
	return f.events, nil
}

// Followed reports whether anybody looks on: who tells may save the work.
func (t *Tail) Followed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.followers) > 0
}

// Tell shows an event to those who follow. It does not wait.
func (t *Tail) Tell(s Sighting) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range t.followers {
		s.Missed = f.missed
		select {
		case f.events <- s:
			f.missed = 0
		default:
			f.missed++
		}
	}
}

// Send implements Sender, for SchemeTail: an event is delivered, whether
// somebody follows or not.
func (t *Tail) Send(_ context.Context, p Parcel) Outcome {
	for _, m := range p.Messages {
		t.Tell(Sighting{Time: time.Now(), Subscription: m.Event.Subscription, ID: m.ID, Type: m.Event.Type, Body: m.Body})
	}
	return Outcome{Status: http.StatusOK}
}
