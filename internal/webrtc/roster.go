package webrtc

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// FollowRoster tells the client what has changed of who else is in the call.
func (l *leg) FollowRoster(r *call.Roster) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == over || l.seat == nil {
		return
	}
	m := &protocol.Roster{Call: l.id, Version: l.version + 1, Full: l.roster == nil, Set: []protocol.Person{}, Removed: []string{}}
	for _, change := range r.Since(l.roster) {
		l.addChange(m, change)
	}
	slices.Sort(m.Removed)
	l.roster = r
	if m.Full || len(m.Set)+len(m.Removed) > 0 {
		l.version = m.Version
		l.client.session.Send(m)
	}
}

// addChange writes down a change as the client sees it. It runs under l.mu.
func (l *leg) addChange(to *protocol.Roster, change call.Change) {
	before, was := l.lastShown(change.Before)
	now, is := l.lastShown(change.Now)
	switch {
	case is && !(was && reflect.DeepEqual(before, now)):
		to.Set = append(to.Set, now)
	case was && !is:
		to.Removed = append(to.Removed, before.ID)
	}
}

// lastShown shows the entry of an id that came last, of those that the client sees.
func (l *leg) lastShown(entries []*call.Attendance) (shown protocol.Person, found bool) {
	for _, entry := range entries {
		if person, others := l.person(entry); others {
			shown, found = person, true
		}
	}
	return shown, found
}

// person shows a participant, without the client's own endpoint. It returns false where
// nothing else is left of it. It runs under l.mu.
func (l *leg) person(entry *call.Attendance) (protocol.Person, bool) {
	endpoints := slices.DeleteFunc(slices.Concat([]string{}, entry.Endpoints), func(id string) bool { return id == l.seat.ParticipantID })
	person := protocol.Person{
		ID: entry.ID.Raw(), DisplayName: entry.Name, State: protocol.PersonStateConnected,
		Muted: entry.Muted, Role: protocol.Role(entry.Role), Endpoints: endpoints, Streams: l.streams(entry.Streams),
	}
	switch {
	case entry.Arrival == call.Invited:
		person.State = protocol.PersonStateConnecting
	case entry.Arrival == call.Alerted:
		person.State = protocol.PersonStateRinging
	case entry.OnHold:
		person.State = protocol.PersonStateHold
	}
	return person, len(endpoints) > 0 || entry.Arrival != call.Arrived && entry.ID != l.client.user
}

func byPlace(a, b protocol.Person) int { return cmp.Compare(a.ID, b.ID) }
