package calltest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Publisher remembers events.
type Publisher struct {
	mu     sync.Mutex
	events []call.Event
}

// Publish remembers e.
func (p *Publisher) Publish(e call.Event) {
	p.mu.Lock()
	p.events = append(p.events, e)
	p.mu.Unlock()
}

// Events returns what was published for a connection, kept records left out.
func (p *Publisher) Events(connection string) []call.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []call.Event
	for _, e := range p.events {
		switch e.(type) {
		case call.ConnectionOpened, call.OperationAccepted:
			continue
		}
		if e.Header().Connection == connection {
			list = append(list, e)
		}
	}
	return list
}

// All returns everything that was published, kept records included.
func (p *Publisher) All() []call.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]call.Event(nil), p.events...)
}

// Names returns the events of a connection by type: "CallConnected ParticipantsUpdated".
func (p *Publisher) Names(connection string) string {
	var names []string
	for _, e := range p.Events(connection) {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "call."))
	}
	return strings.Join(names, " ")
}

// Announcer remembers incoming calls and says how many listen.
type Announcer struct {
	Listeners int
	Calls     chan call.IncomingCall
}

// NewAnnouncer returns an announcer with one listener.
func NewAnnouncer() *Announcer {
	return &Announcer{Listeners: 1, Calls: make(chan call.IncomingCall, 16)}
}

// IncomingCall remembers the call.
func (a *Announcer) IncomingCall(in call.IncomingCall) int {
	if a.Listeners > 0 {
		a.Calls <- in
	}
	return a.Listeners
}

// Numbers is a set of owned numbers.
type Numbers []string

// Owns reports whether number is in the set.
func (n Numbers) Owns(number string) bool {
	for _, own := range n {
		if own == number {
			return true
		}
	}
	return false
}

// Calls says that every number of the set makes and takes calls.
func (n Numbers) Calls(string) (outbound, inbound bool) { return true, true }

// Devices are the telephones of users.
type Devices map[identifier.ID][]string

// Devices lists those of one user.
func (d Devices) Devices(user identifier.ID) []string { return d[user] }

// Lines are numbers elsewhere that users stand in for.
type Lines map[string]identifier.ID

// User is who stands in for a number.
func (l Lines) User(number string) (user identifier.ID, ok bool) { user, ok = l[number]; return }
