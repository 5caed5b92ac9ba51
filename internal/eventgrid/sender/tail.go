package sender

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
)

// SchemeTail is the scheme of the tail as a destination: tail:///.
const SchemeTail = "tail"

// TailURL is the URL of messages for the tail.
const TailURL = SchemeTail + ":///"

// TailEvent is an event as a follower of the tail receives it.
type TailEvent struct {
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

// Tail is a broadcast of events to followers, such as a developer's terminal. It
// stores nothing, and never waits for a follower. The zero Tail is ready.
type Tail struct {
	mu        sync.Mutex
	followers map[*follower]struct{}
}

type follower struct {
	events chan TailEvent
	missed int
}

// Follow returns the events from now on; the channel is closed when ctx ends.
// It fails with fault.Busy when too many follow already.
func (t *Tail) Follow(ctx context.Context) (<-chan TailEvent, error) {
	f := &follower{events: make(chan TailEvent, tailBuffer)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.followers) >= maxFollowers {
		return nil, fault.Busy(time.Second, "%d clients follow the events already; no more are allowed", maxFollowers)
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

// HasFollowers reports whether anybody looks on: who publishes may save the work.
func (t *Tail) HasFollowers() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.followers) > 0
}

// Publish shows an event to those who follow. It does not wait.
func (t *Tail) Publish(s TailEvent) {
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

// Send implements delivery.Sender, for SchemeTail: an event is delivered even
// without a follower.
func (t *Tail) Send(_ context.Context, p delivery.Parcel) delivery.Outcome {
	for _, m := range p.Messages {
		t.Publish(TailEvent{Time: time.Now(), Subscription: m.Event.Subscription, ID: m.ID, Type: m.Event.Type, Body: m.Body})
	}
	return delivery.Outcome{Status: http.StatusOK}
}
