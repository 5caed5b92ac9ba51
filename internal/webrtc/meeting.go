package webrtc

import (
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// meetings are those of all calls, by serverCallId.
type meetings struct {
	mu      sync.Mutex
	byCall  map[string]*meeting
	watched map[string][]*Watching // also of calls in which no client is
}

// meeting is what the clients of a call share beside sound: raised hands, the
// spotlight, and what they send to each other. It lasts as long as clients are in it.
//
// Its lock comes after that of a leg, and before those of sessions: no leg is locked
// while it is held.
type meeting struct {
	mu        sync.Mutex
	legs      map[*leg]struct{}
	hands     []string // raw ids, in the order in which they were raised
	spotlight []string // raw ids, in the order in which they came
	pictures  *sfu.Room
	reactions ratelimit.Window
	sent      map[string]dataBudget // by raw id; of users who have sent something lately
	tellHands pace
}

// spotlights is how many may be in the spotlight at one time, as the Calling SDK says.
const spotlights = 7

func newMeetings() *meetings {
	return &meetings{byCall: make(map[string]*meeting), watched: make(map[string][]*Watching)}
}

// enter takes a leg into the meeting of a call, and tells it what is there. moves: it comes
// from another one, of which it knows what was there.
func (all *meetings) enter(l *leg, call string, moves bool) *meeting {
	all.mu.Lock()
	defer all.mu.Unlock()
	m := all.byCall[call]
	if m == nil {
		m = &meeting{legs: make(map[*leg]struct{}), pictures: sfu.NewRoom(), reactions: ratelimit.NewWindow(time.Second), sent: make(map[string]dataBudget)}
		all.byCall[call] = m
		all.showWatchers(call, m)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.legs[l] = struct{}{}
	if len(m.hands) > 0 || moves {
		l.client.session.Send(m.raised(l))
	}
	if len(m.spotlight) > 0 || moves {
		l.client.session.Send(m.shown(l))
	}
	return m
}

// leave takes a leg out. A user without any client in the meeting has no hand and no
// place there.
func (all *meetings) leave(l *leg, call string, m *meeting) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.legs, l)
	m.forgetSent(time.Now())
	if len(m.legs) == 0 {
		if all.byCall[call] == m {
			delete(all.byCall, call)
		}
		m.tellHands.stop()
		return
	}
	user := l.client.user.Raw()
	for other := range m.legs {
		if other.client.user.Raw() == user {
			return
		}
	}
	m.setHands(without(m.hands, user))
	m.setSpotlight(without(m.spotlight, user))
}

// The rest runs under m.mu.

// setHands changes whose hands are raised, and tells all, soon: each of them gets the whole
// list, and all may raise their hands at once.
func (m *meeting) setHands(hands []string) {
	if slices.Equal(hands, m.hands) {
		return
	}
	m.hands = hands
	m.tellHands.tell(&m.mu, func() {
		for l := range m.legs {
			l.client.session.Send(m.raised(l))
		}
	})
}

// raised is what a leg is told of hands.
func (m *meeting) raised(l *leg) *protocol.Hands {
	list := make([]protocol.RaisedHand, len(m.hands))
	for i, id := range m.hands {
		list[i] = protocol.RaisedHand{ID: id, Order: i + 1}
	}
	return &protocol.Hands{Call: l.id, Raised: list}
}

// setSpotlight changes who is in the spotlight, and tells all.
func (m *meeting) setSpotlight(people []string) {
	if slices.Equal(people, m.spotlight) {
		return
	}
	m.spotlight = people
	for l := range m.legs {
		l.client.session.Send(m.shown(l))
	}
}

// shown is what a leg is told of the spotlight.
func (m *meeting) shown(l *leg) *protocol.Spotlight {
	return &protocol.Spotlight{Call: l.id, People: append([]string{}, m.spotlight...)}
}

// others gives a message to every other leg, or to those of the users who are named.
func (m *meeting) others(from *leg, to []string, message func(*leg) protocol.Message) {
	for l := range m.legs {
		if l != from && (len(to) == 0 || slices.Contains(to, l.client.user.Raw())) {
			l.client.session.Send(message(l))
		}
	}
}

// has reports whether a user has a client in the meeting.
func (m *meeting) has(user string) bool {
	for l := range m.legs {
		if l.client.user.Raw() == user {
			return true
		}
	}
	return false
}

// without is a list without an entry; the list itself stays as it is.
func without(list []string, entry string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return one == entry })
}
