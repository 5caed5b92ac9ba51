package webrtc

import (
	"slices"
	"sync"

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
}

// spotlights is how many may be in the spotlight at one time, as the Calling SDK says.
const spotlights = 7

func newMeetings() *meetings {
	return &meetings{byCall: make(map[string]*meeting), watched: make(map[string][]*Watching)}
}

// enter takes a leg into the meeting of a call, and tells it what is there.
func (all *meetings) enter(l *leg, call string) *meeting {
	all.mu.Lock()
	defer all.mu.Unlock()
	m := all.byCall[call]
	if m == nil {
		m = &meeting{legs: make(map[*leg]struct{}), pictures: sfu.NewRoom()}
		all.byCall[call] = m
		all.showWatchers(call, m)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.legs[l] = struct{}{}
	if hands := m.raised(l); hands != nil {
		l.client.session.Send(hands)
	}
	if shown := m.shown(l); shown != nil {
		l.client.session.Send(shown)
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
	if len(m.legs) == 0 {
		if all.byCall[call] == m {
			delete(all.byCall, call)
		}
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

// setHands changes whose hands are raised, and tells all.
func (m *meeting) setHands(hands []string) {
	if slices.Equal(hands, m.hands) {
		return
	}
	m.hands = hands
	for l := range m.legs {
		list := m.raised(l)
		if list == nil {
			list = &protocol.Hands{Call: l.id, Raised: []protocol.RaisedHand{}}
		}
		l.client.session.Send(list)
	}
}

// raised is what a leg is told of hands; nil: there are none.
func (m *meeting) raised(l *leg) *protocol.Hands {
	if len(m.hands) == 0 {
		return nil
	}
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
		shown := m.shown(l)
		if shown == nil {
			shown = &protocol.Spotlight{Call: l.id, People: []string{}}
		}
		l.client.session.Send(shown)
	}
}

// shown is what a leg is told of the spotlight; nil: nobody is in it.
func (m *meeting) shown(l *leg) *protocol.Spotlight {
	if len(m.spotlight) == 0 {
		return nil
	}
	return &protocol.Spotlight{Call: l.id, People: slices.Clone(m.spotlight)}
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
