package call

import (
	"reflect"
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Attendance is a participant as those who are in the call see it.
type Attendance struct {
	Participant
	Arrival   Arrival
	Name      string
	Role      Role
	Endpoints []string      // their participant ids, the first to come first
	Streams   []VideoStream // what they show
}

// Roster is who is in a call, and who is on the way, as the legs of the call see it. It never
// changes, so that all who follow it share one.
type Roster struct {
	List    []Attendance
	Changes []Change // what is another than in the roster before
	number  uint64   // among all rosters
	before  uint64   // the number of the one before
}

// Change is what became of the entries of an id: several phones of one number are several
// participants.
type Change struct{ Before, Now []*Attendance }

// rosters counts them.
var rosters atomic.Uint64

// newRoster compares a list with the roster before; nil: there was none.
func newRoster(list []Attendance, before *Roster) *Roster {
	r := &Roster{List: list, number: rosters.Add(1)}
	r.Changes = r.compare(before)
	if before != nil {
		r.before = before.number
	}
	return r
}

// Since is what has changed since an earlier roster, also of another call; nil: all of it is
// new. What follows the roster before is there already: in a call of hundreds, comparing for
// each of them would take longer than anything else of a join.
func (r *Roster) Since(earlier *Roster) []Change {
	if earlier != nil && earlier.number == r.before {
		return r.Changes
	}
	return r.compare(earlier)
}

func (r *Roster) compare(earlier *Roster) (changes []Change) {
	now, was := byID(r), byID(earlier)
	for i := range r.List {
		id := r.List[i].ID
		if !reflect.DeepEqual(was[id], now[id]) {
			changes = append(changes, Change{was[id], now[id]})
		}
		delete(was, id)
		delete(now, id)
	}
	for _, gone := range was {
		changes = append(changes, Change{Before: gone})
	}
	return changes
}

func byID(r *Roster) map[identifier.ID][]*Attendance {
	if r == nil {
		return nil
	}
	entries := make(map[identifier.ID][]*Attendance, len(r.List))
	for i := range r.List {
		id := r.List[i].ID
		entries[id] = append(entries[id], &r.List[i])
	}
	return entries
}

// attendance is the list of participants as those who are in the call see it.
func (c *Call) attendance() []Attendance {
	var list []Attendance
	for _, p := range c.listed() {
		entry := Attendance{Participant: p.roster(), Name: p.name}
		for _, e := range p.endpoints() {
			entry.Endpoints, entry.Role = append(entry.Endpoints, e.seatID()), e.role
			entry.Streams = append(entry.Streams, e.allStreams()...)
		}
		list = append(list, entry)
	}
	return append(list, c.coming()...)
}

// tellFollowers shows who is in the call, and who is on the way, to every leg that follows
// it. Alone it is for what applications are not told: devices, pictures, invitees.
func (c *Call) tellFollowers() {
	c.recording.attend(c)
	told := false
	for _, e := range c.endpoints {
		if leg, ok := e.leg.(RosterFollower); ok && e.listed() {
			if !told {
				told, c.shown = true, newRoster(c.attendance(), c.shown)
			}
			leg.FollowRoster(c.shown)
		}
	}
}
