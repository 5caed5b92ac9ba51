package signalling

import (
	"slices"
	"time"
)

// answers are what the requests of a session were answered with, so that a request
// that comes twice is carried out once.
type answers struct {
	byID  map[string]*given
	order []*given // the oldest answer first, among those that are carried out
	open  int      // requests without an answer
	bytes int      // of the answers
}

// given is the answer to a request; frame is nil while it is carried out.
type given struct {
	id    string
	at    time.Time
	frame []byte
}

// find returns what is known of a request.
func (a *answers) find(id string) *given { return a.byID[id] }

// begin notes a request that is carried out from now on. It returns false where too
// many are.
func (a *answers) begin(id string, now time.Time) (*given, bool) {
	if a.open >= maxOpen {
		return nil, false
	}
	a.open++
	g := &given{id: id, at: now}
	if a.byID == nil {
		a.byID = make(map[string]*given)
	}
	a.byID[id] = g
	a.order = append(a.order, g)
	a.prune(now, maxKeptBytes)
	return g, true
}

// finish notes the answer, among so many bytes.
func (a *answers) finish(g *given, frame []byte, now time.Time, most int) {
	a.open--
	if at := slices.Index(a.order, g); at < len(a.order)-1 { // it is the newest answer now
		a.order = append(slices.Delete(a.order, at, at+1), g)
	}
	g.frame, g.at = frame, now
	a.bytes += len(frame)
	a.prune(now, most)
}

// prune forgets what is old or too much, the oldest first; the last answer stays, and so
// do requests that are carried out, which maxOpen bounds.
func (a *answers) prune(now time.Time, most int) {
	for i := 0; i < len(a.order)-1; {
		g := a.order[i]
		switch {
		case g.frame == nil:
			i++
		case len(a.order) <= maxAnswers && now.Sub(g.at) < answersKept && a.bytes <= most:
			return
		default:
			a.order = slices.Delete(a.order, i, i+1)
			a.bytes -= len(g.frame)
			delete(a.byID, g.id)
		}
	}
}
