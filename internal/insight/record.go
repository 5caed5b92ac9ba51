package insight

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Subject is what a record is about.
type Subject string

// The subjects. The texts are in the archive and in the API.
const (
	SubjectCall    Subject = "call"    // a call
	SubjectInvite  Subject = "invite"  // an INVITE that was refused before it became a call
	SubjectRequest Subject = "request" // a request of an application that was refused, so that no call began
	SubjectJoin    Subject = "join"    // a client that was not let into a room or group
)

// Bounds of one record.
const (
	maxEntries     = 5000
	maxRecordBytes = 2 << 20
	maxNames       = 64 // of each kind
)

// record is a call, or what should have become one. Its fields belong to the hub's lock.
//
//	open ──CallOver──> over ──settleTime──> archived (kept != nil)
type record struct {
	id      string // the correlation id of a call
	subject Subject
	begun   time.Time
	end     time.Time // zero while it is open
	up      bool      // a leg was answered

	timeline timeline
	bytes    int64  // of the timeline
	shared   bool   // somebody may have a copy of the timeline, or an item
	omitted  int    // items that are not kept
	extent   extent // of the timeline, unless it is troubled

	troubled bool // something in it may have gone wrong, at a glance; else there is no problem

	names       []string   // in byName
	dialogs     []string   // SIP's Call-IDs
	legs        []measured // that are in the call
	connections []string
	people      []string // raw ids
	trunks      []string

	server, group, room string        // names of the call
	from, to            string        // raw ids
	ending              []byte        // what its detail record says, as an ending is written; nil: it is not over
	unheard             []string      // why no subscription took its IncomingCall
	listeners           int           // that were told of it
	quality             float64       // the lowest MOS that was measured; 0: none was
	problem             string        // of what never became a call
	summary             *Summary      // of one that is archived
	kept                *archivePlace // in the archive; nil: it is not there
	archiving           archiving
	settled             bool // it waits for the archive no longer
	overdue             bool // it is to be forgotten once it is settled
	forgotten           bool
}

// usualLists is room for the lists of a usual call, in the same object as its record.
type usualLists struct {
	names, people                [2]string
	dialogs, connections, trunks [1]string
	legs                         [1]measured
}

func newRecord(id string, subject Subject, at time.Time) *record {
	made := &struct {
		record
		lists usualLists
	}{record: record{id: id, subject: subject, begun: at}}
	r, l := &made.record, &made.lists
	r.names, r.people, r.dialogs = l.names[:0], l.people[:0], l.dialogs[:0]
	r.connections, r.trunks, r.legs = l.connections[:0], l.trunks[:0], l.legs[:0]
	return r
}

func (r *record) over() bool { return !r.end.IsZero() }

// wasOver reports whether it was over at a moment.
func (r *record) wasOver(at time.Time) bool { return r.over() && r.end.Before(at) }

func (r *record) isLive() bool { return r.end.IsZero() && r.subject == SubjectCall }

// note adds a text to a bounded list of different ones.
func note(list []string, text string) []string {
	if text == "" || len(list) >= maxNames || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// recordOf is the record of a call; it begins with the first that is heard of it. The
// caller holds mu.
func (h *Hub) recordOf(correlationID, serverCallID string, at time.Time) *record {
	r := h.latest
	if r == nil || r.id != correlationID {
		r = h.byID[correlationID]
	}
	if r == nil {
		r = newRecord(correlationID, SubjectCall, at)
		h.enter(r)
	}
	h.latest = r
	if r.server == "" && serverCallID != "" {
		r.server = serverCallID
		h.name(r, serverCallID)
	}
	return r
}

// name lets a record be found by one of its names. The caller holds mu.
func (h *Hub) name(r *record, name string) {
	if name != "" && h.byName[name] == nil && len(r.names) < maxNames {
		h.byName[name] = r
		r.names = append(r.names, name)
	}
}

// connection notes a connection of an application. The caller holds mu.
func (h *Hub) connection(r *record, id string) {
	if id != "" && !slices.Contains(r.connections, id) {
		h.name(r, id)
		r.connections = note(r.connections, id)
	}
}

// refusedRate bounds the records of what never became a call, of each subject: who is
// refused must not be able to drive the calls out.
var refusedRate = ratelimit.Rate{PerSecond: 5, Burst: 200}

// refused enters what never became a call; nil where there are too many. The caller
// holds mu.
func (h *Hub) refused(subject Subject, at time.Time, problem string) *record {
	if !h.refusals[subject].Allow(at) {
		h.lost++
		return nil
	}
	r := newRecord(identifier.NewGUID(), subject, at)
	r.end, r.problem, r.troubled = at, problem, true
	h.enter(r)
	h.isOver(r)
	return r
}
